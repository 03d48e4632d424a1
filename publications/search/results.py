"""Results: which live editions match a query, in which order, and how many have each value of a facet.

Few searches run at a time in each process, so that a flood of them leaves every other page its threads.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.utils import timezone

from publications.locales import LOCALES
from publications.models import FACETS, Facet

from .engines import Hit, engine
from .engines.rows import room_for
from .query import AnyOf, ExpandedQuery, Expression, ParsedQuery, Term, expand, leaves
from .terms import (
    facet_term,
    title_key,
    title_term,
)

MAX_SEARCHES = 2
MAX_WAIT_SECONDS = 1.0  # that a search waits for its turn

MAX_RESULTS = 500
NO_TERM = facet_term("-", "-")  # a term that no row has

Counts = dict[str, dict[int | str, int]]
"""By the name of a facet how many editions have each key; facets of the same rows share their keys."""

OWN_LANGUAGE = 4
"""What a text in the language of the tree weighs beside others, whose words may be the same."""
_BY_SCORE, _BY_DATE = attrgetter("score", "published_at", "edition"), attrgetter("published_at", "edition")

_slots = threading.BoundedSemaphore(MAX_SEARCHES)


class SearchBusy(Exception):
    """Others are searching; asking again in a few seconds will help."""


@contextmanager
def search_slot() -> Iterator[None]:
    """Wait for a turn. Raises SearchBusy where none comes."""
    if not _slots.acquire(timeout=MAX_WAIT_SECONDS):
        raise SearchBusy
    try:
        yield
    finally:
        _slots.release()


@dataclass(frozen=True)
class SearchResults:
    """What a query found: editions, the best first, at most MAX_RESULTS of them."""

    query: ParsedQuery
    editions: tuple[int, ...] = ()
    is_more: bool = False
    counts: Counts = field(default_factory=dict)
    is_counted_in_part: bool = False
    expanded: ExpandedQuery | None = None

    @property
    def total(self) -> int:
        return len(self.editions)


def search(
    query: ParsedQuery,
    *,
    locale: str,
    filters: Mapping[str, str] | None = None,
    newest_first: bool = False,
    counted: bool = True,
    most: int | None = None,
) -> SearchResults:
    """Find the live editions that hold all parts of the query, one for each text and its translations.

    Of those the one in the language of the tree is taken, unless a language is among the filters. Counts are of
    what each facet would give beside the others. However much matches, only so many editions are ranked, the last
    stored first; `is_counted_in_part` says that there may be more.

    Args:
        filters: values by the names of FACETS.
        counted: whether to count by facet.
        most: how many editions are ranked at most.

    Raises:
        SearchBusy: too many searches run at once.
    """
    if not query:
        return SearchResults(query, counts={name: {} for name in FACETS} if counted else {})
    with search_slot():
        return _Search(query, locale, filters or {}, most).results(newest_first, counted)


class _Search:
    def __init__(
        self, query: ParsedQuery, locale: str, filters: Mapping[str, str], most: int | None = None
    ) -> None:
        self.query, self.locale = query, locale
        self.marks = {name: _value_term(FACETS[name], value) for name, value in filters.items()}
        self.expanded = expand(query)
        self.titled = title_term(title_key(query.text))
        self.expression: Expression = AnyOf((self.expanded.expression, Term(self.titled)))
        room = room_for(sum(1 for _leaf in leaves(self.expression)))
        self.most = min(room, most or room)
        self.now = timezone.now()
        self.is_in_part = False

    def results(self, newest_first: bool, counted: bool) -> SearchResults:
        hits = self._hits()
        if newest_first:
            ordered = sorted(hits, key=_BY_DATE, reverse=True)
        else:
            ordered = self._exact_title_first(self._best_first(hits))
        return SearchResults(
            self.query,
            editions=tuple(hit.edition for hit in ordered[:MAX_RESULTS]),
            is_more=len(ordered) > MAX_RESULTS,
            counts=self._counts(hits) if counted else {},
            is_counted_in_part=self.is_in_part,
            expanded=self.expanded,
        )

    def _best_first(self, hits: list[Hit]) -> list[Hit]:
        is_of_one_language = len({hit.language for hit in hits}) < 2
        return sorted(hits, key=_BY_SCORE if is_of_one_language else self._weighed, reverse=True)

    def _weighed(self, hit: Hit) -> tuple[float, datetime | str, int]:
        weight = OWN_LANGUAGE if hit.language == self.locale else 1
        return hit.score * weight, hit.published_at, hit.edition

    def _exact_title_first(self, hits: list[Hit]) -> list[Hit]:
        first = engine().marked(self.titled)
        return sorted(hits, key=lambda hit: hit.edition not in first) if first else hits

    def _counts(self, hits: Sequence[Hit]) -> Counts:
        """A filter that is set is counted as if it were not."""
        found = _count_keys(hits, [name for name in FACETS if name not in self.marks])
        for name in self.marks:
            found |= _count_keys(self._hits(without=name), [name])
        return {name: found[name] for name in FACETS}

    def _hits(self, without: str = "") -> list[Hit]:
        marks = {name: mark for name, mark in self.marks.items() if name != without}
        hits = engine().find(
            self.expression, self.expanded.nearer, marks=list(marks.values()), now=self.now, most=self.most
        )
        self.is_in_part |= len(hits) == self.most
        return hits if "language" in marks else self._one_of_each_family(hits)

    def _one_of_each_family(self, hits: Sequence[Hit]) -> list[Hit]:
        best: dict[int, Hit] = {}
        for hit in hits:
            known = best.get(hit.family)
            if known is None or self._suits(hit) > self._suits(known):
                best[hit.family] = hit
        return list(best.values())

    def _suits(self, hit: Hit) -> tuple[bool, bool, float]:
        return hit.language == self.locale, hit.language == LOCALES[0], hit.score


def _value_term(facet: Facet, value: str) -> str:
    """The term of the editions that have a value."""
    key = facet.find_key(value)
    return NO_TERM if key is None else facet_term(facet.term_prefix, key)


def _count_keys(hits: Sequence[Hit], names: Iterable[str]) -> Counts:
    by_prefix: dict[str, dict[str, int]] = {}
    for term, count in Counter(" ".join([hit.filed for hit in hits]).split()).items():
        by_prefix.setdefault(term[0], {})[term[1:]] = count
    counts: Counts = {}
    for name in names:
        facet = FACETS[name]
        keys = by_prefix.get(facet.term_prefix, {})
        counts[name] = {int(key) if facet.model else key: count for key, count in keys.items()}
    return counts
