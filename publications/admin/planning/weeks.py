"""The weeks and days of the page of planning, and weeks in its addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from publications.locales import format_day

from ..form_fields import VALID_YEARS
from .entries import PlanEntry

WEEKS_PER_PAGE = 4
"""Weeks on a page, the first of them that of the address or this week."""
DAY_FORMAT = "l j F"


@dataclass(frozen=True)
class PlanDay:
    """The entries of a day."""

    day: date
    entries: list[PlanEntry]

    @property
    def heading(self) -> str:
        return capfirst(date_format(self.day, DAY_FORMAT))

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()


@dataclass(frozen=True)
class PlanWeek:
    """A week, from Monday (ISO 8601), with its days that have entries."""

    monday: date
    days: list[PlanDay]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def anchor(self) -> str:
        return week_value(self.monday)

    @property
    def is_current(self) -> bool:
        return self.monday <= timezone.localdate() <= self.sunday

    @property
    def past_days(self) -> list[PlanDay]:
        """The days of this week with what is over, also of today; none of another week."""
        return self._select_days(is_over=True) if self.is_current else []

    @property
    def coming_days(self) -> list[PlanDay]:
        return self._select_days(is_over=False) if self.is_current else self.days

    @property
    def past_count(self) -> int:
        return sum(len(day.entries) for day in self.past_days)

    def _select_days(self, *, is_over: bool) -> list[PlanDay]:
        days = [
            PlanDay(day.day, [each for each in day.entries if each.is_over is is_over]) for day in self.days
        ]
        return [day for day in days if day.entries]

    @property
    def empty_text(self) -> str:
        return _("Nothing more this week.") if self.past_days else _("Nothing in this week.")

    @property
    def dates(self) -> str:
        """Its days: "23–29 November 2026", "30 November – 6 December 2026"."""
        last = format_day(self.sunday)
        if self.monday.month == self.sunday.month:
            return f"{self.monday.day}–{last}"
        first = (
            format_day(self.monday)
            if self.monday.year != self.sunday.year
            else format_day(self.monday, "j F")
        )
        return f"{first} – {last}"


def week_value(day: date) -> str:
    """Return the ISO week of a day as addresses have it: "2026-W48"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def parse_week(text: str) -> date:
    """Return the Monday of a week such as "2026-W48"; that of this week for any other text."""
    year, _divider, week = text.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        monday = date.min
    if monday.year in VALID_YEARS:
        return monday
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def build_weeks(monday: date, entries: Iterable[PlanEntry]) -> list[PlanWeek]:
    """Return the weeks of a page, the first of them that of a Monday, with entries that are sorted by day."""
    days = [PlanDay(day, list(group)) for day, group in groupby(entries, key=lambda entry: entry.day)]
    mondays = [monday + timedelta(weeks=number) for number in range(WEEKS_PER_PAGE)]
    return [
        PlanWeek(start, [day for day in days if start <= day.day < start + timedelta(weeks=1)])
        for start in mondays
    ]
