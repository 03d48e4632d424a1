"""Tracked changes: found, told, and accepted or rejected in the tree, so that none is swallowed.

What Word calls a revision (ECMA-376 Part 1, 17.13.5): words, paragraph marks, rows and cells that were put in or
taken out, passages that were moved, and changes of form.
"""

from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from .tree import at, text_in

PUT_IN = {"w:ins", "w:moveTo"}
TAKEN_OUT = {"w:del", "w:moveFrom"}
MOVED = {"w:moveTo", "w:moveFrom"}
CELLS = {"w:cellIns", "w:cellDel", "w:cellMerge"}
OLD_FORM = {"w:rPrChange", "w:pPrChange", "w:sectPrChange", "w:tblPrChange", "w:tblPrExChange", "w:trPrChange",
            "w:tcPrChange", "w:tblGridChange", "w:numberingChange"}  # fmt: skip
TEXT = ("w:t", "w:delText")
WORDS = {"w:t", "w:delText", "w:drawing", "w:pict", "w:object", "w:footnoteReference", "w:endnoteReference"}
AS_KEPT = {"w:delText": "w:t", "w:delInstrText": "w:instrText"}
LONGEST = 200
MOST_TOLD = 200


class Sort(StrEnum):
    INSERTION = "insertion"
    DELETION = "deletion"
    MOVE = "move"
    FORM = "form"


@dataclass(frozen=True)
class Change:
    """One tracked change: what was done, by whom, and the words of it."""

    sort: Sort
    by: str
    text: str = ""


class Changes:
    """Gathers the changes of a file. Pieces of one hand that follow each other are one change."""

    def __init__(self) -> None:
        self.found: list[Change] = []
        self.last: tuple[Sort, str] | None = None

    def look(self, root: Element) -> "Changes":
        self.last = None
        self._look(root)
        return self

    def _look(self, element: Element) -> None:
        for child in element:
            if child.tag in PUT_IN | TAKEN_OUT:
                self._meet(child)
            elif child.tag in CELLS:
                self._add(_sort_of(child), child, "")
            elif child.tag in OLD_FORM:
                self._form(child)
            elif child.tag in WORDS:
                self.last = None
            elif child.tag == "w:p":
                self._paragraph(child)
            else:
                self._look(child)

    def _paragraph(self, paragraph: Element) -> None:
        """Its words first, then its mark: that is the order of the text."""
        for child in paragraph:
            if child.tag == "w:pPr":
                for change in child.iter("w:pPrChange"):
                    self._form(change)
            else:
                self._look_into(child)
        marks = at(paragraph, "w:pPr/w:rPr")
        tracked = [each for each in (marks if marks is not None else ()) if each.tag in PUT_IN | TAKEN_OUT]
        for mark in tracked:
            self._add(_sort_of(mark), mark, " ")
        if not tracked:
            self.last = None

    def _look_into(self, child: Element) -> None:
        holder = Element("holder")
        holder.append(child)
        self._look(holder)

    def _meet(self, element: Element) -> None:
        inner = [each for each in element.iter() if each is not element and each.tag in PUT_IN | TAKEN_OUT]
        own = text_in(element, *TEXT)
        if element.tag != "w:moveFrom":  # a move is counted where it arrived
            self._add(_sort_of(element), element, own)
        for each in inner:
            self._add(_sort_of(each), each, text_in(each, *TEXT))

    def _form(self, element: Element) -> None:
        self._add(Sort.FORM, element, "")

    def _add(self, sort: Sort, element: Element, text: str) -> None:
        by = element.get("w:author", "")
        if self.last == (sort, by) and self.found:
            before = self.found[-1]
            self.found[-1] = Change(sort, by, (before.text + text)[:LONGEST])
        else:
            self.found.append(Change(sort, by, text[:LONGEST]))
        self.last = (sort, by)


def _sort_of(element: Element) -> Sort:
    if element.tag in MOVED:
        return Sort.MOVE
    return Sort.INSERTION if element.tag in PUT_IN or element.tag == "w:cellIns" else Sort.DELETION


def settle(root: Element, *, accept: bool) -> None:
    """Accept or reject every change below: the tree is then one in which nothing is tracked."""
    gone = TAKEN_OUT if accept else PUT_IN
    if not accept:
        _take_old_form(root)
    settled: list[Element] = []
    is_open = False
    for child in root:
        if _is_gone(child, gone, accept):
            continue
        loses_mark = child.tag == "w:p" and _is_mark_gone(child, gone)
        settle(child, accept=accept)
        if child.tag in PUT_IN | TAKEN_OUT:
            settled += child  # what stands in it stays, in its place
        elif is_open and child.tag == "w:p":
            settled[-1] = _joined(settled[-1], child)
        else:
            settled.append(child)
        is_open = loses_mark
    root[:] = settled
    root.tag = AS_KEPT.get(root.tag, root.tag)


def _is_gone(element: Element, gone: set[str], accept: bool) -> bool:
    """Whether an element goes with all that stands in it."""
    if element.tag in gone | OLD_FORM:
        return True
    if element.tag == "w:tr":
        form = element.find("w:trPr")
        return form is not None and any(each.tag in gone for each in form)
    return (
        element.tag == "w:tc" and at(element, f"w:tcPr/{'w:cellDel' if accept else 'w:cellIns'}") is not None
    )


def _is_mark_gone(paragraph: Element, gone: set[str]) -> bool:
    marks = at(paragraph, "w:pPr/w:rPr")
    return marks is not None and any(each.tag in gone for each in marks)


def _joined(first: Element, second: Element) -> Element:
    """Two paragraphs whose mark between them is gone: one, of the form of the second."""
    form = [each for each in second if each.tag == "w:pPr"]
    words = [each for part in (first, second) for each in part if each.tag != "w:pPr"]
    second[:] = form + words
    return second


def _take_old_form(element: Element) -> None:
    """The properties as they were before somebody changed them."""
    change = next((each for each in element if each.tag in OLD_FORM), None)
    old = change.find(element.tag) if change is not None else None
    if old is not None:
        own = (
            [each for each in element if each.tag in ("w:rPr", "w:sectPr")] if element.tag == "w:pPr" else []
        )
        element[:] = [*old, *own]
