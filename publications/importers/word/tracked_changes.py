"""Tracked changes: found, described, and accepted or rejected in the tree, so that none is swallowed.

What Word calls a revision (ECMA-376 Part 1, 17.13.5): words, paragraph marks, rows and cells that were put in or
taken out, passages that were moved, and changes of form.
"""

from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from publications.ooxml import find_path, join_text

INSERTED = {"w:ins", "w:moveTo"}
DELETED = {"w:del", "w:moveFrom"}
MOVED = {"w:moveTo", "w:moveFrom"}
CELL_CHANGES = {"w:cellIns", "w:cellDel", "w:cellMerge"}
FORMAT_CHANGES = {"w:rPrChange", "w:pPrChange", "w:sectPrChange", "w:tblPrChange", "w:tblPrExChange", "w:trPrChange",
            "w:tcPrChange", "w:tblGridChange", "w:numberingChange"}  # fmt: skip
TEXT = ("w:t", "w:delText")
WORDS = {"w:t", "w:delText", "w:drawing", "w:pict", "w:object", "w:footnoteReference", "w:endnoteReference"}
RESTORED_TAGS = {"w:delText": "w:t", "w:delInstrText": "w:instrText"}
MAX_QUOTED_CHARACTERS = 200
MAX_REPORTED_CHANGES = 200


class TrackedChangeKind(StrEnum):
    INSERTION = "insertion"
    DELETION = "deletion"
    MOVE = "move"
    FORM = "form"


@dataclass(frozen=True)
class TrackedChange:
    """One tracked change: what was done, by whom, and the words of it."""

    kind: TrackedChangeKind
    by: str
    text: str = ""


class TrackedChanges:
    """Gathers the changes of a file. Pieces of one hand that follow each other are one change."""

    def __init__(self) -> None:
        self.found: list[TrackedChange] = []
        self.last: tuple[TrackedChangeKind, str] | None = None

    def collect(self, root: Element) -> None:
        """Add the changes below an element."""
        self.last = None
        self._look(root)

    def _look(self, element: Element) -> None:
        for child in element:
            if child.tag in INSERTED | DELETED:
                self._meet(child)
            elif child.tag in CELL_CHANGES:
                self._add(_kind_of(child), child, "")
            elif child.tag in FORMAT_CHANGES:
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
        marks = find_path(paragraph, "w:pPr/w:rPr")
        tracked = [each for each in (marks if marks is not None else ()) if each.tag in INSERTED | DELETED]
        for mark in tracked:
            self._add(_kind_of(mark), mark, " ")
        if not tracked:
            self.last = None

    def _look_into(self, child: Element) -> None:
        holder = Element("holder")
        holder.append(child)
        self._look(holder)

    def _meet(self, element: Element) -> None:
        inner = [each for each in element.iter() if each is not element and each.tag in INSERTED | DELETED]
        own = join_text(element, *TEXT)
        if element.tag != "w:moveFrom":  # a move is counted where it arrived
            self._add(_kind_of(element), element, own)
        for each in inner:
            self._add(_kind_of(each), each, join_text(each, *TEXT))

    def _form(self, element: Element) -> None:
        self._add(TrackedChangeKind.FORM, element, "")

    def _add(self, kind: TrackedChangeKind, element: Element, text: str) -> None:
        by = element.get("w:author", "")
        if self.last == (kind, by) and self.found:
            before = self.found[-1]
            self.found[-1] = TrackedChange(kind, by, (before.text + text)[:MAX_QUOTED_CHARACTERS])
        else:
            self.found.append(TrackedChange(kind, by, text[:MAX_QUOTED_CHARACTERS]))
        self.last = (kind, by)


def _kind_of(element: Element) -> TrackedChangeKind:
    if element.tag in MOVED:
        return TrackedChangeKind.MOVE
    is_insertion = element.tag in INSERTED or element.tag == "w:cellIns"
    return TrackedChangeKind.INSERTION if is_insertion else TrackedChangeKind.DELETION


def resolve_changes(root: Element, *, accept: bool) -> None:
    """Accept or reject every change below: the tree is then one in which nothing is tracked."""
    removed = DELETED if accept else INSERTED
    if not accept:
        _restore_format(root)
    resolved: list[Element] = []
    is_open = False
    for child in root:
        if _is_removed(child, removed, accept):
            continue
        loses_mark = child.tag == "w:p" and _is_mark_gone(child, removed)
        resolve_changes(child, accept=accept)
        if child.tag in INSERTED | DELETED:
            resolved += child  # what stands in it stays, in its place
        elif is_open and child.tag == "w:p":
            resolved[-1] = _joined(resolved[-1], child)
        else:
            resolved.append(child)
        is_open = loses_mark
    root[:] = resolved
    root.tag = RESTORED_TAGS.get(root.tag, root.tag)


def _is_removed(element: Element, removed: set[str], accept: bool) -> bool:
    """Whether an element goes with all that stands in it."""
    if element.tag in removed | FORMAT_CHANGES:
        return True
    if element.tag == "w:tr":
        form = element.find("w:trPr")
        return form is not None and any(each.tag in removed for each in form)
    return (
        element.tag == "w:tc"
        and find_path(element, f"w:tcPr/{'w:cellDel' if accept else 'w:cellIns'}") is not None
    )


def _is_mark_gone(paragraph: Element, removed: set[str]) -> bool:
    marks = find_path(paragraph, "w:pPr/w:rPr")
    return marks is not None and any(each.tag in removed for each in marks)


def _joined(first: Element, second: Element) -> Element:
    """Two paragraphs whose mark between them is gone: one, of the form of the second."""
    form = [each for each in second if each.tag == "w:pPr"]
    words = [each for part in (first, second) for each in part if each.tag != "w:pPr"]
    second[:] = form + words
    return second


def _restore_format(element: Element) -> None:
    """The properties as they were before somebody changed them."""
    change = next((each for each in element if each.tag in FORMAT_CHANGES), None)
    old = change.find(element.tag) if change is not None else None
    if old is not None:
        own = (
            [each for each in element if each.tag in ("w:rPr", "w:sectPr")] if element.tag == "w:pPr" else []
        )
        element[:] = [*old, *own]
