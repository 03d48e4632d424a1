"""Comments in the margin: who said what, of which words. They become remarks beside the draft, never text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from .tree import text_in

LONGEST_PASSAGE = 300
LONGEST_TEXT = 5_000
MOST = 1_000


@dataclass(frozen=True)
class Comment:
    """A remark of somebody on a passage. `is_settled` where it was marked as done in Word."""

    by: str
    text: str
    passage: str = ""
    at: str = ""
    is_settled: bool = False


@dataclass
class Comments:
    """Follows which comments are open while the text is read, and hears the words they are about."""

    open: list[str] = field(default_factory=list)
    passages: dict[str, str] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)

    def begin(self, identity: str) -> None:
        self.open.append(identity)
        self.passages.setdefault(identity, "")

    def end(self, identity: str) -> None:
        self.open = [each for each in self.open if each != identity]

    def meet(self, identity: str) -> None:
        if identity not in self.met:
            self.met.append(identity)

    def hear(self, text: str) -> None:
        for identity in self.open:
            if len(self.passages[identity]) < LONGEST_PASSAGE:
                self.passages[identity] += text

    def read(self, root: Element | None, more: Element | None) -> list[Comment]:
        """The comments of the file, in the order of the text. `more` tells which are done (w15:commentsEx)."""
        done = _done(more) if more is not None else set()
        elements = (
            {each.get("w:id", ""): each for each in root if each.tag == "w:comment"}
            if root is not None
            else {}
        )
        order = [*self.met, *(identity for identity in elements if identity not in self.met)]
        return [self._comment(each, elements[each], done) for each in order[:MOST] if each in elements]

    def _comment(self, identity: str, element: Element, done: set[str]) -> Comment:
        paragraphs = list(element.iter("w:p"))
        text = "\n".join(text_in(each, "w:t") for each in paragraphs).strip()
        passage = " ".join(self.passages.get(identity, "").split())
        return Comment(
            by=element.get("w:author", "")[:150],
            text=text[:LONGEST_TEXT],
            passage=passage[:LONGEST_PASSAGE],
            at=_moment(element.get("w:date", "")),
            is_settled=any(each.get("w14:paraId", "") in done for each in paragraphs),
        )


def _done(more: Element) -> set[str]:
    """The paragraphs of comments that are done, and of their answers."""
    entries: Iterable[Element] = [each for each in more if each.tag == "w15:commentEx"]
    done = {each.get("w15:paraId", "") for each in entries if each.get("w15:done") in ("1", "true")}
    return done | {
        each.get("w15:paraId", "") for each in entries if each.get("w15:paraIdParent", "-") in done
    }


def _moment(text: str) -> str:
    """Word writes clock time of the writer without a zone, most often with a Z that is none."""
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).isoformat(timespec="minutes") if text else ""
    except ValueError:
        return ""
