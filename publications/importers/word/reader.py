"""One Word file becomes a manuscript with its images, its comments, and all there is to report."""

import logging
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import markup
from publications.images import ImageFacts
from publications.manuscript import Manuscript
from publications.ooxml import InvalidWordFile, WordPackage
from publications.publication_fields import MAX_LENGTHS

from ..coverage import compare_plain_text
from ..report import ImportLog, ImportNote, ImportRefused, WordCoverage
from .annotations import WordComment, find_language, note_surroundings, read_comments, read_creator
from .blocks import ENDNOTES, FOOTNOTES, UNUSED, Block, all_paragraphs, all_tables, one_line
from .body import PartReader, read_context
from .images import ImageKeyFor, WordImages
from .layout import (
    ElementBuilder,
    heading_anchors,
    inner_links,
    normalize_blocks,
    take_bold_lines_as_headings,
)
from .title_block import TitleBlock, split_title_block
from .tracked_changes import TrackedChange, TrackedChanges, resolve_changes

logger = logging.getLogger(__name__)
REFERRED = re.compile(r'id="fnref-(\d+)"')


class TrackedChangesPolicy(StrEnum):
    """What is done with tracked changes."""

    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True)
class WordReadOptions:
    """How a file is to be read. An empty `language` is taken from the file.

    `image_key` gives the key of an image by the digest of its bytes.
    """

    image_key: ImageKeyFor
    tracked: TrackedChangesPolicy = TrackedChangesPolicy.ACCEPT
    language: str = ""
    kind: str = "quick-comment"


@dataclass(frozen=True)
class Count:
    """How many there were in the file, and how many are in the draft."""

    found: int = 0
    kept: int = 0


