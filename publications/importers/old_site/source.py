"""An old site as a source: its texts by the rules of a mapping, their files, and what its other addresses lead to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from publications.locales import LOCALES
from publications.path_patterns import PathTree
from publications.stored_messages import gettext as _

from ..html import ArticleSource, SourceArticle, read_article
from ..imported_file import (
    UNMATCHED_PAGE,
    ImportedFile,
    ImportNote,
    ImportRefused,
    NoteKind,
    SourceRemark,
    describe_day_first,
    hidden_note,
    lost_addresses,
    unindexed_note,
)
from ..links import link_key
from ..mapping import ImportMapping, apply_mapping, normalize_key
from ..markdown.dates import is_ambiguous_date
from ..read_ahead import read_texts
from ..source import ImportContext, OldPage, SourceEntry
from .addresses import path_of
from .copies import open_copy
from .entries import build_entries
from .html_page import read_page
from .link_targets import LinkTargets
from .nearest_pages import NearestPages, find_nearest_pages
from .page_index import IndexedPage, PageIndex, index_pages
from .page_text import PageHead, read_text
from .proposal import propose_rules
from .rules import parse_rules
from .samples import choose_samples, describe_sample
from .site_copy import SiteCopy
from .site_files import SiteFiles
from .values import find_date_text


@dataclass(kw_only=True)
class OldSiteSource(ArticleSource):
    """The texts of an old site.

    Args:
        nearest: what pages that are no texts lead to.
        language: that of pages that name none.
    """

    copy: SiteCopy
    index: PageIndex
    files: SiteFiles
    nearest: NearestPages = field(default_factory=NearestPages)
    mapping: ImportMapping = field(default_factory=ImportMapping)
    language: str = LOCALES[0]

    @cached_property
    def targets(self) -> LinkTargets:
        return LinkTargets(self.copy, self.index, self.files)

    @property
    def missing(self) -> set[str]:
        """The addresses of files that texts use and the copy does not have."""
        return self.targets.missing

    def articles(self) -> Iterator[SourceArticle]:
        for entry in self.entries:
            yield self._read_article(entry)

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        articles = (
            replace(article, entry=entry)
            for article, entry in zip(self.articles(), self.entries, strict=True)
        )
        for imported in read_texts(
            articles, read_article, context, total=len(self.entries), processes=processes
        ):
            yield replace(imported, former_files=self.targets.names_by_address(imported.former_files))

    def read_samples(self, context: ImportContext) -> list[dict[str, Any]]:
        entries = {entry.source: entry for entry in self.entries}
        samples = []
        for indexed in choose_samples(list(self.index.texts.values())):
            resource = self.copy.resources[indexed.key]
            article = self._read_article(entries[path_of(indexed.address)])
            imported = apply_mapping(read_article(article, context), self.mapping)
            text = read_text(read_page(self.copy, resource), indexed.rule)
            samples.append(describe_sample(read_page(self.copy, resource), indexed, text, imported))
        return samples

    def assign_slugs(self, existing_slugs: Mapping[str, str], reserved: set[tuple[str, str]]) -> Self:
        """Raises ImportRefused if there are no rules."""
        if not self.mapping.pages:
            message = _(
                "An old site needs rules that say what its pages are. Let them be proposed with --propose-mapping "
                "FILE.yaml, look at them, then import with --mapping FILE.yaml."
            )
            raise ImportRefused(message)
        return super().assign_slugs(existing_slugs, reserved)

    def propose_mapping(self) -> ImportMapping:
        """Return the rules that are proposed for the site, with the topics and authors that they find.

        Raises:
            ImportRefused: no type of page was recognized.
        """
        rules = propose_rules(self.copy)
        if not rules.pages:
            message = _(
                "No type of page was recognized: at least three pages have to have one template. Save more of the "
                "site, or write the rules yourself (docs/moving-in.md)."
            )
            raise ImportRefused(message)
        index = index_pages(self.copy, parse_rules(rules.pages))
        source = replace(self, entries=build_entries(self.copy, index, self.language), index=index)
        names = super(OldSiteSource, source).propose_mapping()
        return replace(
            rules, topics=names.topics, people=names.people, comments=rules.comments | names.comments
        )

    def addresses(self, address_of: Callable[[str, str], str]) -> dict[str, str]:
        """Return new addresses by old ones; one with a query has no path, which other texts may share."""
        addresses: dict[str, str] = {}
        for entry in self.all_entries:
            for old_address in entry.former_paths:
                addresses.setdefault(link_key(old_address), address_of(entry.locale, entry.slug))
        return addresses

    @property
    def old_pages(self) -> Mapping[str, OldPage]:
        """Other pages; the home page is that of this site."""
        return {address: page for address, page in self.nearest.pages.items() if address != "/"}

    @property
    def missing_files(self) -> tuple[str, ...]:
        return tuple(sorted(self.missing))

    def summarize(self, site_paths: PathTree) -> list[SourceRemark]:
        notes = []
        if self.missing:
            message = _(
                "Files that texts use and the copy does not have (--missing-files FILE writes a list for wget):"
            )
            notes.append(SourceRemark(message, self.missing_files))
        if lost := {*self.nearest.lost, *self.targets.unused_files()} - self.nearest.pages.keys():
            notes.append(lost_addresses(sorted(lost)))
        unmatched = tuple(sorted(path_of(page.address) for page in self.index.unmatched.values()))
        if unmatched:
            message = _("Pages that no rule of the mapping fits; they are not imported:")
            notes.append(SourceRemark(message, unmatched, topic=UNMATCHED_PAGE))
        if missing := tuple(sorted(path_of(page.address) for page in self.index.missing.values())):
            message = _("Pages that say that there is no page, with status 200; they are not imported:")
            notes.append(SourceRemark(message, missing))
        if self.copy.other_hosts:
            hosts = tuple(f"{host}: {count}" for host, count in self.copy.other_hosts.most_common())
            notes.append(
                SourceRemark(_("Addresses of other hosts in the copy; they are not imported:"), hosts)
            )
        return notes

    def _read_article(self, entry: SourceEntry) -> SourceArticle:
        page = self.index.texts[self.copy.find_key(self.copy.site + entry.source)]
        text = read_text(read_page(self.copy, self.copy.resources[page.key]), page.rule)
        head = text.head
        return SourceArticle(
            entry=entry,
            title=head.title or page.head.title,
            html=self.targets.link_files(text, page.address),
            url=page.address,
            summary=head.summary,
            published_at=head.published_at,
            cover=self.targets.file_address(head.cover),
            cover_alt=head.cover_alt,
            kind=self._kind_of(page),
            number=head.number,
            related=tuple(self.targets.name_of_text(address) for address, _label in head.related),
            files=tuple((self.targets.file_address(address), label) for address, label in head.files),
            is_draft=bool(page.hiding_sign),
            notes=(*_notes_on(head), *map(hidden_note, filter(None, [page.hiding_sign]))),
        )

    def _kind_of(self, page: IndexedPage) -> str:
        """Return the kind by the rule, or by the breadcrumb and the table of kinds."""
        labels = (label for _address, label in reversed(page.head.breadcrumb))
        kinds = (self.mapping.kinds.get(normalize_key(label), "") for label in labels)
        return page.rule.kind or next(filter(None, kinds), "")

    def uids_by_name(self) -> dict[tuple[str, str], str]:
        """Return the uids by their names in lists of related texts, in whatever language the list is."""
        languages = {entry.language for entry in self.all_entries}
        return {
            (language, f"/{entry.uid}"): entry.uid for entry in self.all_entries for language in languages
        }


def open_old_site(
    path: Path, mapping: ImportMapping, *, language: str = LOCALES[0], site: str = ""
) -> OldSiteSource:
    """Index the copy of an old site. Without rules it has no texts, and they can be proposed.

    Args:
        mapping: has the rules for its pages.
        language: that of pages that name none, or none that this site knows.
        site: the address of the old site, if the copy does not say it.

    Raises:
        ImportRefused: the copy cannot be read, the mapping has no rules or an invalid one, or no page is a text.
    """
    copy = open_copy(path, site)
    index = index_pages(copy, parse_rules(mapping.pages))
    if mapping.pages and not index.texts:
        message = _(
            "No page of “%s” is a text by the rules of the mapping. Correct their “match” and “ignore” by its "
            "addresses, or let rules be proposed anew."
        )
        raise ImportRefused(message % path.name)
    return _build_source(copy, index, mapping, language)


def _build_source(copy: SiteCopy, index: PageIndex, mapping: ImportMapping, language: str) -> OldSiteSource:
    files = SiteFiles.of(copy)
    return OldSiteSource(
        root=files.root,
        entries=build_entries(copy, index, language),
        refused=index.refused | copy.damaged,
        site=copy.site,
        copy=copy,
        index=index,
        files=files,
        nearest=find_nearest_pages(copy, index),
        mapping=mapping,
        language=language,
    )


def _notes_on(head: PageHead) -> Iterator[ImportNote]:
    if not head.published_at:
        reason = (
            _("No date was found.") if not head.date_text else _("This is no date: %s") % head.date_text[:100]
        )
        yield ImportNote(NoteKind.DROPPED, "date", reason)
    elif is_ambiguous_date(date_text := find_date_text(head.date_text)):
        yield ImportNote(NoteKind.GUESSED, "date", describe_day_first(date_text))
    if head.published_at and head.is_update:
        message = _("The date of its last update was taken for that of its publication: %s")
        yield ImportNote(NoteKind.GUESSED, "date", message % head.date_text[:100])
    if head.is_unindexed:
        yield unindexed_note()
    for written, name in head.turned:
        message = _("The family name stood first: %(written)s was read as %(name)s.")
        yield ImportNote(NoteKind.GUESSED, "author-turned", message % {"written": written, "name": name})
    for part in head.unnamed:
        yield ImportNote(NoteKind.DROPPED, "author", _("This is nobody's name: %s") % part[:100])
