"""Read a Word file as a manuscript with its images, comments and report."""

import logging
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath

from publications import markup
from publications.images import ImageProperties
from publications.manuscript import Manuscript
from publications.ooxml import InvalidWordFile, WordPackage
from publications.publication_fields import MAX_LENGTHS
from publications.stored_messages import gettext as _
from publications.stored_messages import ngettext

from ..coverage import compare_plain_text
from ..imported_file import ImportLog, ImportNote, ImportRefused, TextCoverage
from ..titles import describe_title_end
from .annotations import WordComment, determine_language, read_comments, read_creator, report_omitted_parts
from .blocks import ENDNOTES, FOOTNOTES, SEPARATOR_TYPES, Block, all_paragraphs, all_tables, one_line
from .body import PartReader, read_context
from .element_builder import ElementBuilder
from .images import ImageKeyFor, WordImages
from .normalization import heading_anchors, internal_links, normalize_blocks, promote_bold_lines
from .title_block import TitleBlock, split_title_block
from .tracked_changes import TrackedChange, TrackedChanges, resolve_changes

logger = logging.getLogger(__name__)
NOTE_DEFINITION = re.compile(r"^\[\^\d+\]:", re.MULTILINE)
NOTE_REFERENCE = re.compile(r"(?<!\\)\[\^(\d+)\]")
TABLE = re.compile(r"<table[\s>]")


class TrackedChangesPolicy(StrEnum):
    """Whether tracked changes are accepted or rejected."""

    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True)
class WordReadOptions:
    """The options for reading a file.

    Args:
        image_key: returns the key of an image by the digest of its content.
        tracked_changes: whether tracked changes are accepted or rejected.
        language: the language of the text; "" detects it.
        kind: the slug of the kind of the publication.
    """

    image_key: ImageKeyFor
    tracked_changes: TrackedChangesPolicy = TrackedChangesPolicy.ACCEPT
    language: str = ""
    kind: str = "quick-comment"


@dataclass(frozen=True)
class Count:
    """The number of items in the file (`found`) and in the draft (`kept`)."""

    found: int = 0
    kept: int = 0


@dataclass
class WordDocument:
    """The result of reading a Word file: the manuscript, its images and the report.

    The manuscript has no bylines; `names` are the names in the file, which callers match with authors.
    """

    manuscript: Manuscript
    files: dict[str, bytes]
    image_properties: dict[str, ImageProperties]
    names: tuple[str, ...] = ()
    creator: str = ""
    changes: list[TrackedChange] = field(default_factory=list)
    comments: list[WordComment] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    notes: list[ImportNote] = field(default_factory=list)
    coverage: TextCoverage = field(default_factory=TextCoverage)

    @property
    def is_empty(self) -> bool:
        """Whether the file has no text, images, comments or tracked changes."""
        return not (
            self.coverage.total or self.manuscript.body or self.files or self.comments or self.changes
        )


LabelledNotes = list[tuple[str, list[Block]]]


def read_word(content: bytes, filename: str, options: WordReadOptions) -> WordDocument:
    """Read a Word file.

    Args:
        filename: the name of the upload, used as title if the text has none.
        options: how to read it.

    Raises:
        ImportRefused: the file is damaged, exceeds the limits or is not a Word file.
    """
    try:
        return _WordFileReader(WordPackage(content), filename, options).read()
    except InvalidWordFile as error:
        raise ImportRefused(str(error)) from error
    except MemoryError as error:
        raise ImportRefused(
            _("The file needs more memory than the server has. Make its pictures smaller, then try again.")
        ) from error
    except RecursionError as error:
        raise ImportRefused(
            _("The file is nested more deeply than any text. Save it anew in Word, then try again.")
        ) from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        logger.exception("A Word file could not be read")
        raise ImportRefused(
            _("The file cannot be understood. Save it anew in Word, then try again.")
        ) from error