@dataclass
class WordDocument:
    """What a Word file says: the manuscript, the files of its pictures, and everything to report of it.

    The manuscript has no bylines: `names` are those of the file, and who they are is for others to say.
    """

    manuscript: Manuscript
    files: dict[str, bytes]
    facts: dict[str, ImageFacts]
    names: tuple[str, ...] = ()
    creator: str = ""
    changes: list[TrackedChange] = field(default_factory=list)
    comments: list[WordComment] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    notes: list[ImportNote] = field(default_factory=list)
    coverage: WordCoverage = field(default_factory=WordCoverage)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the file: no words, pictures, comments or tracked changes."""
        return not (
            self.coverage.total or self.manuscript.body or self.files or self.comments or self.changes
        )


Noted = list[tuple[str, list[Block]]]


def read_word(content: bytes, filename: str, options: WordReadOptions) -> WordDocument:
    """Read a Word file. Raises ImportRefused, with one sentence, for what is none or goes beyond the limits."""
    try:
        return _File(WordPackage(content), filename, options).read()
    except InvalidWordFile as reason:
        raise ImportRefused(str(reason)) from reason
    except (RecursionError, MemoryError) as reason:
        raise ImportRefused(
            _("The file is nested more deeply than any text. Save it anew in Word, then try again.")
        ) from reason
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as reason:
        logger.exception("A Word file could not be read")
        raise ImportRefused(
            _("The file cannot be understood. Save it anew in Word, then try again.")
        ) from reason


class _File:
    """Reads one file: its notes and text, then how it opens, then the shape of our pages."""

    def __init__(self, package: WordPackage, filename: str, options: WordReadOptions) -> None:
        self.package, self.filename, self.options = package, filename, options
        self.context = read_context(package)
        self.losses, self.notes = self.context.losses, self.context.notes
        self.log = ImportLog()
        self.changes = TrackedChanges()

    def read(self) -> WordDocument:
        blocks = self._blocks()
        self.source = "\n".join(each.text for each in all_paragraphs([*blocks, *self._note_blocks()]))
        self.tables = len(list(all_tables(blocks)))
        self.language = self.options.language or self._language()
        self.images = WordImages(self.package, self.losses, self.options.image_key, self.language)
        title_block = self._title_block(blocks)
        body, rendered = self._write_body(title_block.blocks)
        self.images.report_unplaced()
        note_surroundings(self.package, self.notes, self.losses)
        word = WordDocument(
            self._manuscript(title_block, body), self.images.files, self.images.facts, title_block.names
        )
        word.creator, word.comments = (
            read_creator(self.package),
            read_comments(self.package, self.context.comments),
        )
        word.changes = self.changes.found
        word.counts = self._counts(rendered)
        word.coverage = self._coverage(title_block, rendered)
        word.notes = [*self.log.notes, *self.losses.as_notes()]
        return word

    def _blocks(self) -> list[Block]:
        """The text, with its notes read before it; changes are counted in the order of the pages."""
        parts = {
            kind: part for kind in (FOOTNOTES, ENDNOTES) if (part := self.package.first_related(f"{kind}s"))
        }
        roots = {kind: self.package.parse(part) for kind, part in parts.items()}
        for root in (self.package.document, *roots.values()):
            self.changes.collect(root)
            resolve_changes(root, accept=self.options.tracked is TrackedChangesPolicy.ACCEPT)
        for kind, root in roots.items():
            part = PartReader(self.context, parts[kind])
            for note in root:
                if note.get("w:type", "") not in UNUSED:
                    self.notes.texts[kind, note.get("w:id", "")] = part.blocks(note)
        body = self.package.document.find("w:body")
        return PartReader(self.context, self.package.main).blocks(
            self.package.document if body is None else body
        )

    def _note_blocks(self) -> list[Block]:
        return [block for _label, blocks in self.notes.in_order for block in blocks]

    def _language(self) -> str:
        styles = self.package.parse(self.package.first_related("styles"))
        found, marked = find_language(self.package.document, styles, self.source)
        if found != marked:
            self.log.guessed(
                "language", _("The language was taken from the words; the file had another one noted.")
            )
        return found

    def _title_block(self, blocks: list[Block]) -> TitleBlock:
        title_block = split_title_block(blocks)
        self.losses.moved_notes += title_block.moved_notes
        if not title_block.title:
            self._name(title_block)
        elif title_block.is_title_guessed:
            self.log.guessed(
                "title", _("No paragraph has the style Title: the first heading became the title.")
            )
        if title_block.cut_off:
            cut = _(
                "The title is longer than %(most)d characters. What comes after them was left out: “%(rest)s”"
            )
            self.log.dropped("title", cut % {"most": MAX_LENGTHS["title"], "rest": title_block.cut_off})
        if title_block.others:
            self.log.guessed("byline", _("The byline also says: %s") % ", ".join(title_block.others))
        if taken := take_bold_lines_as_headings(title_block.blocks):
            said = ngettext(
                "%(count)d line in bold became a heading.", "%(count)d lines in bold became headings.", taken
            )
            self.log.guessed("heading", said % {"count": taken})
        title_block.blocks = normalize_blocks(title_block.blocks, self.losses)
        return title_block

    def _name(self, title_block: TitleBlock) -> None:
        """Name the draft: it has a name to be found by: that of the file, where the text gives none."""
        stem = PurePath(self.filename.replace("\\", "/")).stem
        title_block.title = one_line(stem.replace("_", " "))[: MAX_LENGTHS["title"]]
        self.log.guessed("title", _("The text has no title: the name of the file stands in for it."))

    def _write_body(self, blocks: list[Block]) -> tuple[str, markup.RenderedText | None]:
        """Return the Markdown and its page. Links to headings need the page first: it gives them their addresses."""
        notes: Noted = [(label, normalize_blocks(note, self.losses)) for label, note in self.notes.in_order]
        anchors: dict[str, str] = {}
        builder = ElementBuilder(self.images.place, lambda address: resolve_link(address, anchors))
        body = markup.to_markdown(builder.build(blocks, notes), markup.EDITABLE)
        rendered = self._render(body)
        bookmarks = inner_links([*blocks, *(block for _label, note in notes for block in note)])
        if rendered and bookmarks and (found := heading_anchors(blocks, rendered.contents)):
            anchors.update(found)
            body = markup.to_markdown(builder.build(blocks, notes), markup.EDITABLE)
        self.losses.inner_links = sum(bookmark not in anchors for bookmark in bookmarks)
        return body, rendered

    def _render(self, body: str) -> markup.RenderedText | None:
        try:
            return markup.render_markdown(body, language=self.language)
        except markup.Unrenderable as reason:
            self.log.dropped("render", _("The text cannot be shown as it is: %s") % reason)
            return None

    def _manuscript(self, title_block: TitleBlock, body: str) -> Manuscript:
        return Manuscript(
            title=title_block.title,
            kind=self.options.kind,
            language=self.language,
            summary=title_block.summary,
            key_points=title_block.key_points,
            images=tuple(self.images.shown.values()),
            body=body,
        )

    def _counts(self, rendered: markup.RenderedText | None) -> dict[str, Count]:
        html = rendered.html if rendered else ""
        shown = set(REFERRED.findall(html))
        lost = max(0, len(self.notes.labels) - len(shown))
        pictures = self.images.seen.values()
        return {
            "footnotes": Count(self.notes.count(FOOTNOTES), max(0, self.notes.kept(FOOTNOTES) - lost)),
            "endnotes": Count(self.notes.count(ENDNOTES), max(0, self.notes.kept(ENDNOTES) - lost)),
            "tables": Count(self.tables, html.count("<table>")),
            "pictures": Count(len(pictures), sum(kept is not None for kept in pictures)),
        }

    def _coverage(self, title_block: TitleBlock, rendered: markup.RenderedText | None) -> WordCoverage:
        if rendered is None:
            return WordCoverage()
        fields = (title_block.title, title_block.byline, title_block.summary, *title_block.key_points)
        coverage = compare_plain_text(self.source, "\n".join((*fields, rendered.text)))
        if coverage.missing:
            said = _("Words of the file that are not in the draft: %s")
            self.log.dropped("words", said % " ".join(coverage.missing[:200]))
        return coverage


def resolve_link(address: str, anchors: dict[str, str]) -> str:
    """Return the address of a link; that of a bookmark is the anchor of its heading on our page, if it has one."""
    if not address.startswith("#"):
        return address
    return f"#{anchors[address[1:]]}" if address[1:] in anchors else ""
