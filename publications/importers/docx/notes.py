"""Footnotes and endnotes: one series of labels in the order in which the text refers to them."""

from dataclasses import dataclass, field

from .parts import Block

FOOTNOTES, ENDNOTES = "footnote", "endnote"
UNUSED = {"separator", "continuationSeparator", "continuationNotice"}


@dataclass
class Notes:
    """The notes of a file. Both kinds share one series, as our pages have one."""

    there: dict[tuple[str, str], list[Block]] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)

    def label(self, kind: str, identity: str) -> str:
        """The label of a note that is referred to; nothing where the file has no such note."""
        if (kind, identity) not in self.there:
            return ""
        return self.labels.setdefault((kind, identity), str(len(self.labels) + 1))

    def count(self, kind: str) -> int:
        return sum(each == kind for each, _identity in self.there)

    def kept(self, kind: str) -> int:
        return sum(each == kind for each, _identity in self.labels)

    @property
    def in_order(self) -> list[tuple[str, list[Block]]]:
        """Labels and texts of the notes that are referred to."""
        return [(label, self.there[key]) for key, label in self.labels.items()]

    @property
    def unreferred(self) -> list[list[Block]]:
        return [blocks for key, blocks in self.there.items() if key not in self.labels]
