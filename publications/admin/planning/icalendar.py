"""Calendars as text (iCalendar, RFC 5545, with the properties of RFC 7986 that name one). Reads no database."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MAX_OCTETS = 75
"""The longest content line, without its line break (RFC 5545, section 3.1)."""
EMPTY = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)
"""A calendar has at least one component (section 3.6); one without events has the time zone that times are in."""


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """An event of a day, or at a moment.

    Attributes:
        uid: identifies the event for ever, in all calendars of the world.
        start: a day, or an aware datetime for an event that takes no time.
        changed_at: when what the event says was last changed.
    """

    uid: str
    start: date | datetime
    changed_at: datetime
    summary: str
    description: str
    url: str


def render_calendar(events: Iterable[CalendarEvent], *, name: str) -> str:
    """Return a calendar as text with CRLF line breaks.

    Args:
        name: what programs call it.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//SCEEUS Publications//Planning//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{escape_text(name)}",
        f"X-WR-CALNAME:{escape_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *([line for event in events for line in _event_lines(event)] or EMPTY),
        "END:VCALENDAR",
    ]
    return "".join(f"{fold_line(line)}\r\n" for line in lines)


def _event_lines(event: CalendarEvent) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{format_utc_datetime(event.changed_at)}"
    yield f"LAST-MODIFIED:{format_utc_datetime(event.changed_at)}"
    if isinstance(event.start, datetime):
        yield f"DTSTART:{format_utc_datetime(event.start)}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.start + timedelta(days=1):%Y%m%d}"  # the day after, which is not part of it
    yield f"SUMMARY:{escape_text(event.summary)}"
    yield f"DESCRIPTION:{escape_text(event.description)}"
    yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy because of it
    yield "END:VEVENT"


def format_utc_datetime(at: datetime) -> str:
    """Return a moment in UTC: "20261203T090000Z"."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape_text(text: str) -> str:
    """Return a value of type TEXT (section 3.3.11), without control characters, which no line may have."""
    text = "\n".join(text.splitlines()).replace("\t", " ")
    text = "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) != "Cc")
    for letter, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(letter, escaped)
    return text


def fold_line(line: str) -> str:
    """Return a content line in parts of at most 75 octets, none of which divides a letter (section 3.1)."""
    parts, part, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > MAX_OCTETS:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + octets
    return "\r\n".join([*parts, part])
