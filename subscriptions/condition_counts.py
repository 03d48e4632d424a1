"""What subscribers have chosen, in numbers: by kind of choice, and the most chosen conditions."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Count

from publications.models import KIND, NEWSLETTER

from .models import Condition, Subscription

MAX_LISTED_CONDITIONS = 200
MIN_NAMED_READERS = 3
"""The words of a search that fewer readers have saved are shown to nobody: they may say who somebody is."""


class ConditionKind(StrEnum):
    """What conditions are counted by, beside the facets of those with one value."""

    NEWSLETTER = "newsletter"
    ALL = "all"
    SEVERAL = "several"
    SEARCH = "search"
    PUBLICATION = "publication"


class ChoiceCount(NamedTuple):
    """How many subscriptions there are to something, by locale and by timing."""

    by_locale: Counter[str]
    by_timing: Counter[str]

    @property
    def total(self) -> int:
        return self.by_timing.total()

    def add(self, locale: str, timing: str, count: int) -> None:
        self.by_locale[locale] += count
        self.by_timing[timing] += count


@dataclass(frozen=True)
class ChosenNumbers:
    """What subscribers have chosen.

    Attributes:
        by_kind: the numbers of each `ConditionKind` or facet that anybody has chosen, the most chosen first.
        conditions: those that most have chosen, at most `MAX_LISTED_CONDITIONS`, but for what `by_kind` has as it is.
        other_searches: searches that fewer than `MIN_NAMED_READERS` readers have saved; they are not in `conditions`.
    """

    by_kind: list[tuple[str, ChoiceCount]]
    conditions: list[tuple[Condition, ChoiceCount]]
    other_searches: int


def count_conditions() -> ChosenNumbers:
    """Return what subscribers have chosen."""
    counts = _count_by_condition()
    rows = Condition.objects.values_list("pk", "filters", "query", "publication")
    kinds = {pk: _kind_of(*values) for pk, *values in rows.iterator() if pk in counts}
    by_kind: dict[str, ChoiceCount] = defaultdict(lambda: ChoiceCount(Counter(), Counter()))
    for pk, kind in kinds.items():
        by_kind[kind].by_locale.update(counts[pk].by_locale)
        by_kind[kind].by_timing.update(counts[pk].by_timing)
    is_hidden = {
        pk: kind == ConditionKind.SEARCH and counts[pk].total < MIN_NAMED_READERS
        for pk, kind in kinds.items()
    }
    single = (ConditionKind.NEWSLETTER, ConditionKind.ALL)
    shown = [pk for pk, kind in kinds.items() if kind not in single and not is_hidden[pk]]
    first = sorted(shown, key=lambda pk: (-counts[pk].total, pk))[:MAX_LISTED_CONDITIONS]
    conditions = Condition.objects.in_bulk(first)
    return ChosenNumbers(
        by_kind=sorted(by_kind.items(), key=lambda item: -item[1].total),
        conditions=[(conditions[pk], counts[pk]) for pk in first if pk in conditions],
        other_searches=sum(is_hidden.values()),
    )


def _count_by_condition() -> dict[int, ChoiceCount]:
    subscriptions = Subscription.objects.confirmed().values_list("condition", "subscriber__locale", "timing")
    counts: dict[int, ChoiceCount] = defaultdict(lambda: ChoiceCount(Counter(), Counter()))
    for pk, locale, timing, count in subscriptions.annotate(count=Count("pk")):
        counts[pk].add(locale, timing, count)
    return counts


def _kind_of(filters: Mapping[str, str], query: str, publication: int | None) -> str:
    if publication:
        return ConditionKind.PUBLICATION
    if query:
        return ConditionKind.SEARCH
    if filters == {KIND: NEWSLETTER}:
        return ConditionKind.NEWSLETTER
    if len(filters) > 1:
        return ConditionKind.SEVERAL
    return next(iter(filters), ConditionKind.ALL)
