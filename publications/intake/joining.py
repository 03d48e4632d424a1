"""Three texts are joined: what an author sent first, what editors made of it, and what the author sends now.

Where only one side changed a paragraph, that side is followed; where both did, a person decides. Authors, tags,
links, dates and the rest of the draft are the editors' alone.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from publications.difference import Change, Conflict, compare_texts, joined, merge
from publications.manuscript import Manuscript

FIELDS = ("title", "summary", "key_points", "body")
OURS, THEIRS, BOTH = "ours", "theirs", "both"
CHOICES = (OURS, THEIRS, BOTH)


@dataclass(frozen=True)
class Question:
    """A place where both sides changed the text."""

    field: str
    base: str
    ours: str
    theirs: str

    @property
    def key(self) -> str:
        """What its answer is called in a form. Where either side changes again, it is another question."""
        told = "\0".join((self.field, self.base, self.ours, self.theirs))
        return f"answer-{hashlib.blake2s(told.encode(), digest_size=8).hexdigest()}"


@dataclass(frozen=True)
class Joint:
    """The parts of each field, in order: texts, and questions in their places."""

    parts: Mapping[str, tuple[str | Question, ...]]

    @property
    def questions(self) -> list[Question]:
        return [part for parts in self.parts.values() for part in parts if isinstance(part, Question)]

    def open(self, answers: Mapping[str, str]) -> list[Question]:
        """The questions that have no answer yet."""
        return [question for question in self.questions if answers.get(question.key) not in CHOICES]

    def texts(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The joined fields; where there is no answer, the draft stays as it is."""
        return {
            field: joined([text for part in parts for text in _answered(part, answers)]).strip("\n")
            for field, parts in self.parts.items()
        }


def join(base: Manuscript, ours: Manuscript, theirs: Manuscript) -> Joint:
    """Join what editors made of `base` with what the author did."""
    return Joint({field: tuple(_parts(field, base, ours, theirs)) for field in FIELDS})


def _parts(field: str, base: Manuscript, ours: Manuscript, theirs: Manuscript) -> Iterator[str | Question]:
    for part in merge(*(_text(each, field) for each in (base, ours, theirs))).parts:
        if isinstance(part, Conflict):
            yield Question(field, part.base, part.ours, part.theirs)
        else:
            yield part


def _text(text: Manuscript, field: str) -> str:
    value = getattr(text, field)
    return value if isinstance(value, str) else "\n\n".join(value)


def _answered(part: str | Question, answers: Mapping[str, str]) -> list[str]:
    if isinstance(part, str):
        return [part]
    texts = {THEIRS: [part.theirs], BOTH: [part.ours, part.theirs]}.get(
        answers.get(part.key, OURS), [part.ours]
    )
    return [f"\n\n{text}" for text in texts if text]


def common(text: str, other: str) -> str:
    """The paragraphs that two texts share: what they are joined on where nobody knows what both came from."""
    kept = (passage.text for passage in compare_texts(text, other).passages if passage.change is Change.KEPT)
    return joined(list(kept))
