"""Links of public texts of an import to texts that readers do not see: 404 until these are published."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from urllib.parse import unquote

from django.conf import settings
from django.db.models import Q

from publications import preflight
from publications.locales import LOCALES, localized_path
from publications.metadata import RECORD_FORMATS
from publications.models import Address, Publication, Redirect, with_status
from publications.slugs import SLUG
from publications.stored_messages import gettext as _

from .imported_file import NoteKind
from .links import address_on_site, addresses_in
from .report import FileReport
from .text_bodies import read_bodies

HIDDEN_LINK = "hidden-link"
"""The topic of notes on links to texts that readers do not see."""
ROWS_PER_QUERY = 500
TEXTS_PER_QUERY = 200
SLUG_IN_PATH = re.compile(rf"({SLUG})(?:/|$|\.(?:pdf|{'|'.join(map(re.escape, RECORD_FORMATS))})$)")


@dataclass(frozen=True)
class _Link:
    """A link of a public text; `key` is the locale and the slug in its path, if it is one of a text here."""

    publication: Publication
    path: str
    key: tuple[str, str] | None


def list_hidden_links(publications: Collection[Publication]) -> Iterator[tuple[Publication, str]]:
    """Yield public texts with links to texts that were never public, and in words what each leads to.

    Args:
        publications: the texts of an import, with their status.
    """
    texts = list(publications)
    live = [text for text in texts if text.live_from]
    for link, message in _find_links(read_bodies(live), _texts_without_address(texts)):
        yield link.publication, message
    yield from _find_empty_pages(read_bodies(live))


def _find_empty_pages(publications: Iterable[Publication]) -> Iterator[tuple[Publication, str]]:
    """Yield the links of live texts to pages of topics and authors of whom nothing is public."""
    starts = tuple(
        localized_path(locale, name, slug="-").removesuffix("-/")
        for locale in LOCALES
        for name in ("publications:topic", "publications:author")
    )
    links = [
        (text, link.path) for text in publications for link in _links_of(text) if link.path.startswith(starts)
    ]
    reasons = preflight.broken_link_reasons((path for _text, path in links), anchors=frozenset())
    for publication, path in links:
        if reason := reasons.get(path):
            yield publication, _("A link leads to %(path)s: %(reason)s") % {"path": path, "reason": reason}


def report_hidden_links(files: Iterable[FileReport]) -> None:
    """Note which texts that a check would publish link to a text that stays hidden: its address has its title."""
    stored = [file for file in files if file.publication]
    pks = [file.publication.pk for file in stored if not (file.is_published or file.was_public)]
    drafts = _texts_without_address(with_status(Publication.objects.filter(pk__in=pks)).defer("body"))
    published = {file.publication.pk: file for file in stored if file.is_published}
    for batch in batched(published, TEXTS_PER_QUERY):
        texts = with_status(Publication.objects.filter(pk__in=batch))
        for link, message in _find_links(texts, drafts, titles_only=True):
            published[link.publication.pk].add_note(NoteKind.GUESSED, HIDDEN_LINK, message)


def _texts_without_address(publications: Iterable[Publication]) -> dict[tuple[str, str], Publication]:
    """Return the texts that have no slug yet, by the locale and slug that publishing would give them."""
    return {(text.locale, text.proposed_slug()): text for text in publications if not text.slug}


def _find_links(
    publications: Iterable[Publication],
    drafts: dict[tuple[str, str], Publication],
    *,
    titles_only: bool = False,
) -> Iterator[tuple[_Link, str]]:
    """Yield the links to texts that were never public, or to none.

    Args:
        drafts: texts without a slug by their addresses.
        titles_only: leave out links whose address says nothing of a hidden text.
    """
    links = [link for text in publications if text.live_from for link in _links_of(text)]
    texts = drafts | _find_texts({link.key[1] for link in links if link.key})
    others = {link.path for link in links if link.key not in texts}
    redirects = _find_redirects(others)
    for link in links:
        if titles_only and link.key not in texts:
            continue
        text = texts.get(link.key) or redirects.get(link.path)
        if text and not text.deleted_at:
            if not (text.live_from or text.ended_at):
                yield link, _("A link leads to a text that readers do not see: %s") % str(text)
            elif not text.live_from and not titles_only:
                yield link, _("A link leads to a text that readers no longer see: %s") % str(text)
        elif text or (link.key and link.path not in redirects):
            yield link, _("A link leads to no text: %s") % link.path


def _links_of(publication: Publication) -> Iterator[_Link]:
    """Yield the links to this site in a text, each once."""
    starts = {
        locale: localized_path(locale, "publications:detail", slug="-").removesuffix("-/")
        for locale in LOCALES
    }
    addresses = (address_on_site(address, settings.SITE_URL) for address in addresses_in(publication.body))
    for path in dict.fromkeys(unquote(address.partition("?")[0]) for address in addresses if address):
        found = ((locale, SLUG_IN_PATH.match(path, len(start))) for locale, start in starts.items())
        keys = ((locale, match[1]) for locale, match in found if match and path.startswith(starts[locale]))
        yield _Link(publication, path, next(keys, None))


def _find_texts(slugs: Collection[str]) -> dict[tuple[str, str], Publication]:
    """Return the texts that have or had these slugs, deleted drafts too, by locale and slug."""
    texts: dict[tuple[str, str], Publication] = {}
    for batch in batched(slugs, ROWS_PER_QUERY):
        addresses = Address.objects.filter(slug__in=batch)
        rows = Publication.with_deleted.filter(Q(slug__in=batch) | Q(pk__in=addresses.values("publication")))
        by_pk = {row.pk: row for row in with_status(rows).defer("body")}
        texts |= {(row.locale, row.slug): row for row in by_pk.values()}
        texts |= {
            (locale, slug): by_pk[pk]
            for locale, slug, pk in addresses.values_list("locale", "slug", "publication")
        }
    return texts


def _find_redirects(paths: Collection[str]) -> dict[str, Publication | None]:
    """Return the texts that old addresses lead to, None for another target, by path."""
    keys = {path: Redirect.normalize_path(path) for path in paths}
    found: dict[str, Publication | None] = {}
    for batch in batched(set(keys.values()), ROWS_PER_QUERY):
        found |= dict(Redirect.objects.filter(path__in=batch, query="").values_list("path", "publication"))
    pks = {pk for pk in found.values() if pk}
    texts = {row.pk: row for row in with_status(Publication.with_deleted.filter(pk__in=pks)).defer("body")}
    return {path: texts.get(found[key]) for path, key in keys.items() if key in found}
