"""The words of a paragraph: runs in their forms, links, notes, pictures, and what stands among them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from . import drawings
from .fields import LEFT_OUT, SILENT, Field, Fields
from .parts import Block, LineBreak, NoteMark, Piece, Span
from .signs import sign
from .tree import at, children, is_on, text_in, value

if TYPE_CHECKING:
    from .reading import Reading

STRONG = {"strong", "intense emphasis", "intense reference"}
EMPHATIC = {"emphasis", "subtle emphasis", "book title"}
CODE = {"html code", "verbatim char", "source text", "html typewriter", "inline code"}
LINKED = ("hyperlink", "internetlink")
RAISED = {"superscript": "sup", "subscript": "sub"}
PASSED_OVER = {
    "w:pPr", "w:rPr", "w:instrText", "w:delText", "w:delInstrText", "w:footnoteRef", "w:endnoteRef", "w:annotationRef",
    "w:separator", "w:continuationSeparator", "w:lastRenderedPageBreak", "w:proofErr", "w:sdtPr", "w:sdtEndPr",
    "w:pgNum", "w:rt", "w:fldData", "w:ffData",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """How words look, and where they lead."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    raised: str = ""
    code: bool = False
    address: str = ""
    is_hidden: bool = False


class Passage:
    """Reads one paragraph. `boxes` are blocks of text boxes that were met in it."""

    def __init__(self, reading: "Reading", fields: Fields) -> None:
        self.reading, self.fields = reading, fields
        self.pieces: list[Piece] = []
        self.boxes: list[Block] = []
        self.bookmarks: list[str] = []
        self.in_link = False
        self.handlers: dict[str, Callable[[Element, Form], None]] = {
            "w:r": self._run, "w:t": self._text, "w:hyperlink": self._hyperlink, "w:fldChar": self._field_sign,
            "w:instrText": self._instruction, "w:fldSimple": self._simple_field, "w:br": self._break,
            "w:cr": self._break, "w:tab": self._tab, "w:ptab": self._tab, "w:noBreakHyphen": self._hyphen,
            "w:softHyphen": self._soft_hyphen, "w:sym": self._symbol, "w:footnoteReference": self._note,
            "w:endnoteReference": self._note, "w:commentRangeStart": self._comment_begins,
            "w:commentRangeEnd": self._comment_ends, "w:commentReference": self._comment, "w:drawing": self._drawing,
            "w:pict": self._drawing, "w:object": self._drawing, "m:oMath": self._equation,
            "w:bookmarkStart": self._bookmark, "w:sdt": self._control,
        }  # fmt: skip

    def read(self, element: Element, form: Form | None = None) -> "Passage":
        for child in children(element):
            if handler := self.handlers.get(child.tag):
                handler(child, form or Form())
            elif child.tag not in PASSED_OVER:
                self.read(child, form)
        return self

    def say(self, text: str, form: Form) -> None:
        """Add words, unless a field or a style holds them back."""
        if not text or self.fields.holds_back:
            return
        if form.is_hidden:
            self.reading.findings.hidden.append(text)
            return
        self.reading.comments.hear(text)
        address = form.address or self.reading.address_of(self.fields.address)
        span = Span(text, form.bold, form.italic, form.strike, form.raised, form.code, address)
        last = self.pieces[-1] if self.pieces else None
        if isinstance(last, Span) and last.form == span.form:
            self.pieces[-1] = replace(last, text=last.text + text)
        else:
            self.pieces.append(span)

    def _run(self, run: Element, form: Form) -> None:
        self.read(run, self._form(run, form))

    def _form(self, run: Element, around: Form) -> Form:
        style = (
            self.reading.styles.of(value(run, "w:rPr/w:rStyle"))
            if at(run, "w:rPr/w:rStyle") is not None
            else None
        )
        name = style.name.casefold() if style else ""

        def toggle(path: str, of_style: bool) -> bool:
            own = is_on(run, f"w:rPr/{path}")
            return of_style if own is None else own

        self._notice(run)
        return replace(
            around,
            bold=toggle("w:b", bool(style and (style.bold or name in STRONG))),
            italic=toggle("w:i", bool(style and (style.italic or name in EMPHATIC))),
            strike=toggle("w:strike", False) or toggle("w:dstrike", False),
            raised=RAISED.get(value(run, "w:rPr/w:vertAlign"), ""),
            code=name in CODE,
            is_hidden=toggle("w:vanish", bool(style and style.hidden)),
        )

    def _notice(self, run: Element) -> None:
        """Forms that our pages do not have."""
        highlight, underline = value(run, "w:rPr/w:highlight"), value(run, "w:rPr/w:u")
        self.reading.findings.highlights += highlight not in ("", "none")
        styled = value(run, "w:rPr/w:rStyle").casefold().startswith(LINKED)
        is_link = styled or self.in_link or bool(self.fields.address)
        self.reading.findings.underlined += underline not in ("", "none") and not is_link

    def _text(self, element: Element, form: Form) -> None:
        self.say(element.text or "", form)

    def _tab(self, element: Element, form: Form) -> None:
        self.say("\t", form)

    def _hyphen(self, element: Element, form: Form) -> None:
        self.say("\N{NON-BREAKING HYPHEN}", form)

    def _soft_hyphen(self, element: Element, form: Form) -> None:
        self.say("\N{SOFT HYPHEN}", form)

    def _symbol(self, element: Element, form: Form) -> None:
        shown, is_sure = sign(element.get("w:font", ""), element.get("w:char", ""))
        if not is_sure:
            self.reading.findings.signs.append(f"{element.get('w:font', '')} {element.get('w:char', '')}")
        self.say(shown, form)

    def _break(self, element: Element, form: Form) -> None:
        if element.get("w:type", "textWrapping") == "textWrapping" and not self.fields.holds_back:
            self.pieces.append(LineBreak())

    def _hyperlink(self, element: Element, form: Form) -> None:
        outside = self.reading.relation(element.get("r:id", ""))
        place = element.get("w:anchor", "")
        target = (outside.target if outside else "") + (f"#{place}" if place else "")
        was, self.in_link = self.in_link, True
        inner = not self.fields.holds_back
        self.read(element, replace(form, address=self.reading.address_of(target) if inner else ""))
        self.in_link = was

    def _field_sign(self, element: Element, form: Form) -> None:
        kind = element.get("w:fldCharType", "")
        if kind == "begin":
            self.fields.begin()
        elif kind == "separate":
            self.fields.separate()
        elif kind == "end":
            self._close(self.fields.end())

    def _instruction(self, element: Element, form: Form) -> None:
        self.fields.instruct(element.text or "")

    def _simple_field(self, element: Element, form: Form) -> None:
        self.fields.begin()
        self.fields.instruct(element.get("w:instr", ""))
        self.fields.separate()
        self.read(element, form)
        self._close(self.fields.end())

    def _close(self, field: Field) -> None:
        findings = self.reading.findings
        if field.name in LEFT_OUT:
            findings.contents += field.name in ("TOC", "INDEX", "TOA")
        elif field.name not in SILENT and not self.fields.is_left_out:
            findings.fields[field.name] += 1

    def _note(self, element: Element, form: Form) -> None:
        if not self.fields.holds_back and not form.is_hidden:
            kind = "footnote" if element.tag == "w:footnoteReference" else "endnote"
            if label := self.reading.notes.label(kind, element.get("w:id", "")):
                self.pieces.append(NoteMark(label))

    def _comment_begins(self, element: Element, form: Form) -> None:
        self.reading.comments.begin(element.get("w:id", ""))

    def _comment_ends(self, element: Element, form: Form) -> None:
        self.reading.comments.end(element.get("w:id", ""))

    def _comment(self, element: Element, form: Form) -> None:
        self.reading.comments.meet(element.get("w:id", ""))

    def _drawing(self, element: Element, form: Form) -> None:
        if self.fields.holds_back:
            return
        found = drawings.look(element, self.reading)
        self.pieces += found.pictures
        for content in found.boxes:
            blocks = self.reading.blocks(content)
            words = " ".join(text_in(content, "w:t").split())
            if blocks and words:
                self.reading.findings.boxes.append(words)
            self.boxes += blocks

    def _equation(self, element: Element, form: Form) -> None:
        text = text_in(element, "m:t", "w:t")
        if text.strip():
            self.reading.findings.equations.append(text)
        self.say(text, form)

    def _bookmark(self, element: Element, form: Form) -> None:
        self.bookmarks.append(element.get("w:name", ""))

    def _control(self, element: Element, form: Form) -> None:
        """A content control: its words, unless they are the prompt that asks for some."""
        content = element.find("w:sdtContent")
        if content is None:
            return
        if is_on(element, "w:sdtPr/w:showingPlcHdr"):
            self.reading.findings.prompts.append(text_in(content, "w:t"))
        else:
            self.read(content, form)
