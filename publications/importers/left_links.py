"""Links of public texts of an import to texts that readers do not see: 404 until these are published."""

from collections.abc import Collection, Iterator
from itertools import batched
from urllib.parse import unquote

from django.utils.translation import gettext as _

from publications.locales import LOCALES, localized_path
from publications.models import Address, Publication, Redirect

from .links import addresses_in

SLUGS_PER_QUERY = 500


def list_hidden_links(publications: Collection[Publication]) -> Iterator[tuple[Publication, str]]:
    """Yield public texts with links to texts that were never public, and in words what each leads to.

    Args:
        publications: the texts of an import, with their status.
    """
    hidden = {
        (text.locale, text.proposed_slug()): text
        for text in publications
        if not (text.live_from or text.ended_at)
    }
    links = [(text, *link) for text in publications if text.live_from for link in _links_of(text)]
    known = _find_known({slug for _text, _locale, slug in links})
    for publication, locale, slug in links:
        if text := hidden.get((locale, slug)):
            yield publication, _("A link leads to a text that readers do not see: %s") % text
        elif (locale, slug) not in known:
            yield publication, _("A link leads to no text: %s") % _path_of(locale, slug)


def _path_of(locale: str, slug: str) -> str:
    return localized_path(locale, "publications:detail", slug=slug)


def _links_of(publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield locale and slug of the texts here that a text links to, each once."""
    starts = {locale: _path_of(locale, "-").removesuffix("-/") for locale in LOCALES}
    for path in dict.fromkeys(map(Redirect.normalize_path, addresses_in(publication.body))):
        for locale, start in starts.items():
            slug = unquote(path.removeprefix(start)).strip("/")
            if path.startswith(start) and slug and "/" not in slug:
                yield locale, slug


def _find_known(slugs: Collection[str]) -> set[tuple[str, str]]:
    """Return the addresses of texts that were published, by locale and slug."""
    return {
        row
        for batch in batched(slugs, SLUGS_PER_QUERY)
        for row in Address.objects.filter(slug__in=batch).values_list("locale", "slug")
    }
