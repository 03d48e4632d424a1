"""What an engine stores and what it finds, whatever the database."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from ..terms import FACET_PREFIX

TITLE, SUMMARY, PEOPLE, TOPICS, TEXT = 10, 4, 2, 2, 1
"""The weight of a word in each part of a row."""

EDITION_ID_BITS = 32
"""The last bits of a `date_position`, which are the primary key of the edition."""


@dataclass(frozen=True)
class IndexRow:
    """The index row of one edition: terms in the order of the text, and terms for filters."""

    edition_id: int
    published_on: date
    title: list[str]
    summary: list[str]
    people: list[str]
    topics: list[str]
    text: list[str]
    filter_terms: list[str]

    @property
    def date_position(self) -> int:
        """A number by which rows are sorted: by the day of publication (UTC), then by primary key."""
        return self.published_on.toordinal() << EDITION_ID_BITS | self.edition_id

    @property
    def parts(self) -> tuple[list[str], ...]:
        return (self.title, self.summary, self.people, self.topics, self.text, self.filter_terms)

    @property
    def facet_keys(self) -> str:
        """The facet values of the edition as text, such as "k2 y2024 len t5 a3"."""
        return " ".join(
            term.removeprefix(FACET_PREFIX) for term in self.filter_terms if term.startswith(FACET_PREFIX)
        )


class Hit(NamedTuple):
    """A live edition that matches, with the columns that results are sorted and counted by, those to sort by first.

    Attributes:
        score: the greater, the better the match.
        facet_keys, date_position: as in `IndexRow`.
    """

    score: float
    published_at: datetime | str
    edition_id: int
    language: str
    translation_group: int
    facet_keys: str
    date_position: int
