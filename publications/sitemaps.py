"""The sitemap: every public address in each locale, when it last changed, and its translations.

It lists nothing that is not live, and no page with `noindex`. The format is that of sitemaps.org, with translations as
`xhtml:link`. Above MAX_URLS addresses the sitemap is an index of parts, which are the blocks of each source. A block is
a range of primary keys, so that an address never changes its part and the last part is read as fast as the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from django.db.models import Count, Exists, F, Max, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from publications.locales import LOCALES
from publications.models import Author, Edition, EditionByline, EditionRow, EditionTag, SitePage, Tag
from publications.presentation import absolute_url, conditional_response, localized_path, paths_in_locales
from publications.xml_writer import XmlWriter, build_xml, format_datetime

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MAX_URLS = 10_000
SECTIONS = ("home", "list", "topics", "authors")
MAX_BLOCK = 10**9
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True)
class SitemapEntry:
    """A public URL, when it last changed, and its alternates by language, itself included."""

    url: str
    changed_at: datetime | None = None
    alternates: dict[str, str] = field(default_factory=dict)


class BlockSummary(NamedTuple):
    """The number of URLs in a block, and when the newest of them changed, if known."""

    count: int
    changed_at: datetime | None = None


def sitemap(request: HttpRequest) -> HttpResponse:
    return conditional_response(request, _sitemap_response)


def sitemap_part(request: HttpRequest, source: str, number: int) -> HttpResponse:
    """One block of a source."""
    entry_source = SOURCES.get(source)
    if not entry_source or number > MAX_BLOCK or not entry_source.has_block(number):
        raise Http404
    return conditional_response(request, lambda: _xml_response(_render_url_set(entry_source.entries(number))))


def _sitemap_response() -> HttpResponse:
    summaries = {name: source.summarize_blocks() for name, source in SOURCES.items()}
    total = sum(block.count for blocks in summaries.values() for block in blocks.values())
    if total > MAX_URLS:
        return _xml_response(_render_index(_part_entries(summaries)))
    blocks = [(SOURCES[name], number) for name, numbers in summaries.items() for number in numbers]
    return _xml_response(
        _render_url_set(entry for source, block in blocks for entry in source.entries(block))
    )


def _part_entries(summaries: dict[str, dict[int, BlockSummary]]) -> list[SitemapEntry]:
    return [
        SitemapEntry(
            absolute_url(reverse("sitemap_part", kwargs={"source": name, "number": number})), block.changed_at
        )
        for name, blocks in summaries.items()
        for number, block in blocks.items()
    ]


def _xml_response(document: bytes) -> HttpResponse:
    return HttpResponse(document, content_type=XML)


class PageSource:
    """The sections of the site and its site pages, in one block."""

    def summarize_blocks(self) -> dict[int, BlockSummary]:
        return {1: BlockSummary(len(self.entries(1)))}

    def has_block(self, block: int) -> bool:
        return block == 1

    def entries(self, block: int) -> list[SitemapEntry]:
        newest = Edition.objects.live().order_by().aggregate(newest=Max("visible_from"))["newest"]
        sections = [paths_in_locales(f"publications:{name}") for name in SECTIONS]
        site_pages = [_localized_paths(site_page) for site_page in SitePage.objects.order_by("pk")]
        return [
            *(entry for paths in sections for entry in _build_entries(paths, newest)),
            *(entry for paths, changed_at in site_pages for entry in _build_entries(paths, changed_at)),
        ]


class SubjectSource:
    """Topics or authors with a live edition, changed when the newest of their editions became public."""

    size = MAX_URLS // len(LOCALES)

    def __init__(self, queryset: QuerySet, row_model: type[EditionRow], name: str) -> None:
        """`row_model` is the model of the rows of editions that refer to a subject by the field `name`."""
        self._queryset, self._row_model, self._name = queryset, row_model, name

    def summarize_blocks(self) -> dict[int, BlockSummary]:
        live = self._queryset.filter(Exists(self._live_rows().filter(**{self._name: OuterRef("pk")})))
        return {
            number: BlockSummary(count * len(LOCALES))
            for number, count in _aggregate_by_block(live, "pk", self.size, Count("pk"))
        }

    def has_block(self, block: int) -> bool:
        return self._rows_of(block).exists()

    def entries(self, block: int) -> list[SitemapEntry]:
        newest = self._rows_of(block).values_list(f"{self._name}__slug").annotate(newest=Max("visible_from"))
        return [
            entry
            for slug, changed_at in newest.order_by(self._name)
            for entry in _build_entries(
                paths_in_locales(f"publications:{ROUTES[self._name]}", slug=slug), changed_at
            )
        ]

    def _live_rows(self) -> QuerySet:
        now = timezone.now()
        return self._row_model.objects.live(now).listed().order_by()

    def _rows_of(self, block: int) -> QuerySet:
        subjects = {f"{self._name}__in": self._queryset.values("pk")}
        return self._live_rows().filter(**subjects, **_block_lookups(f"{self._name}_id", block, self.size))


class EditionSource:
    """Publications at their canonical addresses, changed when the live edition became public."""

    def summarize_blocks(self) -> dict[int, BlockSummary]:
        live = Edition.objects.live().order_by()
        blocks = _aggregate_by_block(live, "publication_id", MAX_URLS, Count("pk"), Max("visible_from"))
        return {number: BlockSummary(count, newest) for number, count, newest in blocks}

    def has_block(self, block: int) -> bool:
        return self._rows_of(block).exists()

    def entries(self, block: int) -> list[SitemapEntry]:
        """Return the entries of a block with their translations, which may be of other blocks, in one query."""
        lists = {locale: absolute_url(localized_path(locale, "publications:list")) for locale in LOCALES}
        groups = self._rows_of(block).values("translation_group")
        editions = Edition.objects.live().filter(translation_group__in=groups).order_by("publication_id")
        columns = ("publication_id", "translation_group", "language", "locale", "slug", "visible_from")
        rows = [
            (publication, group, language, f"{lists[locale]}{quote(slug)}/", changed_at)
            for publication, group, language, locale, slug, changed_at in editions.values_list(*columns)
        ]
        translations: dict[int, dict[str, str]] = {}
        for _publication, group, language, url, _changed_at in rows:
            translations.setdefault(group, {}).setdefault(language, url)
        block_range = range((block - 1) * MAX_URLS, block * MAX_URLS)
        return [
            SitemapEntry(url, changed_at, _alternates(translations[group], language, url))
            for publication, group, language, url, changed_at in rows
            if publication in block_range
        ]

    def _rows_of(self, block: int) -> QuerySet:
        return Edition.objects.live().order_by().filter(**_block_lookups("publication_id", block, MAX_URLS))


ROUTES = {"tag": "topic", "author": "author"}
SOURCES = {
    "pages": PageSource(),
    "topics": SubjectSource(Tag.objects.all(), EditionTag, "tag"),
    "authors": SubjectSource(Author.objects.not_pseudonymous(), EditionByline, "author"),
    "publications": EditionSource(),
}
"""The sources by their names in the addresses of parts."""


def _block_lookups(column: str, block: int, size: int) -> dict[str, int]:
    """Return the lookups for the primary keys of a block; blocks count from 1."""
    return {f"{column}__gte": (block - 1) * size, f"{column}__lt": block * size}


def _aggregate_by_block(queryset: QuerySet, column: str, size: int, *aggregates) -> Iterable[tuple]:
    """Return (block, aggregate, …) for each block with rows, in order."""
    named = {f"aggregate_{number}": aggregate for number, aggregate in enumerate(aggregates)}
    return (
        queryset.annotate(block=F(column) / size + 1).values_list("block").annotate(**named).order_by("block")
    )


def _build_entries(paths: dict[str, str], changed_at: datetime | None) -> list[SitemapEntry]:
    urls = {locale: absolute_url(path) for locale, path in paths.items()}
    alternates = urls if len(urls) > 1 else {}
    return [SitemapEntry(url, changed_at, alternates) for url in urls.values()]


def _alternates(translations: dict[str, str], language: str, url: str) -> dict[str, str]:
    """Return the URLs of a translation group by language for one of its texts, with its own URL for its language."""
    alternates = {**translations, language: url}
    return alternates if len(alternates) > 1 else {}


def _localized_paths(site_page: Model) -> tuple[dict[str, str], datetime]:
    paths = {
        locale: localized_path(locale, "publications:site-page", slug=getattr(site_page, f"slug_{locale}"))
        for locale in site_page.locales
    }
    return paths, site_page.changed_at


def _render_url_set(entries: Iterable[SitemapEntry]) -> bytes:
    return _render_document("urlset", "url", entries, {"xmlns": NAMESPACE, "xmlns:xhtml": XHTML})


def _render_index(parts: Iterable[SitemapEntry]) -> bytes:
    return _render_document("sitemapindex", "sitemap", parts, {"xmlns": NAMESPACE})


def _render_document(
    root: str, element: str, entries: Iterable[SitemapEntry], namespaces: dict[str, str]
) -> bytes:
    def write(xml: XmlWriter) -> None:
        with xml.inside(root, namespaces):
            for entry in entries:
                _write_entry(xml, element, entry)

    return build_xml(write)


def _write_entry(xml: XmlWriter, element: str, entry: SitemapEntry) -> None:
    with xml.inside(element):
        xml.element("loc", entry.url)
        if entry.changed_at:
            xml.element("lastmod", format_datetime(entry.changed_at))
        for language, url in entry.alternates.items():
            xml.element("xhtml:link", attributes={"rel": "alternate", "hreflang": language, "href": url})
