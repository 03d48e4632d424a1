"""One Word file becomes a manuscript with its pictures, its comments, and all there is to tell."""

import logging
import re
from pathlib import PurePath

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import markup
from publications.manuscript import Manuscript
from publications.publication_fields import MAX_LENGTHS

from ..coverage import compare_plain_text
from ..report import ImportLog, ImportRefused, WordCoverage
from .around import comments_of, creator_of, note_what_is_around
from .gallery import Gallery
from .language import language_of
from .layout import (
    TreeBuilder,
    heading_anchors,
    inner_links,
    normalize_blocks,
    take_bold_lines_as_headings,
)
from .notes import ENDNOTES, FOOTNOTES, UNUSED
from .opening import Opening, opening_of
from .outcome import Count, Tracked, Wanted, Word
from .package import Package
from .parts import Block, all_paragraphs, all_tables, one_line
from .reading import Reading, ground_of
from .tracked import Changes, settle

logger = logging.getLogger(__name__)
REFERRED = re.compile(r'id="fnref-(\d+)"')
Noted = list[tuple[str, list[Block]]]


def read(content: bytes, filename: str, wanted: Wanted) -> Word:
    """Read a Word file. Raises ImportRefused, with one sentence, for what is none or goes beyond the limits."""
    try:
        return _File(Package(content), filename, wanted).read()
    except (RecursionError, MemoryError) as reason:
        raise ImportRefused(
            _("The file is nested more deeply than any text. Save it anew in Word, then try again.")
        ) from reason
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as reason:
        if isinstance(reason, ImportRefused):
            raise
        logger.exception("A Word file could not be read")
        raise ImportRefused(
            _("The file cannot be understood. Save it anew in Word, then try again.")
        ) from reason