class _WordFileReader:
    """Reads one file: notes and text, then the title block, then the body."""

    def __init__(self, package: WordPackage, filename: str, options: WordReadOptions) -> None:
        self.package, self.filename, self.options = package, filename, options
        self.context = read_context(package)
        self.losses, self.note_series = self.context.losses, self.context.notes
        self.log = ImportLog()
        self.changes = TrackedChanges()

    def read(self) -> WordDocument:
        blocks = self._blocks()
        self.source = "\n".join(
            paragraph.text for paragraph in all_paragraphs([*blocks, *self._note_blocks()])
        )
        self.tables = len(list(all_tables([*blocks, *self.note_series.blocks])))
        self.language = self.options.language or self._language()
        self.images = WordImages(self.package, self.losses, self.options.image_key, self.language)
        title_block = self._title_block(blocks)
        body, rendered = self._write_body(title_block.blocks)
        self.images.report_unplaced()
        report_omitted_parts(self.package, self.note_series, self.losses)
        document = WordDocument(
            self._manuscript(title_block, body), self.images.files, self.images.properties, title_block.names
        )
        document.creator, document.comments = (
            read_creator(self.package),
            read_comments(self.package, self.context.comments),
        )
        document.changes = self.changes.changes
        document.counts = self._counts(body if rendered else "", rendered.html if rendered else "")
        document.coverage = self._coverage(title_block, rendered)
        document.notes = [*self.log.notes, *self.losses.as_notes()]
        return document

    def _blocks(self) -> list[Block]:
        """Return the blocks of the text, after reading the notes; tracked changes are collected in document order."""
        parts = {
            kind: part for kind in (FOOTNOTES, ENDNOTES) if (part := self.package.first_related(f"{kind}s"))
        }
        roots = {kind: self.package.parse(part) for kind, part in parts.items()}
        for root in (self.package.document, *roots.values()):
            self.changes.collect(root)
            resolve_changes(root, accept=self.options.tracked_changes is TrackedChangesPolicy.ACCEPT)
        for kind, root in roots.items():
            part = PartReader(self.context, parts[kind])
            for note in root:
                if note.get("w:type", "") not in SEPARATOR_TYPES:
                    self.note_series.texts[kind, note.get("w:id", "")] = part.blocks(note)
        body = self.package.document.find("w:body")
        return PartReader(self.context, self.package.main).blocks(
            self.package.document if body is None else body
        )

    def _note_blocks(self) -> list[Block]:
        return [block for _label, blocks in self.note_series.referenced for block in blocks]

    def _language(self) -> str:
        styles = self.package.parse(self.package.first_related("styles"))
        language, declared = determine_language(self.package.document, styles, self.source)
        if language != declared:
            self.log.guessed(
                "language", _("The language was taken from the words; the file had another one noted.")
            )
        return language

    def _title_block(self, blocks: list[Block]) -> TitleBlock:
        title_block = split_title_block(blocks)
        self.losses.moved_note_count += title_block.moved_note_count
        if not title_block.title:
            self._set_title_from_filename(title_block)
        elif title_block.is_title_guessed:
            self.log.guessed(
                "title", _("No paragraph has the style Title: the first heading became the title.")
            )
        if title_block.cut_off:
            self.log.dropped("title", describe_title_end(title_block.cut_off))
        if title_block.others:
            self.log.guessed("byline", _("The byline also says: %s") % ", ".join(title_block.others))
        if heading_count := promote_bold_lines(title_block.blocks):
            message = ngettext(
                "%(count)d line in bold became a heading.",
                "%(count)d lines in bold became headings.",
                heading_count,
            )
            self.log.guessed("heading", message % {"count": heading_count})
        title_block.blocks = normalize_blocks(title_block.blocks, self.losses)
        return title_block

    def _set_title_from_filename(self, title_block: TitleBlock) -> None:
        """Set the title from the name of the file."""
        stem = PurePath(self.filename.replace("\\", "/")).stem
        title_block.title = one_line(stem.replace("_", " "))[: MAX_LENGTHS["title"]]
        self.log.guessed("title", _("The text has no title: the name of the file stands in for it."))

    def _write_body(self, blocks: list[Block]) -> tuple[str, markup.RenderedText | None]:
        """Return the Markdown and its rendering, which is needed first for the anchors of links to headings."""
        notes: LabelledNotes = [
            (label, normalize_blocks(note, self.losses)) for label, note in self.note_series.referenced
        ]
        anchors: dict[str, str] = {}
        builder = ElementBuilder(self.images.build_element, lambda address: resolve_link(address, anchors))
        body = markup.to_markdown(builder.build(blocks, notes), markup.EDITABLE_STYLE)
        rendered = self._render(body)
        bookmarks = internal_links([*blocks, *(block for _label, note in notes for block in note)])
        if rendered and bookmarks and (targets := heading_anchors(blocks, rendered.contents)):
            anchors.update(targets)
            body = markup.to_markdown(builder.build(blocks, notes), markup.EDITABLE_STYLE)
        self.losses.internal_links = sum(bookmark not in anchors for bookmark in bookmarks)
        return body, rendered

    def _render(self, body: str) -> markup.RenderedText | None:
        try:
            return markup.render_markdown(body, language=self.language)
        except markup.Unrenderable as error:
            self.log.dropped("render", _("The text cannot be shown as it is: %s") % error)
            return None

    def _manuscript(self, title_block: TitleBlock, body: str) -> Manuscript:
        return Manuscript(
            title=title_block.title,
            kind=self.options.kind,
            language=self.language,
            summary=title_block.summary,
            key_points=title_block.key_points,
            images=tuple(self.images.images_by_key.values()),
            body=body,
        )

    def _counts(self, body: str, html: str) -> dict[str, Count]:
        """Return the counts of notes, tables and images; body and HTML are empty if the text cannot be rendered."""
        labels = set(NOTE_REFERENCE.findall(NOTE_DEFINITION.sub("", body)))
        images = self.images.examined_images.values()
        return {
            "footnotes": Count(
                self.note_series.count(FOOTNOTES), self.note_series.count_referenced(FOOTNOTES, labels)
            ),
            "endnotes": Count(
                self.note_series.count(ENDNOTES), self.note_series.count_referenced(ENDNOTES, labels)
            ),
            "tables": Count(self.tables, len(TABLE.findall(html))),
            "pictures": Count(len(images), sum(kept is not None for kept in images)),
        }

    def _coverage(self, title_block: TitleBlock, rendered: markup.RenderedText | None) -> TextCoverage:
        if rendered is None:
            return TextCoverage()
        fields = (title_block.title, title_block.byline, title_block.summary, *title_block.key_points)
        coverage = compare_plain_text(self.source, "\n".join((*fields, rendered.text)))
        if coverage.missing:
            message = _("Words of the file that are not in the draft: %s")
            self.log.dropped("words", message % " ".join(coverage.missing[:200]))
        return coverage


def resolve_link(address: str, anchors: dict[str, str]) -> str:
    """Return the address of a link; for a bookmark, the anchor of its heading or an empty string."""
    if not address.startswith("#"):
        return address
    return f"#{anchors[address[1:]]}" if address[1:] in anchors else ""
