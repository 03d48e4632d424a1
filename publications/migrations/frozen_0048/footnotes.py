"""Frozen for migration 0048: what it needs of `publications.markup.footnotes`."""

from dataclasses import dataclass, field

from .html_tree import Element

BACKLINK = "↩\N{VARIATION SELECTOR-15}"  # shown as text, not as an emoji


@dataclass
class Footnote:
    """A note with its number and the references to it, in document order."""

    number: int
    content: Element
    references: list[Element] = field(default_factory=list)


def order_footnotes(body: Element, contents: list[Element]) -> list[Footnote]:
    """Return the notes in reading order: referenced from the body, from other notes, then without a reference."""
    notes = FootnoteOrder(contents)
    notes.add_references(body)
    notes.add_nested()
    for index in range(len(contents)):
        notes.add(index)
        notes.add_nested()
    return notes.ordered


class FootnoteOrder:
    """Collects the notes of a text in reading order."""

    def __init__(self, contents: list[Element]) -> None:
        self.contents = contents
        self.ordered: list[Footnote] = []
        self.footnotes: dict[int, Footnote] = {}
        self.scanned = 0

    def add_references(self, root: Element) -> None:
        for reference in root.find_all("ref"):
            self.add(int(reference.attributes["n"])).references.append(reference)

    def add_nested(self) -> None:
        while self.scanned < len(self.ordered):
            self.scanned += 1
            self.add_references(self.ordered[self.scanned - 1].content)

    def add(self, index: int) -> Footnote:
        if index not in self.footnotes:
            self.footnotes[index] = Footnote(len(self.ordered) + 1, self.contents[index])
            self.ordered.append(self.footnotes[index])
        return self.footnotes[index]


def link_footnotes(notes: list[Footnote], label: str, back_label: str) -> list[Element]:
    """Turn the references into links and return the section of notes, if there are any.

    Args:
        label: the label of the section.
        back_label: the label of the link back from a note, with `{}` for its number.
    """
    for note in notes:
        for occurrence, reference in enumerate(note.references, start=1):
            _link_reference(reference, note.number, occurrence)
    items = [_build_item(note, back_label) for note in notes]
    if not items:
        return []
    attributes = {"class": "footnotes", "role": "doc-endnotes", "aria-label": label}
    return [Element("section", attributes, [Element("ol", {}, items)])]


def _link_reference(reference: Element, number: int, occurrence: int) -> None:
    link = Element(
        "a", {"href": f"#fn-{number}", "class": "footnote-ref", "role": "doc-noteref"}, [str(number)]
    )
    reference.tag = "sup"
    reference.attributes = {"id": _reference_id(number, occurrence)}
    reference.children = [link]


def _reference_id(number: int, occurrence: int) -> str:
    return f"fnref-{number}" if occurrence == 1 else f"fnref-{number}-{occurrence}"


def _build_item(note: Footnote, back_label: str) -> Element:
    children = note.content.children
    last = children[-1] if children else None
    if not isinstance(last, Element) or last.tag != "p":
        last = Element("p")
        children.append(last)
    for occurrence in range(1, len(note.references) + 1):
        last.children += ["\xa0", _build_backlink(note.number, occurrence, back_label)]
    return Element("li", {"id": f"fn-{note.number}"}, children)


def _build_backlink(number: int, occurrence: int, back_label: str) -> Element:
    title = back_label.format(number) + (f" ({occurrence})" if occurrence > 1 else "")
    attributes = {"class": "footnote-backref", "role": "doc-backlink", "title": title, "aria-label": title}
    return Element("a", {"href": f"#{_reference_id(number, occurrence)}"} | attributes, [BACKLINK])
