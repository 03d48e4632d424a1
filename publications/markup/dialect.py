"""Python-Markdown with the site's footnotes, and with limits where parsing would take too long."""

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
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from publications.html_tree import Element

from .footnotes import mark_references
from .html_repair import repair_html
from .markdown_lists import INDENT
from .source import (
    PROTECTED_PUNCTUATION,
    InlineCost,
    MarkupMask,
    check_blocks,
    check_cells,
    check_growth,
    check_pipes,
    indent_lists,
)
from .structure import mark_abbreviations

InlineMatch = tuple[etree.Element | None, int | None, int | None]

# Patterns of the parser, restricted to one line and without backtracking.
ATTRIBUTE_LIST = re.compile(r"(?<! ) ++\{:? *+([^{}\n ][^{}\n]*+)\} *$")
FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\n]*+)\]:[ ]*+(.*)$", re.MULTILINE)
ABBREVIATION = re.compile(r"^[*]\[(?P<abbr>[^\\\]\n]*+)\] ?:[ ]*+\n?[ ]*+(?P<title>.*)$", re.MULTILINE)
REFERENCE = re.compile(
    r"^ {0,3}\[([^\[\]\n]*+)\]:[ ]*+(?:\n[ ]*+)?([^\s]++)[ ]*+(?:\n[ ]*+)?"
    r"""((["'])(.*)\4[ ]*|\((.*)\)[ ]*)?$""",
    re.MULTILINE,
)

NEEDED_TEXTS = {
    "backtick": "`",
    "escape": "\\",
    "footnote": "[^",
    "reference": "[",
    "link": "[",
    "image_link": "![",
    "image_reference": "![",
    "short_reference": "[",
    "short_image_ref": "![",
    "autolink": "<",
    "automail": "<",
    "linebreak": "  \n",
    "html": "<",
    "entity": "&",
}
"""A text that is in all that an inline pattern matches, by the name of the pattern."""
REFERENCE_PATTERNS = ("reference", "image_reference", "short_reference", "short_image_ref")
"""The inline patterns that match nothing in a text that defines no addresses of links."""


def parse_markdown(source: str) -> tuple[Element, dict[str, Element]]:
    """Return the element trees of the body of a text, and of its notes by label, in source order."""
    abbreviations = AbbrExtension()
    token = blake2b(source.encode(), digest_size=8).hexdigest()  # a text cannot contain its own digest
    mask = MarkupMask()
    footnotes = Footnotes(token)
    markdown = Markdown(
        output_format="html",
        extensions=[
            abbreviations,
            AttrListExtension(),
            SaneListExtension(),
            TableExtension(use_align_attribute=True),
            footnotes,
            SiteExtension(mask),
        ],
    )
    parts = markdown.convert(source).split(f"<note{token}>")
    body, *contents = [repair_html(part.replace(f"</note{token}>", ""), mask, token) for part in parts]
    mark_abbreviations([body, *contents], abbreviations.abbrs)
    mark_references([body, *contents], footnotes.numbers)
    return body, dict(zip(footnotes.numbers, contents, strict=True))


class SiteExtension(Extension):
    """Registers the site's preprocessors, patterns and limits with the parser."""

    def __init__(self, mask: MarkupMask) -> None:
        super().__init__()
        self.mask = mask

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(
            LinesPreprocessor(self.mask.mask_lines), "hide", 25
        )  # before raw HTML is extracted
        md.preprocessors.register(LinesPreprocessor(indent_lists), "lists", 10)
        md.preprocessors.register(LinesPreprocessor(check_blocks), "blocks", 5)
        md.preprocessors.register(LinesPreprocessor(check_pipes), "bars", 4)
        md.ESCAPED_CHARS += ["'", '"']
        md.inlinePatterns.register(EscapedPunctuation(ESCAPE_RE, md), "escape", 180)
        md.treeprocessors.register(InlineCostGuard(md), "passages", 30)  # before inline patterns run
        md.treeprocessors.register(UsedInlinePatterns(md), "inline", 20)
        md.parser.blockprocessors.register(
            BoundedTable(md.parser, {"use_align_attribute": True}), "table", 75
        )
        md.treeprocessors.register(GrowthGuard(md), "growth", -1)  # after all other steps
        md.treeprocessors.deregister("abbr")
        md.treeprocessors["attr_list"].HEADER_RE = ATTRIBUTE_LIST
        md.parser.blockprocessors["abbr"].RE = ABBREVIATION
        md.parser.blockprocessors["reference"].RE = REFERENCE


class LinesPreprocessor(Preprocessor):
    """A preprocessor that applies a function to all lines."""

    def __init__(self, transform: Callable[[list[str]], list[str]]) -> None:
        super().__init__()
        self.run = transform