class _File:
    """Reads one file: its notes and text, then how it opens, then the shape of our pages."""

    def __init__(self, package: Package, filename: str, wanted: Wanted) -> None:
        self.package, self.filename, self.wanted = package, filename, wanted
        self.ground = ground_of(package)
        self.findings, self.notes = self.ground.findings, self.ground.notes
        self.telling = ImportLog()
        self.changes = Changes()

    def read(self) -> Word:
        blocks = self._blocks()
        self.source = "\n".join(each.text for each in all_paragraphs([*blocks, *self._noted()]))
        self.tables = len(list(all_tables(blocks)))
        self.language = self.wanted.language or self._language()
        self.gallery = Gallery(self.package, self.findings, self.wanted.named, self.language)
        opening = self._opening(blocks)
        body, rendered = self._written(opening.blocks)
        self.gallery.name_the_rest()
        note_what_is_around(self.ground)
        word = Word(self._manuscript(opening, body), self.gallery.files, self.gallery.facts, opening.names)
        word.creator, word.comments = creator_of(self.package), comments_of(self.ground)
        word.changes = self.changes.found
        word.counts = self._counts(rendered)
        word.share = self._share(opening, rendered)
        word.lines = [*self.telling.notes, *self.findings.lines()]
        return word

    def _blocks(self) -> list[Block]:
        """The text, with its notes read before it; changes are counted in the order of the pages."""
        parts = {kind: part for kind in (FOOTNOTES, ENDNOTES) if (part := self.package.first(f"{kind}s"))}
        roots = {kind: self.package.tree(part) for kind, part in parts.items()}
        for root in (self.package.document, *roots.values()):
            self.changes.look(root)
            settle(root, accept=self.wanted.tracked is Tracked.ACCEPT)
        for kind, root in roots.items():
            reading = Reading(self.ground, parts[kind])
            for note in root:
                if note.get("w:type", "") not in UNUSED:
                    self.notes.there[kind, note.get("w:id", "")] = reading.blocks(note)
        body = self.package.document.find("w:body")
        return Reading(self.ground, self.package.main).blocks(self.package.document if body is None else body)

    def _noted(self) -> list[Block]:
        return [block for _label, blocks in self.notes.in_order for block in blocks]

    def _language(self) -> str:
        styles = self.package.tree(self.package.first("styles"))
        found, marked = language_of(self.package.document, styles, self.source)
        if found != marked:
            self.telling.guessed(
                "language", _("The language was taken from the words; the file had another one noted.")
            )
        return found

    def _opening(self, blocks: list[Block]) -> Opening:
        opening = opening_of(blocks)
        self.findings.moved_notes += opening.moved_notes
        if not opening.title:
            self._name(opening)
        elif opening.is_title_guessed:
            self.telling.guessed(
                "title", _("No paragraph has the style Title: the first heading became the title.")
            )
        if opening.cut_off:
            cut = _(
                "The title is longer than %(most)d characters. What comes after them was left out: “%(rest)s”"
            )
            self.telling.dropped("title", cut % {"most": MAX_LENGTHS["title"], "rest": opening.cut_off})
        if opening.others:
            self.telling.guessed("byline", _("The byline also says: %s") % ", ".join(opening.others))
        if taken := take_bold_lines_as_headings(opening.blocks):
            said = ngettext(
                "%(count)d line in bold became a heading.", "%(count)d lines in bold became headings.", taken
            )
            self.telling.guessed("heading", said % {"count": taken})
        opening.blocks = normalize_blocks(opening.blocks, self.findings)
        return opening

    def _name(self, opening: Opening) -> None:
        """A draft has a name to be found by: that of the file, where the text gives none."""
        stem = PurePath(self.filename.replace("\\", "/")).stem
        opening.title = one_line(stem.replace("_", " "))[: MAX_LENGTHS["title"]]
        self.telling.guessed("title", _("The text has no title: the name of the file stands in for it."))

    def _written(self, blocks: list[Block]) -> tuple[str, markup.RenderedText | None]:
        """The Markdown and its page. Links to headings need the page first: it gives them their addresses."""
        notes: Noted = [(label, normalize_blocks(note, self.findings)) for label, note in self.notes.in_order]
        anchors: dict[str, str] = {}
        builder = TreeBuilder(self.gallery.place, lambda address: resolve_link(address, anchors))
        body = markup.to_markdown(builder.build(blocks, notes), markup.EDITABLE)
        rendered = self._rendered(body)
        wanted = inner_links([*blocks, *(block for _label, note in notes for block in note)])
        if rendered and wanted and (found := heading_anchors(blocks, rendered.contents)):
            anchors.update(found)
            body = markup.to_markdown(builder.build(blocks, notes), markup.EDITABLE)
        self.findings.inner_links = sum(bookmark not in anchors for bookmark in wanted)
        return body, rendered

    def _rendered(self, body: str) -> markup.RenderedText | None:
        try:
            return markup.render_markdown(body, language=self.language)
        except markup.Unrenderable as reason:
            self.telling.dropped("render", _("The text cannot be shown as it is: %s") % reason)
            return None

    def _manuscript(self, opening: Opening, body: str) -> Manuscript:
        return Manuscript(
            title=opening.title,
            kind=self.wanted.kind,
            language=self.language,
            summary=opening.summary,
            key_points=opening.key_points,
            images=tuple(self.gallery.shown.values()),
            body=body,
        )

    def _counts(self, rendered: markup.RenderedText | None) -> dict[str, Count]:
        html = rendered.html if rendered else ""
        shown = set(REFERRED.findall(html))
        lost = max(0, len(self.notes.labels) - len(shown))
        pictures = self.gallery.seen.values()
        return {
            "footnotes": Count(self.notes.count(FOOTNOTES), max(0, self.notes.kept(FOOTNOTES) - lost)),
            "endnotes": Count(self.notes.count(ENDNOTES), max(0, self.notes.kept(ENDNOTES) - lost)),
            "tables": Count(self.tables, html.count("<table>")),
            "pictures": Count(len(pictures), sum(kept is not None for kept in pictures)),
        }

    def _share(self, opening: Opening, rendered: markup.RenderedText | None) -> WordCoverage:
        if rendered is None:
            return WordCoverage()
        fields = (opening.title, opening.byline, opening.summary, *opening.key_points)
        share = compare_plain_text(self.source, "\n".join((*fields, rendered.text)))
        if share.missing:
            said = _("Words of the file that are not in the draft: %s")
            self.telling.dropped("words", said % " ".join(share.missing[:200]))
        return share


def resolve_link(address: str, anchors: dict[str, str]) -> str:
    """Return the address of a link; that of a bookmark is the anchor of its heading on our page, if it has one."""
    if not address.startswith("#"):
        return address
    return f"#{anchors[address[1:]]}" if address[1:] in anchors else ""
