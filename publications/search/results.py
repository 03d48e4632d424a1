"""Results: which live editions match a query, in which order, and how many have each value of a facet.

An engine finds the newest matches with their scores, and all editions whose title is the query. Of each translation
group one is kept; these are counted and sorted.

Each process runs MAX_SEARCHES at a time, so that a flood of searches leaves threads for every other page.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils import timezone

from publications.locales import LOCALES
from publications.models import FACETS, KIND, Edition, Facet, kinds_by_pk

from .engines import Hit, engine
from .expansion import ExpandedQuery, expand
from .expressions import AnyOf, Expression, Term, Without, included_terms
from .query import ParsedQuery
from .terms import facet_term, title_key, title_term

MAX_SEARCHES = 2
MAX_WAIT_SECONDS = 1.0  # for a free slot

MAX_RESULTS = 500
MAX_RANKED = 1000
"""How many editions a search ranks at most: editions, not publications, as translations are grouped afterwards."""
MAX_LOOKUPS = 30_000
"""Terms × ranked editions of one query, at most."""
UNKNOWN_TERM = facet_term("-", "-")  # a term that no row has

FacetCounts = dict[str, dict[int | str, int]]
"""How many editions have each key of a facet, by the name of the facet."""

LOCALE_BOOST = 4
"""The factor for texts in the language of the locale, when results are in several languages."""

EXACT_TITLE_SCORE = 1_000_000
"""That of texts whose title is the query: greater than any other, so that they come first."""

_slots = threading.BoundedSemaphore(MAX_SEARCHES)


class SearchBusy(Exception):
    """Too many searches run at once; a retry after a few seconds will succeed."""


@contextmanager
def search_slot() -> Iterator[None]:
    """Hold one of the slots of this process. Raises SearchBusy if none is free within MAX_WAIT_SECONDS."""
    if not _slots.acquire(timeout=MAX_WAIT_SECONDS):
        raise SearchBusy
    try:
        yield
    finally:
        _slots.release()


@dataclass(frozen=True)
class ResultCount:
    """How many editions a query matches, one of each translation group, and at most MAX_RESULTS.

    Attributes:
        is_partial: whether there are more, or may be.
    """

    total: int
    is_partial: bool = False

    def __str__(self) -> str:
        return f"{self.total}{'+' if self.is_partial else ''}"


@dataclass(frozen=True)
class SearchResults:
    """The editions that a query matches, at most MAX_RESULTS, in order.

    Attributes:
        edition_ids: their primary keys.
        count: how many they are, and whether more match.
        facet_counts: how many matches have each key of each facet, whatever its filter.
        has_partial_facet_counts: whether more matches may have these keys, or others.
    """

    query: ParsedQuery
    edition_ids: tuple[int, ...] = ()
    count: ResultCount = ResultCount(0)
    facet_counts: FacetCounts = field(default_factory=dict)
    has_partial_facet_counts: bool = False
    expanded_query: ExpandedQuery | None = None


def count_results(query: ParsedQuery, *, limit: int | None = None) -> ResultCount:
    """Count the live editions that match all parts of the query, without ranking them.

    Args:
        limit: how many editions are counted at most; none are read beyond.

    Raises:
        SearchBusy: too many searches run at once.
    """
    if not query:
        return ResultCount(0)
    with search_slot():
        return _Search(query, limit=limit).count()


def search(
    query: ParsedQuery,
    *,
    locale: str,
    filters: Mapping[str, str] | None = None,
    newest_first: bool = False,
    with_facet_counts: bool = True,
    limit: int | None = None,
) -> SearchResults:
    """Find the live editions that match all parts of the query, one of each translation group.

    Of a group the text in the language of the locale is taken, unless `filters` has a language. The counts of a facet
    ignore its own filter and respect the others. The number of ranked editions is bounded, the newest first; those
    whose title is the query are found in any case.

    Args:
        filters: values by the names of FACETS.
        with_facet_counts: whether to count by facet.
        limit: how many editions are ranked at most.

    Raises:
        SearchBusy: too many searches run at once.
    """
    if not query:
        return SearchResults(query, facet_counts={name: {} for name in FACETS} if with_facet_counts else {})
    with search_slot():
        return _Search(query, locale, filters, limit).run(newest_first, with_facet_counts)


def is_match(query: ParsedQuery, edition: Edition) -> bool:
    """Return whether a live edition matches all parts of the query. It is found among those of its title and kind."""
    if not query:
        return False
    found = _Search(query)
    terms = {
        "title": title_term(title_key(edition.title)),
        KIND: facet_term(FACETS[KIND].term_prefix, edition.kind_id),
    }
    return edition.pk in {hit.edition_id for hit in found.find_matches(terms)}


class _Search:
    def __init__(
        self,
        query: ParsedQuery,
        locale: str = "",
        filters: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> None:
        self.query, self.locale = query, locale
        self.filter_terms = {
            name: _value_term(FACETS[name], value) for name, value in (filters or {}).items()
        }
        self.expanded_query = expand(query)
        self.expression: Expression = self.expanded_query.expression
        self.exact_title: Expression = Term(title_term(title_key(query.text)))
        self.limit = min(_ranking_limit(self.expression), limit or MAX_RANKED)
        self.now = timezone.now()
        self.is_limited = False  # whether more editions may match than any of the searches has read

    def count(self) -> ResultCount:
        expression = _only_listed(AnyOf((self.expression, self.exact_title)))
        editions, groups = engine().count(expression, now=self.now, limit=self.limit)
        return _result_count(groups, is_limited=editions == self.limit)

    def run(self, newest_first: bool, with_facet_counts: bool) -> SearchResults:
        hits = self._find_hits(self.filter_terms, is_ranked=not newest_first)
        count = _result_count(len(hits), is_limited=self.is_limited)
        facet_counts = self._count_facets(hits) if with_facet_counts else {}
        ordered = sorted(hits if newest_first else self._boost(hits), reverse=True)
        return SearchResults(
            self.query,
            edition_ids=tuple(hit.edition_id for hit in ordered[:MAX_RESULTS]),
            count=count,
            facet_counts=facet_counts,
            has_partial_facet_counts=self.is_limited,
            expanded_query=self.expanded_query,
        )

    def _boost(self, hits: list[Hit]) -> list[Hit]:
        """Return the hits with greater scores for texts in the language of the locale, if there are others."""
        if len({hit.language for hit in hits}) < 2:
            return hits
        return [
            hit._replace(score=LOCALE_BOOST * hit.score) if hit.language == self.locale else hit
            for hit in hits
        ]

    def _count_facets(self, hits: Sequence[Hit]) -> FacetCounts:
        """Return the counts of all facets, those of a filtered facet as if it were not filtered."""
        counts = _count_keys(hits, [name for name in FACETS if name not in self.filter_terms])
        for name in self.filter_terms:
            others = {other: term for other, term in self.filter_terms.items() if other != name}
            counts |= _count_keys(self._find_hits(others, is_ranked=False), [name])
        return {name: counts[name] for name in FACETS}

    def _find_hits(self, filter_terms: Mapping[str, str], *, is_ranked: bool) -> list[Hit]:
        """Return the matches and the exact titles that have the terms of these filters, one of each group."""
        matches = self._find(self.expression, filter_terms, is_ranked=is_ranked)
        self.is_limited |= len(matches) == self.limit
        exact = self._find(self.exact_title, filter_terms, is_ranked=False)
        if is_ranked:
            exact = [hit._replace(score=EXACT_TITLE_SCORE) for hit in exact]
        hits = list({hit.edition_id: hit for hit in [*matches, *exact]}.values())
        return hits if "language" in filter_terms else self._one_per_group(hits)

    def find_matches(self, filter_terms: Mapping[str, str]) -> list[Hit]:
        """Return the matches with these terms, in any language and order."""
        return self._find(self.expression, filter_terms, is_ranked=False)

    def _find(self, expression: Expression, filter_terms: Mapping[str, str], *, is_ranked: bool) -> list[Hit]:
        return engine().find(
            expression if KIND in filter_terms else _only_listed(expression),
            self.expanded_query.proximity,
            filter_terms=list(filter_terms.values()),
            now=self.now,
            limit=self.limit,
            is_ranked=is_ranked,
        )

    def _one_per_group(self, hits: Sequence[Hit]) -> list[Hit]:
        best: dict[int, Hit] = {}
        for hit in hits:
            previous = best.get(hit.translation_group)
            if previous is None or self._preference(hit) > self._preference(previous):
                best[hit.translation_group] = hit
        return list(best.values())

    def _preference(self, hit: Hit) -> tuple[bool, bool, float]:
        return hit.language == self.locale, hit.language == LOCALES[0], hit.score


def _only_listed(expression: Expression) -> Expression:
    """Return the expression without the kinds that do not stand in lists: the rule of `ListQuerySet.listed`."""
    prefix = FACETS[KIND].term_prefix
    terms = [Term(facet_term(prefix, kind.pk)) for kind in kinds_by_pk().values() if not kind.is_listed]
    return Without(expression, AnyOf(tuple(terms))) if terms else expression


def _ranking_limit(expression: Expression) -> int:
    """Return how many editions are ranked: fewer where each costs more, as an expression has many terms.

    At least one more than a search returns, so that it notices whether there are more.
    """
    terms = len(list(included_terms(expression)))
    return max(MAX_RESULTS + 1, min(MAX_RANKED, MAX_LOOKUPS // max(1, terms)))


def _result_count(groups: int, *, is_limited: bool) -> ResultCount:
    return ResultCount(min(groups, MAX_RESULTS), is_partial=is_limited or groups > MAX_RESULTS)


def _value_term(facet: Facet, value: str) -> str:
    """Return the term of the editions that have a value of a facet."""
    key = facet.find_key(value)
    return UNKNOWN_TERM if key is None else facet_term(facet.term_prefix, key)


def _count_keys(hits: Sequence[Hit], names: Iterable[str]) -> FacetCounts:
    by_prefix: dict[str, dict[str, int]] = {}
    for term, count in Counter(" ".join([hit.facet_keys for hit in hits]).split()).items():
        by_prefix.setdefault(term[0], {})[term[1:]] = count
    counts: FacetCounts = {}
    for name in names:
        facet = FACETS[name]
        keys = by_prefix.get(facet.term_prefix, {})
        counts[name] = {int(key) if facet.model else key: count for key, count in keys.items()}
    return counts
