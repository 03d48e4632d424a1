"""What goes into an index and what comes out of it, whatever the engine."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ..terms import FACET

TITLE, SUMMARY, PEOPLE, TOPICS, TEXT = 10, 4, 2, 2, 1
"""What a word weighs in each part of a row."""

MAX_RANKED = 2500
MIN_RANKED = 501
MAX_LOOKUPS = 30_000


@dataclass(frozen=True)
class IndexRow:
    """One edition as the index holds it: terms in their order, and marks, which say what it is filed under."""

    edition: int
    title: list[str]
    summary: list[str]
    people: list[str]
    topics: list[str]
    text: list[str]
    marks: list[str]

    @property
    def parts(self) -> tuple[list[str], ...]:
        return (self.title, self.summary, self.people, self.topics, self.text, self.marks)

    @property
    def filed(self) -> str:
        """What it is filed under, as text: k2 y2024 len t5 a3."""
        return " ".join(mark.removeprefix(FACET) for mark in self.marks if mark.startswith(FACET))


class Hit(NamedTuple):
    """A live edition that fits, with what lists sort and count by. The greater its score, the better it fits.

    `filed` says under what it stands, as `IndexRow` does.
    """

    edition: int
    score: float
    language: str
    family: int
    published_at: datetime | str
    filed: str


def room_for(terms: int) -> int:
    """How many pieces are ranked, the last stored first: fewer where each costs more, so that no query costs much."""
    return max(MIN_RANKED, min(MAX_RANKED, MAX_LOOKUPS // max(1, terms)))
