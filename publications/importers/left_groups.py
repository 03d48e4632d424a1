"""The tasks that an import leaves, each with the texts, names and addresses that it is left with."""

from dataclasses import dataclass, field
from typing import Any

from publications.models import Publication

from .left_tasks import LeftTask


@dataclass
class LeftItem:
    """A text, a name or an address with which something is left to do.

    Args:
        publication: None for a text that was refused, and for what is no text.
        title: of the text, or its place in the source; the name or address.
        reasons: what is left, in words.
        is_edited: whether the text was edited since its import, and may be mended: the draft does not show it.
        marks: of the notes that a person may tick as done; those of a text that lacks something have none.
    """

    publication: Publication | None
    title: str
    reasons: list[str] = field(default_factory=list)
    is_edited: bool = False
    marks: list[str] = field(default_factory=list)


@dataclass
class LeftGroup:
    """The texts, names or addresses with which a task is left, and how many have been mended since the import."""

    task: LeftTask
    items: list[LeftItem] = field(default_factory=list)
    mended: int = 0


class GroupBuilder:
    """Collects the texts of a task, each once."""

    def __init__(self, task: LeftTask) -> None:
        self.task = task
        self.items: dict[Any, LeftItem] = {}
        self.mended: set[Any] = set()

    def add(
        self,
        publication: Publication | None,
        title: str,
        *reasons: str,
        is_mended: bool = False,
        is_edited: bool = False,
        mark: str = "",
    ) -> None:
        key = publication.pk if publication else title
        if is_mended:
            self.mended.add(key)
            return
        item = self.items.setdefault(key, LeftItem(publication, title, []))
        item.reasons.extend(reason for reason in dict.fromkeys(reasons) if reason not in item.reasons)
        item.is_edited |= is_edited
        item.marks.append(mark)

    def build(self) -> LeftGroup:
        for item in self.items.values():
            item.marks = item.marks if all(item.marks) else []
        return LeftGroup(self.task, list(self.items.values()), len(self.mended - self.items.keys()))
