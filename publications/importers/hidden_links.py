"""Links of public texts of an import to texts that readers do not see: 404 until these are published."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import batched
from urllib.parse import unquote

from publications.locales import LOCALES, localized_path
from publications.models import Address, Publication, Redirect, with_status
from publications.stored_messages import gettext as _

from .imported_file import NoteKind
from .links import addresses_in
from .report import FileReport

HIDDEN_LINK = "hidden-link"
"""The topic of notes on links to texts that readers do not see."""
SLUGS_PER_QUERY = 500
TEXTS_PER_QUERY = 200


def list_hidden_links(publications: Collection[Publication]) -> Iterator[tuple[Publication, str]]:
    """Yield public texts with links to texts that were never public, and in words what each leads to.

    Args:
        publications: the texts of an import, with their status.
    """
    texts = list(publications)
    yield from _find_links(texts, _hidden_by_address(texts))


def _hidden_by_address(publications: Iterable[Publication]) -> dict[tuple[str, str], Publication]:
    """Return those that were never public by the locale and slug that publishing would give them."""
    hidden = (text for text in publications if not (text.live_from or text.ended_at))
    return {(text.locale, text.proposed_slug()): text for text in hidden}


def _find_links(
    publications: Iterable[Publication], hidden: Mapping[tuple[str, str], Publication]
) -> Iterator[tuple[Publication, str]]:
    links = [(text, *link) for text in publications if text.live_from for link in _links_of(text)]
    known = _find_known({slug for _text, _locale, slug in links})
    for publication, locale, slug in links:
        if text := hidden.get((locale, slug)):
            yield publication, _("A link leads to a text that readers do not see: %s") % str(text)
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


def report_hidden_links(files: Iterable[FileReport]) -> None:
    """Note which texts that a check would publish link to a text that stays hidden: its address has its title."""
    stored = [file for file in files if file.publication]
    pks = [file.publication.pk for file in stored if not (file.is_published or file.was_public)]
    rows = with_status(Publication.objects.filter(pk__in=pks)).defer("body") if pks else ()
    hidden = _hidden_by_address(rows)
    published = {file.publication.pk: file for file in stored if file.is_published} if hidden else {}
    for batch in batched(published, TEXTS_PER_QUERY):
        texts = with_status(Publication.objects.filter(pk__in=batch))
        for publication, message in _find_links(texts, hidden):
            published[publication.pk].add_note(NoteKind.DROPPED, HIDDEN_LINK, message)
