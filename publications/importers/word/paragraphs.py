"""Read the inline content of a paragraph: formatted runs, links, notes and images."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, Self
from xml.etree.ElementTree import Element

from publications.ooxml import attribute_at, child_elements, find_path, join_text, read_toggle

from .annotations import CommentRanges
from .blocks import Block, Inline, LineBreak, NoteReference, NoteSeries, Span
from .fields import OMITTED_FIELDS, UNREPORTED_FIELDS, ComplexField, FieldStack
from .images import DrawingPart, read_drawing
from .styles import Styles

STRONG = {"strong", "intense emphasis", "intense reference"}
EMPHASIZED = {"emphasis", "subtle emphasis", "book title"}
CODE = {"html code", "verbatim char", "source text", "html typewriter", "inline code"}
LINKED = ("hyperlink", "internetlink")
VERTICAL_ALIGN_TAGS = {"superscript": "sup", "subscript": "sub"}
IGNORED_TAGS = {
    "w:pPr", "w:rPr", "w:instrText", "w:delText", "w:delInstrText", "w:footnoteRef", "w:endnoteRef", "w:annotationRef",
    "w:separator", "w:continuationSeparator", "w:lastRenderedPageBreak", "w:proofErr", "w:sdtPr", "w:sdtEndPr",
    "w:pgNum", "w:rt", "w:fldData", "w:ffData",
}  # fmt: skip

# Unicode characters for the codes of symbol fonts.
SYMBOL = {
    0x22: "∀", 0x24: "∃", 0x40: "≅", 0x44: "Δ", 0x46: "Φ", 0x47: "Γ", 0x4C: "Λ", 0x50: "Π", 0x51: "Θ", 0x53: "Σ",
    0x57: "Ω", 0x61: "α", 0x62: "β", 0x63: "χ", 0x64: "δ", 0x65: "ε", 0x66: "φ", 0x67: "γ", 0x68: "η", 0x6C: "λ",
    0x6D: "μ", 0x70: "π", 0x71: "θ", 0x72: "ρ", 0x73: "σ", 0x74: "τ", 0x77: "ω", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔",
    0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB9: "≠",
    0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xD6: "√", 0xDB: "⇔", 0xDC: "⇐",
    0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
WINGDINGS = {
    0x21: "✏", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑",
    0x72: "❒", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x9E: "·", 0x9F: "•", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xB6: "✰",
    0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
FONTS = {"symbol": SYMBOL, "wingdings": WINGDINGS}
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


class Part(DrawingPart, Protocol):
    """The interface of a part for reading its paragraphs."""

    styles: Styles
    notes: NoteSeries
    comments: CommentRanges
    clean_link: Callable[[str], str]

    def blocks(self, container: Element) -> list[Block]: ...


@dataclass(frozen=True)
class RunFormat:
    """The format of a run, and the target of its link."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    vertical_align: str = ""
    code: bool = False
    address: str = ""
    is_hidden: bool = False


