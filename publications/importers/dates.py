"""Dates as people and programs write them. The day stays as it was written, whatever its zone."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from publications.manuscript import HOME_ZONE

from . import values

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januari", "february feb februari", "march mar mars", "april apr", "may maj",
            "june jun juni", "july jul juli", "august aug augusti", "september sep sept", "october oct oktober okt",
            "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
PUBLISHED = (
    "date", "published_at", "pubDate", "publishDate", "publish_date", "published_date", "published_on", "pubdate",
    "published", "created", "posted",
)  # fmt: skip
MODIFIED = ("last_modified", "last_modified_at", "lastmod", "updated", "modified")
EXPIRES = ("expiryDate", "expirydate", "expiry_date", "expires", "expires_at", "expires_on", "unpublishdate")
"""The keys of front matter that name a date, in the order in which they count."""
LONGEST = 100
ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:(?:[T\s]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?(?:\s+[A-Z]{2,5})?)?",
    re.IGNORECASE,
)
DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
WORDED = re.compile(r"(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\s+([a-z]+)\.?,?\s+(\d{4})", re.IGNORECASE)
MONTH_FIRST = re.compile(r"(?:[a-z]+,\s+)?([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
IN_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=[-_ .]|$)")


def moment(text: str) -> datetime | None:
    """The moment a text names, or nothing. A day without a time begins at midnight in Stockholm.

    Where the zone would move the day, the clock is read as Stockholm's own: 23:30 UTC on the 9th stays the 9th.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return None
    try:
        return _iso(text) or _of_day(text) or _mail(text)
    except (ValueError, OverflowError):
        return None


def written_in(fields: Mapping[str, Any], keys: Iterable[str]) -> str:
    """The date that front matter names under the first of these keys. `published: false` is none: it marks a draft."""
    given = (values.text(fields.get(key)) for key in keys if values.flag(fields.get(key)) is None)
    return next(filter(None, given), "")


def in_name(name: str) -> datetime | None:
    """The day that a file's name begins with, as Jekyll has it."""
    found = IN_NAME.match(name)
    try:
        return _at_home(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    found = ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    clock = time(int(hour or 0), int(minute or 0), min(int(second or 0), 59))
    return _on_its_day(datetime.combine(_day(int(year), int(month), int(day)), clock, _zone(zone)))


def _of_day(text: str) -> datetime | None:
    if found := DAY_FIRST.fullmatch(text):
        return _at_home(int(found[3]), int(found[2]), int(found[1]))
    if (found := WORDED.fullmatch(text)) and found[2].lower() in MONTHS:
        return _at_home(int(found[3]), MONTHS[found[2].lower()], int(found[1]))
    if (found := MONTH_FIRST.fullmatch(text)) and found[1].lower() in MONTHS:
        return _at_home(int(found[3]), MONTHS[found[1].lower()], int(found[2]))
    return None


def _mail(text: str) -> datetime | None:
    """As RFC 5322 has it: Wed, 19 Mar 2014 12:00:00 -0500."""
    if not re.search(r"\d:\d\d", text):
        return None
    found = parsedate_to_datetime(text)
    _day(found.year, found.month, found.day)
    return _on_its_day(found)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=int(hours), minutes=int(minutes)))


def _on_its_day(written: datetime) -> datetime:
    if written.tzinfo is None:
        return written.replace(tzinfo=HOME_ZONE)
    is_same_day = written.astimezone(HOME_ZONE).date() == written.date()
    return written if is_same_day else written.replace(tzinfo=HOME_ZONE)


def _at_home(year: int, month: int, day: int) -> datetime:
    return datetime.combine(_day(year, month, day), time(), HOME_ZONE)


def _day(year: int, month: int, day: int):
    if not 1500 <= year <= 2200:
        raise ValueError(year)
    return datetime(year, month, day).date()
