"""Texts that are signed with the id of an author, since the source names the author nowhere."""

from collections.abc import Collection, Iterator
from itertools import batched

from django.utils.translation import gettext as _

from publications.models import Byline, Edition, EditionByline, Publication

TEXTS_PER_QUERY = 500
GUEST = {"author__is_guest": True, "author__is_organisation": False, "author__is_pseudonymous": False}


def list_made_bylines(publications: Collection[Publication]) -> Iterator[tuple[Publication, str, str]]:
    """Yield texts, an author, and a sentence on the name: of guests whose name is one word, as that of an id is."""
    texts = {publication.pk: publication for publication in publications}
    for batch in batched(texts, TEXTS_PER_QUERY):
        drafts = (
            Byline.objects.filter(publication__in=batch).filter(**GUEST).exclude(author__name__contains=" ")
        )
        for pk, slug, name in drafts.values_list("publication", "author__slug", "author__name"):
            yield texts[pk], slug, _("Signed “%(name)s”.") % {"name": name}
        live = EditionByline.objects.filter(edition__in=Edition.objects.live().filter(publication__in=batch))
        named = live.filter(**GUEST, author__name__contains=" ").exclude(name__contains=" ")
        for pk, slug, name in named.values_list("edition__publication", "author__slug", "name"):
            yield texts[pk], slug, _("Readers still see it signed “%(name)s”.") % {"name": name}
