"""Links of public texts of an import to texts that readers do not see yet: 404 until these are published."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from publications.locales import localized_path
from publications.models import Publication, Redirect

from .links import addresses_in


def list_hidden_links(publications: Collection[Publication]) -> Iterator[tuple[Publication, str]]:
    """Yield public texts with links to others that were never public, and in words what each leads to.

    Args:
        publications: the texts of an import, with their status.
    """
    hidden = {
        Redirect.normalize_path(_path_of(text)): text
        for text in publications
        if not (text.live_from or text.ended_at)
    }
    for publication in publications if hidden else ():
        if not publication.live_from:
            continue
        paths = dict.fromkeys(map(Redirect.normalize_path, addresses_in(publication.body)))
        for text in (hidden[path] for path in paths if path in hidden):
            yield publication, _("A link leads to a text that readers do not see: %s") % text


def _path_of(publication: Publication) -> str:
    return localized_path(publication.locale, "publications:detail", slug=publication.proposed_slug())
