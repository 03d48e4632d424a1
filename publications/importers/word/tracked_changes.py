"""Collect the tracked changes of a Word file, and accept or reject them in the element tree.

Tracked changes are the revisions of ECMA-376 Part 1, 17.13.5: inserted and deleted text, paragraph marks, rows and
cells, moved passages, and changes of format.
"""

from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from publications.ooxml import find_path, join_text

INSERTED_TAGS = {"w:ins", "w:moveTo"}
DELETED_TAGS = {"w:del", "w:moveFrom"}
MOVED_TAGS = {"w:moveTo", "w:moveFrom"}
CELL_CHANGES = {"w:cellIns", "w:cellDel", "w:cellMerge"}
FORMAT_CHANGES = {"w:rPrChange", "w:pPrChange", "w:sectPrChange", "w:tblPrChange", "w:tblPrExChange", "w:trPrChange",
            "w:tcPrChange", "w:tblGridChange", "w:numberingChange"}  # fmt: skip
TEXT_TAGS = ("w:t", "w:delText")
CONTENT_TAGS = {
    "w:t",
    "w:delText",
    "w:drawing",
    "w:pict",
    "w:object",
    "w:footnoteReference",
    "w:endnoteReference",
}
RESTORED_TAGS = {"w:delText": "w:t", "w:delInstrText": "w:instrText"}
MAX_QUOTED_CHARACTERS = 200
MAX_REPORTED_CHANGES = 200


class TrackedChangeKind(StrEnum):
    INSERTION = "insertion"
    DELETION = "deletion"
    MOVE = "move"
    FORMAT = "form"


@dataclass(frozen=True)
class TrackedChange:
    """A tracked change with its kind, author and text."""

    kind: TrackedChangeKind
    by: str
    text: str = ""


class TrackedChanges:
    """Collects the changes of a file; adjacent changes of one author and kind are merged."""

    def __init__(self) -> None:
        self.changes: list[TrackedChange] = []
        self.last_kind_and_author: tuple[TrackedChangeKind, str] | None = None

    def collect(self, root: Element) -> None:
        """Add the changes below an element."""
        self.last_kind_and_author = None
        self._collect(root)

    def _collect(self, element: Element) -> None:
        for child in element:
            if child.tag in INSERTED_TAGS | DELETED_TAGS:
                self._add_change(child)
            elif child.tag in CELL_CHANGES:
                self._add(_kind_of(child), child, "")
            elif child.tag in FORMAT_CHANGES:
                self._add_format_change(child)
            elif child.tag in CONTENT_TAGS:
                self.last_kind_and_author = None
            elif child.tag == "w:p":
                self._paragraph(child)
            else:
                self._collect(child)

    def _paragraph(self, paragraph: Element) -> None:
        """Collect changes of the text, then of the paragraph mark, which follows it."""
        for child in paragraph:
            if child.tag == "w:pPr":
                for change in child.iter("w:pPrChange"):
                    self._add_format_change(change)
            else:
                self._collect_element(child)
        marks = find_path(paragraph, "w:pPr/w:rPr")
        tracked = [
            element
            for element in (marks if marks is not None else ())
            if element.tag in INSERTED_TAGS | DELETED_TAGS
        ]
        for mark in tracked:
            self._add(_kind_of(mark), mark, " ")
        if not tracked:
            self.last_kind_and_author = None

    def _collect_element(self, child: Element) -> None:
        holder = Element("holder")
        holder.append(child)
        self._collect(holder)

    def _add_change(self, element: Element) -> None:
        inner = [
            nested
            for nested in element.iter()
            if nested is not element and nested.tag in INSERTED_TAGS | DELETED_TAGS
        ]
        text = join_text(element, *TEXT_TAGS)
        if element.tag != "w:moveFrom":  # a move is counted at its target
            self._add(_kind_of(element), element, text)
        for nested in inner:
            self._add(_kind_of(nested), nested, join_text(nested, *TEXT_TAGS))

    def _add_format_change(self, element: Element) -> None:
        self._add(TrackedChangeKind.FORMAT, element, "")

    def _add(self, kind: TrackedChangeKind, element: Element, text: str) -> None:
        by = element.get("w:author", "")
        if self.last_kind_and_author == (kind, by) and self.changes:
            before = self.changes[-1]
            self.changes[-1] = TrackedChange(kind, by, (before.text + text)[:MAX_QUOTED_CHARACTERS])
        else:
            self.changes.append(TrackedChange(kind, by, text[:MAX_QUOTED_CHARACTERS]))
        self.last_kind_and_author = (kind, by)


def _kind_of(element: Element) -> TrackedChangeKind:
    if element.tag in MOVED_TAGS:
        return TrackedChangeKind.MOVE
    is_insertion = element.tag in INSERTED_TAGS or element.tag == "w:cellIns"
    return TrackedChangeKind.INSERTION if is_insertion else TrackedChangeKind.DELETION


def resolve_changes(root: Element, *, accept: bool) -> None:
    """Accept or reject every tracked change below an element, in place."""
    removed = DELETED_TAGS if accept else INSERTED_TAGS
    if not accept:
        _restore_format(root)
    resolved: list[Element] = []
    is_joined_with_next = False
    for child in root:
        if _is_removed(child, removed, accept):
            continue
        is_mark_removed = child.tag == "w:p" and _is_mark_removed(child, removed)
        resolve_changes(child, accept=accept)
        if child.tag in INSERTED_TAGS | DELETED_TAGS:
            resolved += child  # its content stays
        elif is_joined_with_next and child.tag == "w:p":
            resolved[-1] = _merge_paragraphs(resolved[-1], child)
        else:
            resolved.append(child)
        is_joined_with_next = is_mark_removed
    root[:] = resolved
    root.tag = RESTORED_TAGS.get(root.tag, root.tag)


def _is_removed(element: Element, removed: set[str], accept: bool) -> bool:
    """Whether an element is removed with its content."""
    if element.tag in removed | FORMAT_CHANGES:
        return True
    if element.tag == "w:tr":
        properties = element.find("w:trPr")
        return properties is not None and any(child.tag in removed for child in properties)
    return (
        element.tag == "w:tc"
        and find_path(element, f"w:tcPr/{'w:cellDel' if accept else 'w:cellIns'}") is not None
    )


def _is_mark_removed(paragraph: Element, removed: set[str]) -> bool:
    marks = find_path(paragraph, "w:pPr/w:rPr")
    return marks is not None and any(mark.tag in removed for mark in marks)


def _merge_paragraphs(first: Element, second: Element) -> Element:
    """Merge two paragraphs whose separating mark is removed; the properties are those of the second."""
    properties = [element for element in second if element.tag == "w:pPr"]
    content = [element for part in (first, second) for element in part if element.tag != "w:pPr"]
    second[:] = properties + content
    return second


def _restore_format(element: Element) -> None:
    """Restore the properties from before a tracked change of format."""
    change = next((child for child in element if child.tag in FORMAT_CHANGES), None)
    old = change.find(element.tag) if change is not None else None
    if old is not None:
        is_paragraph = element.tag == "w:pPr"
        kept = [child for child in element if is_paragraph and child.tag in ("w:rPr", "w:sectPr")]
        element[:] = [*old, *kept]
