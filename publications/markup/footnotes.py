"""Footnotes: numbered as the reader meets them, linked both ways."""

from dataclasses import dataclass, field

from publications.html_tree import Element

BACKLINK = "↩\N{VARIATION SELECTOR-15}"  # as text, not as a coloured picture


@dataclass
class Footnote:
    """A note with its number and the references to it, in the order of the text."""

    number: int
    content: Element
    references: list[Element] = field(default_factory=list)


def order_footnotes(body: Element, contents: list[Element]) -> list[Footnote]:
    """The notes as the reader meets them: from the body, from notes, last those that nothing refers to."""
    notes = FootnoteOrder(contents)
    notes.follow(body)
    notes.follow_notes()
    for place in range(len(contents)):
        notes.meet(place)
        notes.follow_notes()
    return notes.met


class FootnoteOrder:
    """Meets the notes of a text one by one."""

    def __init__(self, contents: list[Element]) -> None:
        self.contents = contents
        self.met: list[Footnote] = []
        self.known: dict[int, Footnote] = {}
        self.followed = 0

    def follow(self, tree: Element) -> None:
        for reference in tree.find_all("ref"):
            self.meet(int(reference.attributes["n"])).references.append(reference)

    def follow_notes(self) -> None:
        while self.followed < len(self.met):
            self.followed += 1
            self.follow(self.met[self.followed - 1].content)

    def meet(self, place: int) -> Footnote:
        if place not in self.known:
            self.known[place] = Footnote(len(self.met) + 1, self.contents[place])
            self.met.append(self.known[place])
        return self.known[place]


def link_footnotes(notes: list[Footnote], label: str, back_label: str) -> list[Element]:
    """Turn the references into links, and return the section at the end of the text.

    `label` names the section; `back_label` names the link back from a note, with `{}` for its number.
    """
    for note in notes:
        for turn, reference in enumerate(note.references, start=1):
            _link_reference(reference, note.number, turn)
    items = [_item(note, back_label) for note in notes]
    if not items:
        return []
    marks = {"class": "footnotes", "role": "doc-endnotes", "aria-label": label}
    return [Element("section", marks, [Element("ol", {}, items)])]


def _link_reference(reference: Element, number: int, turn: int) -> None:
    link = Element(
        "a", {"href": f"#fn-{number}", "class": "footnote-ref", "role": "doc-noteref"}, [str(number)]
    )
    reference.tag = "sup"
    reference.attributes = {"id": _anchor(number, turn)}
    reference.children = [link]


def _anchor(number: int, turn: int) -> str:
    return f"fnref-{number}" if turn == 1 else f"fnref-{number}-{turn}"


def _item(note: Footnote, back_label: str) -> Element:
    children = note.content.children
    last = children[-1] if children else None
    if not isinstance(last, Element) or last.tag != "p":
        last = Element("p")
        children.append(last)
    for turn in range(1, len(note.references) + 1):
        last.children += ["\xa0", _back(note.number, turn, back_label)]
    return Element("li", {"id": f"fn-{note.number}"}, children)


def _back(number: int, turn: int, back_label: str) -> Element:
    title = back_label.format(number) + (f" ({turn})" if turn > 1 else "")
    marks = {"class": "footnote-backref", "role": "doc-backlink", "title": title, "aria-label": title}
    return Element("a", {"href": f"#{_anchor(number, turn)}"} | marks, [BACKLINK])