class EscapedPunctuation(EscapeInlineProcessor):
    """Protects a quote, dash or dot after a backslash from typography."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str | None, int, int]:
        if m.group(1) in PROTECTED_PUNCTUATION:
            return PROTECTED_PUNCTUATION[m.group(1)], m.start(0), m.end(0)
        return super().handleMatch(m, data)


class BoundedTable(TableProcessor):
    """Recognizes a block that is not a table by its first two lines, and limits the number of cells."""

    cells = 0

    def test(self, parent: etree.Element, block: str) -> bool:
        lines = block.split("\n", 2)
        may_be_table = len(lines) > 1 and "-" in lines[1] and set(lines[1]) <= set("|:- ")
        return may_be_table and super().test(parent, block)

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        self.cells += blocks[0].count("\n") * len(self.separator)
        check_cells(self.cells)
        is_header_alone = blocks[0].count("\n") == 1
        super().run(parent, blocks)
        if is_header_alone:  # the parser adds an empty row
            parent[-1].remove(parent[-1][-1])


class InlineCostGuard(Treeprocessor):
    """Limits the cost of inline markup, passage by passage, before it is parsed."""

    def run(self, root: etree.Element) -> None:
        passages = InlineCost()
        for element in root.iter():
            for text in (element.text, element.tail):
                if text and not isinstance(text, AtomicString):
                    passages.check(text)


class UsedInlinePatterns(InlineTreeprocessor):
    """Applies the inline patterns that may match something in a text: the parser tries each on each passage."""

    def run(self, root: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        text = "".join(root.itertext())
        unused = {name for name, needed in NEEDED_TEXTS.items() if needed not in text}
        if not self.md.references:
            unused.update(REFERENCE_PATTERNS)
        for name in unused:
            self.md.inlinePatterns.deregister(name)
        self.inlinePatterns = list(self.md.inlinePatterns)  # the registry sorts itself at each access
        return super().run(root, ancestors)


class GrowthGuard(Treeprocessor):
    """Limits the text that definitions have added before it is serialized."""

    def run(self, root: etree.Element) -> None:
        check_growth(sum(len(value or "") for element in root.iter() for value in element.attrib.values()))


class Footnotes(FootnoteExtension):
    """Footnotes that the parser finds; `footnotes` numbers, orders and links them."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.numbers: dict[str, int] = {}

    def extendMarkdown(self, md: Markdown) -> None:
        md.registerExtension(self)
        self.parser: BlockParser = md.parser
        definitions = NoteDefinitions(self)
        definitions.RE = FOOTNOTE
        md.parser.blockprocessors.register(definitions, "footnote", 17)
        md.inlinePatterns.register(FootnoteReference(self), "footnote", 175)
        md.treeprocessors.register(FootnoteTreeprocessor(self), "footnote", 50)


class NoteDefinitions(FootnoteBlockProcessor):
    """Reads notes, which several blank lines do not end before indented lines, as they do not end a list item."""

    def detectTabbed(self, blocks: list[str]) -> list[str]:
        found: list[str] = []
        while True:
            empty = next((index for index, block in enumerate(blocks) if block.strip("\n")), len(blocks))
            text = blocks[empty].lstrip("\n") if empty < len(blocks) else ""
            if not text.startswith(INDENT):
                return found
            newlines = blocks[empty][: -len(text)]
            found += blocks[:empty]
            blocks[: empty + 1] = [text]
            first, *others = super().detectTabbed(blocks)
            found += [newlines + first, *others]


class FootnoteTreeprocessor(Treeprocessor):
    """Append the notes to the body, each in an element whose name contains the token."""

    def __init__(self, notes: Footnotes) -> None:
        super().__init__()
        self.notes = notes

    def run(self, root: etree.Element) -> None:
        numbers = self.notes.numbers
        # Notes may contain notes.
        while new_labels := [label for label in self.notes.footnotes if label not in numbers]:
            for label in new_labels:
                numbers[label] = len(numbers)
                element = etree.SubElement(root, f"note{self.notes.token}")
                self.notes.parser.parseChunk(element, self.notes.footnotes[label])


class FootnoteReference(InlineProcessor):
    def __init__(self, notes: Footnotes) -> None:
        super().__init__(r"\[\^([^\]\n]*+)\]")
        self.notes = notes

    def handleMatch(self, m: re.Match[str], data: str) -> InlineMatch:
        number = self.notes.numbers.get(m.group(1))
        if number is None:
            return None, None, None
        return etree.Element(f"ref{self.notes.token}n{number}"), m.start(0), m.end(0)