class ParagraphReader:
    """Reads one paragraph; `boxes` are the blocks of text boxes anchored in it."""

    def __init__(self, part: Part, fields: FieldStack) -> None:
        self.part, self.fields = part, fields
        self.inlines: list[Inline] = []
        self.boxes: list[Block] = []
        self.bookmarks: list[str] = []
        self.in_link = False
        self.handlers: dict[str, Callable[[Element, RunFormat], None]] = {
            "w:r": self._run, "w:t": self._text, "w:hyperlink": self._hyperlink, "w:fldChar": self._field_character,
            "w:instrText": self._instruction, "w:fldSimple": self._simple_field, "w:br": self._break,
            "w:cr": self._break, "w:tab": self._tab, "w:ptab": self._tab, "w:noBreakHyphen": self._hyphen,
            "w:softHyphen": self._soft_hyphen, "w:sym": self._symbol, "w:footnoteReference": self._note,
            "w:endnoteReference": self._note, "w:commentRangeStart": self._comment_begins,
            "w:commentRangeEnd": self._comment_ends, "w:commentReference": self._comment, "w:drawing": self._drawing,
            "w:pict": self._drawing, "w:object": self._drawing, "m:oMath": self._equation,
            "w:bookmarkStart": self._bookmark, "w:sdt": self._control,
        }  # fmt: skip

    def read(self, element: Element, run_format: RunFormat | None = None) -> Self:
        for child in child_elements(element):
            if handler := self.handlers.get(child.tag):
                handler(child, run_format or RunFormat())
            elif child.tag not in IGNORED_TAGS:
                self.read(child, run_format)
        return self

    def add_text(self, text: str, run_format: RunFormat) -> None:
        """Add text, unless a field or a style suppresses it."""
        if not text or self.fields.is_text_suppressed:
            return
        if run_format.is_hidden:
            self.part.losses.hidden.append(text)
            return
        self.part.comments.add_text(text)
        address = run_format.address or self.part.clean_link(self.fields.address)
        span = Span(
            text,
            run_format.bold,
            run_format.italic,
            run_format.strike,
            run_format.vertical_align,
            run_format.code,
            address,
        )
        last = self.inlines[-1] if self.inlines else None
        if isinstance(last, Span) and last.format_key == span.format_key:
            self.inlines[-1] = replace(last, text=last.text + text)
        else:
            self.inlines.append(span)

    def _run(self, run: Element, run_format: RunFormat) -> None:
        self.read(run, self._run_format(run, run_format))

    def _run_format(self, run: Element, outer: RunFormat) -> RunFormat:
        style = (
            self.part.styles.get(attribute_at(run, "w:rPr/w:rStyle"))
            if find_path(run, "w:rPr/w:rStyle") is not None
            else None
        )
        name = style.name.casefold() if style else ""

        def toggle(path: str, style_value: bool) -> bool:
            value = read_toggle(run, f"w:rPr/{path}")
            return style_value if value is None else value

        self._report_format(run)
        return replace(
            outer,
            bold=toggle("w:b", bool(style and (style.bold or name in STRONG))),
            italic=toggle("w:i", bool(style and (style.italic or name in EMPHASIZED))),
            strike=toggle("w:strike", False) or toggle("w:dstrike", False),
            vertical_align=VERTICAL_ALIGN_TAGS.get(attribute_at(run, "w:rPr/w:vertAlign"), ""),
            code=name in CODE,
            is_hidden=toggle("w:vanish", bool(style and style.hidden)),
        )

    def _report_format(self, run: Element) -> None:
        """Report formats that pages do not have."""
        highlight, underline = attribute_at(run, "w:rPr/w:highlight"), attribute_at(run, "w:rPr/w:u")
        self.part.losses.highlights += highlight not in ("", "none")
        has_link_style = attribute_at(run, "w:rPr/w:rStyle").casefold().startswith(LINKED)
        is_link = has_link_style or self.in_link or bool(self.fields.address)
        self.part.losses.underlined += underline not in ("", "none") and not is_link

    def _text(self, element: Element, run_format: RunFormat) -> None:
        self.add_text(element.text or "", run_format)

    def _tab(self, element: Element, run_format: RunFormat) -> None:
        self.add_text("\t", run_format)

    def _hyphen(self, element: Element, run_format: RunFormat) -> None:
        self.add_text("\N{NON-BREAKING HYPHEN}", run_format)

    def _soft_hyphen(self, element: Element, run_format: RunFormat) -> None:
        self.add_text("\N{SOFT HYPHEN}", run_format)

    def _symbol(self, element: Element, run_format: RunFormat) -> None:
        character, is_known = symbol_character(element.get("w:font", ""), element.get("w:char", ""))
        if not is_known:
            self.part.losses.symbols.append(f"{element.get('w:font', '')} {element.get('w:char', '')}")
        self.add_text(character, run_format)

    def _break(self, element: Element, run_format: RunFormat) -> None:
        if element.get("w:type", "textWrapping") == "textWrapping" and not self.fields.is_text_suppressed:
            self.inlines.append(LineBreak())

    def _hyperlink(self, element: Element, run_format: RunFormat) -> None:
        relation = self.part.relation(element.get("r:id", ""))
        anchor = element.get("w:anchor", "")
        target = (relation.target if relation else "") + (f"#{anchor}" if anchor else "")
        was_in_link, self.in_link = self.in_link, True
        is_shown = not self.fields.is_text_suppressed
        self.read(element, replace(run_format, address=self.part.clean_link(target) if is_shown else ""))
        self.in_link = was_in_link

    def _field_character(self, element: Element, run_format: RunFormat) -> None:
        kind = element.get("w:fldCharType", "")
        if kind == "begin":
            self.fields.begin()
        elif kind == "separate":
            self.fields.separate()
        elif kind == "end":
            self._close(self.fields.end())

    def _instruction(self, element: Element, run_format: RunFormat) -> None:
        self.fields.add_instruction(element.text or "")

    def _simple_field(self, element: Element, run_format: RunFormat) -> None:
        self.fields.begin()
        self.fields.add_instruction(element.get("w:instr", ""))
        self.fields.separate()
        self.read(element, run_format)
        self._close(self.fields.end())

    def _close(self, field: ComplexField) -> None:
        losses = self.part.losses
        if field.name in OMITTED_FIELDS:
            losses.tables_of_contents += field.name in ("TOC", "INDEX", "TOA")
        elif field.name not in UNREPORTED_FIELDS and not self.fields.is_in_omitted_field:
            losses.fields[field.name] += 1

    def _note(self, element: Element, run_format: RunFormat) -> None:
        if not self.fields.is_text_suppressed and not run_format.is_hidden:
            kind = "footnote" if element.tag == "w:footnoteReference" else "endnote"
            if label := self.part.notes.label(kind, element.get("w:id", "")):
                self.inlines.append(NoteReference(label))

    def _comment_begins(self, element: Element, run_format: RunFormat) -> None:
        self.part.comments.begin(element.get("w:id", ""))

    def _comment_ends(self, element: Element, run_format: RunFormat) -> None:
        self.part.comments.end(element.get("w:id", ""))

    def _comment(self, element: Element, run_format: RunFormat) -> None:
        self.part.comments.add_reference(element.get("w:id", ""))

    def _drawing(self, element: Element, run_format: RunFormat) -> None:
        if self.fields.is_text_suppressed:
            return
        drawing = read_drawing(element, self.part)
        self.inlines += drawing.pictures
        for content in drawing.boxes:
            blocks = self.part.blocks(content)
            text = " ".join(join_text(content, "w:t").split())
            if blocks and text:
                self.part.losses.boxes.append(text)
            self.boxes += blocks

    def _equation(self, element: Element, run_format: RunFormat) -> None:
        text = join_text(element, "m:t", "w:t")
        if text.strip():
            self.part.losses.equations.append(text)
        self.add_text(text, run_format)

    def _bookmark(self, element: Element, run_format: RunFormat) -> None:
        self.bookmarks.append(element.get("w:name", ""))

    def _control(self, element: Element, run_format: RunFormat) -> None:
        """Read a content control; placeholder text is reported as a loss."""
        content = element.find("w:sdtContent")
        if content is None:
            return
        if read_toggle(element, "w:sdtPr/w:showingPlcHdr"):
            self.part.losses.placeholders.append(join_text(content, "w:t"))
        else:
            self.read(content, run_format)


def symbol_character(font: str, code: str) -> tuple[str, bool]:
    """Return the character for a code of a font (in hexadecimal), and whether it is known."""
    try:
        code_point = int(code, 16)
    except ValueError:
        return UNKNOWN, False
    if font.casefold() in FONTS:
        character = FONTS[font.casefold()].get(code_point & 0xFF)
        return (character, True) if character else (UNKNOWN, False)
    is_private = 0xE000 <= code_point <= 0xF8FF
    if is_private or code_point > 0x10FFFF or 0xD800 <= code_point <= 0xDFFF or code_point < 0x20:
        return UNKNOWN, False
    return chr(code_point), True
