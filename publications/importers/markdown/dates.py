"""Parse dates in the formats of people and programs; the day stays the same in Stockholm, whatever the zone."""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from publications.manuscript import HOME_ZONE

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
MAX_DATE_LENGTH = 100
ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:(?:[T\s]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?(?:\s+[A-Z]{2,5})?)?",
    re.IGNORECASE,
)
DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./]|\.?\s)(\d{4})")
DAY_MONTH_YEAR = re.compile(
    r"(?:[^\W\d_]+,?\s+)?(?:den\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\s+([a-z]+)\.?,?\s+(\d{4})", re.IGNORECASE
)
MONTH_FIRST = re.compile(
    r"(?:[^\W\d_]+,\s+)?([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE
)
MONTHS_OF_YEAR = 12
DATE_IN_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=[-_ .]|$)")


def parse_date(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Return the date and time in a text, or None.

    A day without a time begins at midnight in Stockholm. If the zone would change the day, the time is read as
    Stockholm time: 23:30 UTC on the 9th stays on the 9th.

    Args:
        zone: that of the days of the old site, if its settings name one.
    """
    text = " ".join(text.split())
    if len(text) > MAX_DATE_LENGTH:
        return None
    try:
        return _parse_iso(text, zone) or _parse_written_date(text) or _parse_email_date(text, zone)
    except (ValueError, OverflowError):
        return None


def is_ambiguous_date(text: str) -> bool:
    """Whether a date may have the month first, as 3/4/2012 has; it is read with the day first."""
    match = DAY_FIRST.fullmatch(" ".join(text.split()))
    if not match or "/" not in match[0]:
        return False
    return int(match[1]) != int(match[2]) and max(int(match[1]), int(match[2])) <= MONTHS_OF_YEAR


def date_in_name(name: str) -> datetime | None:
    """Return the date at the beginning of a file name, as in Jekyll, or None."""
    match = DATE_IN_NAME.match(name)
    try:
        return _midnight(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def _parse_iso(text: str, days_zone: tzinfo | None) -> datetime | None:
    match = ISO.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    clock = time(int(hour or 0), int(minute or 0), min(int(second or 0), 59))
    return _keep_day(
        datetime.combine(_check_date(int(year), int(month), int(day)), clock, _parse_zone(zone)), days_zone
    )


def _parse_written_date(text: str) -> datetime | None:
    if match := DAY_FIRST.fullmatch(text):
        return _midnight(int(match[3]), int(match[2]), int(match[1]))
    if (match := DAY_MONTH_YEAR.fullmatch(text)) and match[2].lower() in MONTHS:
        return _midnight(int(match[3]), MONTHS[match[2].lower()], int(match[1]))
    if (match := MONTH_FIRST.fullmatch(text)) and match[1].lower() in MONTHS:
        return _midnight(int(match[3]), MONTHS[match[1].lower()], int(match[2]))
    return None


def _parse_email_date(text: str, days_zone: tzinfo | None) -> datetime | None:
    """Return a date in the format of RFC 5322: Wed, 19 Mar 2014 12:00:00 -0500."""
    if not re.search(r"\d:\d\d", text):
        return None
    date = parsedate_to_datetime(text)
    _check_date(date.year, date.month, date.day)
    return _keep_day(date, days_zone)


def _parse_zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=int(hours), minutes=int(minutes)))


def _keep_day(value: datetime, days_zone: tzinfo | None) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=HOME_ZONE)
    value = value.astimezone(days_zone) if days_zone else value
    is_same_day = value.astimezone(HOME_ZONE).date() == value.date()
    return value if is_same_day else value.replace(tzinfo=HOME_ZONE)


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime.combine(_check_date(year, month, day), time(), HOME_ZONE)


def _check_date(year: int, month: int, day: int):
    if not 1500 <= year <= 2200:
        raise ValueError(year)
    return datetime(year, month, day).date()
