"""Python-Markdown with the site's footnotes, and guards where it would work too long."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable
from hashlib import blake2b

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension, TableProcessor
from markdown.inlinepatterns import ESCAPE_RE, EscapeInlineProcessor, InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from publications.html_tree import Element

from .html_repair import repair_html
from .source import (
    STRAIGHT,
    InlineCost,
    MarkupMask,
    check_bars,
    check_blocks,
    check_cells,
    check_growth,
    indent_lists,
)
from .structure import mark_abbreviations

InlineMatch = tuple[etree.Element | None, int | None, int | None]

# The parser's own patterns, bound to one line and without a second try.
BRACES = re.compile(r"(?<! ) ++\{:? *+([^{}\n ][^{}\n]*+)\} *$")
FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\n]*+)\]:[ ]*+(.*)$", re.MULTILINE)
ABBREVIATION = re.compile(r"^[*]\[(?P<abbr>[^\\\]\n]*+)\] ?:[ ]*+\n?[ ]*+(?P<title>.*)$", re.MULTILINE)
REFERENCE = re.compile(
    r"^ {0,3}\[([^\[\]\n]*+)\]:[ ]*+(?:\n[ ]*+)?([^\s]++)[ ]*+(?:\n[ ]*+)?"
    r"""((["'])(.*)\4[ ]*|\((.*)\)[ ]*)?$""",
    re.MULTILINE,
)


def parse_markdown(source: str) -> tuple[Element, list[Element]]:
    """The trees of a text: its body, and its notes in the order they are written."""
    abbreviations = AbbrExtension()
    seal = blake2b(source.encode(), digest_size=8).hexdigest()  # no text can hold a digest of itself
    mask = MarkupMask()
    markdown = Markdown(
        output_format="html",
        extensions=[
            abbreviations,
            AttrListExtension(),
            SaneListExtension(),
            TableExtension(use_align_attribute=True),
            Footnotes(seal),
            Dialect(mask),
        ],
    )
    pieces = markdown.convert(source).split(f"<note{seal}>")
    body, *notes = [repair_html(piece.replace(f"</note{seal}>", ""), mask, seal) for piece in pieces]
    mark_abbreviations([body, *notes], abbreviations.abbrs)
    return body, notes


class Dialect(Extension):
    def __init__(self, mask: MarkupMask) -> None:
        super().__init__()
        self.mask = mask

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Lines(self.mask.hide_lines), "hide", 25)  # before raw HTML is taken out
        md.preprocessors.register(Lines(indent_lists), "lists", 10)
        md.preprocessors.register(Lines(check_blocks), "blocks", 5)
        md.preprocessors.register(Lines(check_bars), "bars", 4)
        md.ESCAPED_CHARS += ["'", '"']
        md.inlinePatterns.register(Escape(ESCAPE_RE, md), "escape", 180)
        md.treeprocessors.register(PassageGuard(md), "passages", 30)  # before anything looks into a passage
        md.parser.blockprocessors.register(QuickTable(md.parser, {"use_align_attribute": True}), "table", 75)
        md.treeprocessors.register(GrowthGuard(md), "growth", -1)  # after all else
        md.treeprocessors.deregister("abbr")
        md.treeprocessors["attr_list"].HEADER_RE = BRACES
        md.parser.blockprocessors["abbr"].RE = ABBREVIATION
        md.parser.blockprocessors["reference"].RE = REFERENCE


class Lines(Preprocessor):
    """A function over all lines as a step of the parser."""

    def __init__(self, change: Callable[[list[str]], list[str]]) -> None:
        super().__init__()
        self.run = change


class Escape(EscapeInlineProcessor):
    """A quote, dash or dot behind a backslash stays as it was typed."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str | None, int, int]:
        if m.group(1) in STRAIGHT:
            return STRAIGHT[m.group(1)], m.start(0), m.end(0)
        return super().handleMatch(m, data)


class QuickTable(TableProcessor):
    """Looks at two lines to say that a block is no table, where the parser looks at all; counts the cells."""

    cells = 0

    def test(self, parent: etree.Element, block: str) -> bool:
        lines = block.split("\n", 2)
        may_be_table = len(lines) > 1 and "-" in lines[1] and set(lines[1]) <= set("|:- ")
        return may_be_table and super().test(parent, block)

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        self.cells += blocks[0].count("\n") * len(self.separator)
        check_cells(self.cells)
        super().run(parent, blocks)


class PassageGuard(Treeprocessor):
    """Counts what inline markup will cost, passage by passage, before it is read."""

    def run(self, root: etree.Element) -> None:
        passages = InlineCost()
        for element in root.iter():
            for text in (element.text, element.tail):
                if text and not isinstance(text, AtomicString):
                    passages.check(text)


class GrowthGuard(Treeprocessor):
    """Counts what definitions have put into the text before it is written out."""

    def run(self, root: etree.Element) -> None:
        check_growth(sum(len(value or "") for element in root.iter() for value in element.attrib.values()))


class Footnotes(FootnoteExtension):
    """Footnotes, found by the parser; numbered, sorted and linked by us."""

    def __init__(self, seal: str) -> None:
        super().__init__()
        self.seal = seal
        self.places: dict[str, int] = {}

    def extendMarkdown(self, md: Markdown) -> None:
        md.registerExtension(self)
        self.parser: BlockParser = md.parser
        definitions = FootnoteBlockProcessor(self)
        definitions.RE = FOOTNOTE
        md.parser.blockprocessors.register(definitions, "footnote", 17)
        md.inlinePatterns.register(FootnoteReference(self), "footnote", 175)
        md.treeprocessors.register(FootnotesBelow(self), "footnote", 50)


class FootnotesBelow(Treeprocessor):
    """Put the notes behind the body, each in an element that no author can write."""

    def __init__(self, notes: Footnotes) -> None:
        super().__init__()
        self.notes = notes

    def run(self, root: etree.Element) -> None:
        places = self.notes.places
        while fresh := [
            label for label in self.notes.footnotes if label not in places
        ]:  # notes may hold notes
            for label in fresh:
                places[label] = len(places)
                element = etree.SubElement(root, f"note{self.notes.seal}")
                self.notes.parser.parseChunk(element, self.notes.footnotes[label])


class FootnoteReference(InlineProcessor):
    def __init__(self, notes: Footnotes) -> None:
        super().__init__(r"\[\^([^\]\n]*+)\]")
        self.notes = notes

    def handleMatch(self, m: re.Match[str], data: str) -> InlineMatch:
        place = self.notes.places.get(m.group(1))
        if place is None:
            return None, None, None
        return etree.Element(f"ref{self.notes.seal}n{place}"), m.start(0), m.end(0)
