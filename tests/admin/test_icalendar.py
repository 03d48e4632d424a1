"""Calendars as text: every line as RFC 5545 has it, whatever the titles and notes are."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.admin.planning.icalendar import (
    MAX_OCTETS,
    CalendarEvent,
    escape_text,
    fold_line,
    render_calendar,
)

CHANGED_AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
NAME = r"[A-Z][A-Z0-9-]*"
LINE = re.compile(rf"(?P<name>{NAME})(?P<params>(?:;{NAME}=[^;:,\"]+)*):(?P<value>.*)")


def make_event(**fields) -> CalendarEvent:
    defaults = {
        "uid": "1@example.org", "start": date(2026, 12, 31), "changed_at": CHANGED_AT, "summary": "Planned: Rye",
        "description": "Quick Comment, English", "url": "https://example.org/desk/",
    }  # fmt: skip
    return CalendarEvent(**defaults | fields)


def parse(text: str) -> list[tuple[str, str, str]]:
    """Return the content lines of a calendar as (name, parameters, value), unfolded; checks what section 3.1 says."""
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= MAX_OCTETS for line in lines)
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", "".join(lines))
    unfolded = re.sub("\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n")
    matches = [LINE.fullmatch(line) for line in unfolded]
    assert all(matches), unfolded
    return [(match["name"], match["params"], match["value"]) for match in matches]


def unescape(value: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), "a separator is not escaped"
    return re.sub(r"\\([\\;,nN])", lambda match: {"n": "\n", "N": "\n"}.get(match[1], match[1]), value)


def value_of(text: str, name: str) -> str:
    return next(value for each, _params, value in parse(text) if each == name)


def test_a_calendar_is_written_as_its_standard_says():
    moment = datetime(2026, 12, 3, 10, tzinfo=timezone(timedelta(hours=1)))
    text = render_calendar([make_event(), make_event(uid="2@example.org", start=moment)], name="Planering")

    lines = [f"{name}{params}:{value}" for name, params, value in parse(text)]
    assert lines == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//SCEEUS Publications//Planning//EN", "CALSCALE:GREGORIAN",
        "NAME:Planering", "X-WR-CALNAME:Planering", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VEVENT", "UID:1@example.org", "DTSTAMP:20261201T083000Z", "LAST-MODIFIED:20261201T083000Z",
        "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", "SUMMARY:Planned: Rye",
        "DESCRIPTION:Quick Comment\\, English", "URL:https://example.org/desk/", "TRANSP:TRANSPARENT", "END:VEVENT",
        "BEGIN:VEVENT", "UID:2@example.org", "DTSTAMP:20261201T083000Z", "LAST-MODIFIED:20261201T083000Z",
        "DTSTART:20261203T090000Z", "SUMMARY:Planned: Rye",
        "DESCRIPTION:Quick Comment\\, English", "URL:https://example.org/desk/", "TRANSP:TRANSPARENT", "END:VEVENT",
        "END:VCALENDAR",
    ]  # fmt: skip


def test_a_calendar_without_events_has_a_component():
    names = [value for name, _params, value in parse(render_calendar([], name="")) if name == "BEGIN"]

    assert names == ["VCALENDAR", "VTIMEZONE", "STANDARD"]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("A; B, C\\D: E", "A\\; B\\, C\\\\D: E"),
        ("One\r\nTwo\nThree", "One\\nTwo\\nThree"),
        ("Tab\there, bell\a", "Tab here\\, bell"),
        ("“Råg” – Київ", "“Råg” – Київ"),
    ],
)
def test_texts_are_escaped(text, escaped):
    assert escape_text(text) == escaped


def test_a_letter_is_not_divided_between_lines():
    folded = fold_line("SUMMARY:" + "å" * 60)

    assert [len(line.encode()) for line in folded.split("\r\n")] == [74, 55]
    assert folded.replace("\r\n ", "") == "SUMMARY:" + "å" * 60


@given(st.text(max_size=300), st.text(alphabet='\r\n\\;,:"å€😀 \u2028\x85\x00ab', max_size=300))
def test_whatever_is_typed_arrives_unchanged(summary, description):
    text = render_calendar([make_event(summary=summary, description=description)], name=summary)

    for typed, name in ((summary, "SUMMARY"), (description, "DESCRIPTION"), (summary, "NAME")):
        arrived = unescape(value_of(text, name))
        assert _printable(typed) == _printable(arrived)


def _printable(text: str) -> str:
    """Return a text without control characters, which calendars may not have, with every line break as one."""
    lines = "\n".join(text.splitlines()).replace("\t", " ")
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", lines).rstrip("\n")
