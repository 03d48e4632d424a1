"""The sitemap: every public address of both trees, when each last changed, and its translations.

It lists nothing that is not live, and no page that asks not to be indexed. Documents are those of sitemaps.org, with
translations as search engines read them (`xhtml:link`). Above MAX_URLS addresses the sitemap is an index of parts,
source by source, each in blocks of at most so many. A block is a range of primary keys, so that an address keeps its
part for ever and the last part of a million publications is found as fast as the first. Queries are constant in size.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from django.db.models import Count, Exists, F, Max, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.xmlutils import SimplerXMLGenerator

from publications.locales import LOCALES
from publications.models import Author, Edition, EditionByline, EditionRow, EditionTag, SitePage, Tag
from publications.presentation import absolute_url, conditional_response, localized_path, paths_in_locales

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MAX_URLS = 10_000
SECTIONS = ("home", "list", "topics", "authors")
MAX_BLOCK = 10**9  # further than any database counts
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True)
class SitemapEntry:
    """A public address (absolute), when it last changed, and its alternates by language, itself included."""

    url: str
    changed_at: datetime | None = None
    alternates: dict[str, str] = field(default_factory=dict)


def sitemap(request: HttpRequest) -> HttpResponse:
    return conditional_response(request, _sitemap)


def sitemap_part(request: HttpRequest, source: str, number: int) -> HttpResponse:
    """One block of a source, at the same address for ever."""
    found = SOURCES.get(source)
    if not found or number > MAX_BLOCK or not found.holds(number):
        raise Http404
    return conditional_response(request, lambda: _respond(_url_set(found.entries(number))))


def _sitemap() -> HttpResponse:
    counts = {name: source.counts() for name, source in SOURCES.items()}
    total = sum(number for blocks in counts.values() for number, _newest in blocks.values())
    if total > MAX_URLS:
        return _respond(_index_document(_parts(counts)))
    every = [(SOURCES[name], block) for name, blocks in counts.items() for block in blocks]
    return _respond(_url_set(address for source, block in every for address in source.entries(block)))


def _parts(counts: dict[str, dict]) -> list[SitemapEntry]:
    return [
        SitemapEntry(absolute_url(reverse("sitemap_part", kwargs={"source": name, "number": block})), newest)
        for name, blocks in counts.items()
        for block, (_number, newest) in blocks.items()
    ]


def _respond(document: bytes) -> HttpResponse:
    return HttpResponse(document, content_type=XML)


class PageSource:
    """The sections of the site and its own pages: a handful, in one block."""

    def counts(self) -> dict[int, tuple[int, datetime | None]]:
        return {1: (len(self.entries(1)), None)}

    def holds(self, block: int) -> bool:
        return block == 1

    def entries(self, block: int) -> list[SitemapEntry]:
        newest = Edition.objects.live().order_by().aggregate(newest=Max("visible_from"))["newest"]
        sections = [paths_in_locales(f"publications:{name}") for name in SECTIONS]
        own = [_paths_of(site_page) for site_page in SitePage.objects.order_by("pk")]
        return [
            *(address for paths in sections for address in _in_each_locale(paths, newest)),
            *(address for paths, changed_at in own for address in _in_each_locale(paths, changed_at)),
        ]


class SubjectSource:
    """Topics or authors: those that a live edition names, changed when the newest of their pieces was."""

    size = MAX_URLS // len(LOCALES)

    def __init__(self, known: QuerySet, rows: type[EditionRow], name: str) -> None:
        self._known, self._rows, self._name = known, rows, name

    def counts(self) -> dict[int, tuple[int, datetime | None]]:
        named = self._known.filter(Exists(self._live().filter(**{self._name: OuterRef("pk")})))
        return {
            block: (number * len(LOCALES), None)
            for block, number in _in_blocks(named, "pk", self.size, Count("pk"))
        }

    def holds(self, block: int) -> bool:
        return self._of(block).exists()

    def entries(self, block: int) -> list[SitemapEntry]:
        newest = self._of(block).values_list(f"{self._name}__slug").annotate(newest=Max("visible_from"))
        return [
            address
            for slug, changed_at in newest.order_by(self._name)
            for address in _in_each_locale(
                paths_in_locales(f"publications:{ROUTES[self._name]}", slug=slug), changed_at
            )
        ]

    def _live(self) -> QuerySet:
        now = timezone.now()
        return self._rows.objects.filter(visible_from__lte=now, visible_until__gt=now).order_by()

    def _of(self, block: int) -> QuerySet:
        known = {f"{self._name}__in": self._known.values("pk")}
        return self._live().filter(**known, **_range(f"{self._name}_id", block, self.size))


class EditionSource:
    """Pieces at their canonical addresses, changed when the edition that stands there became public."""

    def counts(self) -> dict[int, tuple[int, datetime | None]]:
        live = Edition.objects.live().order_by()
        counted = _in_blocks(live, "publication_id", MAX_URLS, Count("pk"), Max("visible_from"))
        return {block: (number, newest) for block, number, newest in counted}

    def holds(self, block: int) -> bool:
        return self._of(block).exists()

    def entries(self, block: int) -> list[SitemapEntry]:
        """Two trees of addresses and all kin from one query: families that have a piece in the block."""
        lists = {locale: absolute_url(localized_path(locale, "publications:list")) for locale in LOCALES}
        kin = Edition.objects.live().filter(translation_group__in=self._of(block).values("translation_group"))
        fields = ("publication_id", "translation_group", "language", "locale", "slug", "visible_from")
        texts = [
            (piece, family, language, f"{lists[locale]}{quote(slug)}/", begun)
            for piece, family, language, locale, slug, begun in kin.order_by("publication_id").values_list(
                *fields
            )
        ]
        families: dict[int, dict[str, str]] = {}
        for _piece, family, language, url, _begun in texts:
            families.setdefault(family, {}).setdefault(language, url)
        own = range((block - 1) * MAX_URLS, block * MAX_URLS)
        return [
            SitemapEntry(url, begun, _with_itself(families[family], language, url))
            for piece, family, language, url, begun in texts
            if piece in own
        ]

    def _of(self, block: int) -> QuerySet:
        return Edition.objects.live().order_by().filter(**_range("publication_id", block, MAX_URLS))


ROUTES = {"tag": "topic", "author": "author"}
SOURCES = {
    "pages": PageSource(),
    "topics": SubjectSource(Tag.objects.all(), EditionTag, "tag"),
    "authors": SubjectSource(Author.objects.identified(), EditionByline, "author"),
    "publications": EditionSource(),
}
"""The sources by the name their parts have in addresses."""


def _range(column: str, block: int, size: int) -> dict[str, int]:
    """The numbers of a block; blocks count from 1."""
    return {f"{column}__gte": (block - 1) * size, f"{column}__lt": block * size}


def _in_blocks(rows: QuerySet, column: str, size: int, *counted) -> Iterable[tuple]:
    """Rows counted by block, the first block first: (block, …)."""
    named = {f"counted_{place}": each for place, each in enumerate(counted)}
    return rows.annotate(block=F(column) / size + 1).values_list("block").annotate(**named).order_by("block")


def _in_each_locale(paths: dict[str, str], changed_at: datetime | None) -> list[SitemapEntry]:
    urls = {locale: absolute_url(path) for locale, path in paths.items()}
    alternates = urls if len(urls) > 1 else {}
    return [SitemapEntry(url, changed_at, alternates) for url in urls.values()]


def _with_itself(family: dict[str, str], language: str, url: str) -> dict[str, str]:
    """The texts of a family as one of them tells of them: itself for its language."""
    alternates = {**family, language: url}
    return alternates if len(alternates) > 1 else {}


def _paths_of(site_page: Model) -> tuple[dict[str, str], datetime]:
    paths = {
        locale: localized_path(locale, "publications:site-page", slug=getattr(site_page, f"slug_{locale}"))
        for locale in site_page.locales
    }
    return paths, site_page.changed_at


def _url_set(addresses: Iterable[SitemapEntry]) -> bytes:
    return _build_document("urlset", "url", addresses, {"xmlns": NAMESPACE, "xmlns:xhtml": XHTML})


def _index_document(parts: Iterable[SitemapEntry]) -> bytes:
    return _build_document("sitemapindex", "sitemap", parts, {"xmlns": NAMESPACE})


def _build_document(
    root: str, element: str, addresses: Iterable[SitemapEntry], namespaces: dict[str, str]
) -> bytes:
    stream = io.StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, namespaces)
    for address in addresses:
        _write_entry(xml, element, address)
    xml.endElement(root)
    xml.endDocument()
    return stream.getvalue().encode()


def _write_entry(xml: SimplerXMLGenerator, element: str, address: SitemapEntry) -> None:
    xml.startElement(element, {})
    xml.addQuickElement("loc", address.url)
    if address.changed_at:
        xml.addQuickElement("lastmod", f"{address.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    for language, url in address.alternates.items():
        xml.addQuickElement("xhtml:link", None, {"rel": "alternate", "hreflang": language, "href": url})
    xml.endElement(element)
