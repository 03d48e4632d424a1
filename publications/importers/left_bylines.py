"""Texts that are signed with the id of an author, since the source names the author nowhere."""

from collections.abc import Collection, Iterator
from itertools import batched

from django.db.models import F, Q
from django.utils.translation import gettext as _

from publications.models import Byline, Edition, EditionByline, Publication

TEXTS_PER_QUERY = 500
PERSON = {"author__is_organisation": False, "author__is_pseudonymous": False}


def list_made_bylines(publications: Collection[Publication]) -> Iterator[tuple[Publication, str, str]]:
    """Yield texts, an author, and a sentence on the name: of guests whose name is one word, as that of an id is.

    A public text keeps such a name where its author was renamed, merged or replaced since.
    """
    texts = {publication.pk: publication for publication in publications}
    for batch in batched(texts, TEXTS_PER_QUERY):
        drafts = Byline.objects.filter(publication__in=batch, author__is_guest=True).filter(**PERSON)
        rows = drafts.exclude(author__name__contains=" ")
        signed = set(rows.values_list("publication", "author__slug", "author__name"))
        for pk, slug, name in sorted(signed):
            yield texts[pk], slug, _("Signed “%(name)s”.") % {"name": name}
        live = EditionByline.objects.filter(edition__in=Edition.objects.live().filter(publication__in=batch))
        seen = live.filter(**PERSON).exclude(name__contains=" ")
        made = seen.filter(Q(author__is_guest=True) | ~Q(author__name=F("name")))
        for pk, slug, name in set(made.values_list("edition__publication", "author__slug", "name")) - signed:
            yield texts[pk], slug, _("Readers still see it signed “%(name)s”.") % {"name": name}
