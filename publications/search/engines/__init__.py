"""The two search engines: SQLite's FTS5 and PostgreSQL's full text search, chosen by the database in use.

Both modules do what `Engine` says and store the same ready-made terms, so both find the same editions; neither stems.
Each indexed edition has one row, with its facet keys and its `date_position`. A search takes as many of the newest
matches as its limit says, by `date_position`, and gives each of them a score; `publications.search.results` sorts them
by score.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from django.db import connection

from ..expressions import Expression
from . import postgres, sqlite
from .rows import Hit, IndexRow


class Engine(Protocol):
    """What search needs of a database."""

    IDS_QUERY: str
    """Primary keys given as one parameter, as rows with the column `id`."""

    EDITION_INDEX_HINT: str
    """What a join with editions says after the name of the table."""

    def bind_ids(self, ids: Iterable[int]) -> object:
        """Return primary keys as the parameter of IDS_QUERY."""

    def store(self, rows: Sequence[IndexRow]) -> None:
        """Insert rows of editions that have none."""

    def remove(self, edition_ids: Iterable[int]) -> None:
        """Remove the rows of editions; some may have none."""

    def purge(self) -> None:
        """Let the terms of removed rows leave the files of the database."""

    def merge_segments(self) -> None:
        """Merge what was stored row by row, so that searches read less. Others can write between its steps."""

    def indexed_editions(self, edition_ids: Iterable[int] | None = None) -> set[int]:
        """Return which of these editions, or of all, have a row."""

    def find_differing(self, batches: Iterable[Sequence[IndexRow]]) -> set[int]:
        """Return the editions whose stored row is missing or differs from the given one."""

    def find(
        self,
        expression: Expression,
        proximity: Expression | None,
        *,
        filter_terms: Sequence[str],
        now: datetime,
        limit: int,
        is_ranked: bool = True,
    ) -> list[Hit]:
        """Return the live editions that match and have all filter terms: at most `limit`, the newest first.

        Args:
            proximity: need not match, but raises the score of the editions where it does.
            is_ranked: whether the scores are needed; without, all are 0.
        """

    def count(self, expression: Expression, *, now: datetime, limit: int) -> tuple[int, int]:
        """Return how many live editions match, `limit` at most, and of how many translation groups they are."""


ENGINES: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgres}


def engine() -> Engine:
    """Return the engine of the database in use."""
    return ENGINES[connection.vendor]


__all__ = ["ENGINES", "Engine", "Hit", "IndexRow", "engine"]
