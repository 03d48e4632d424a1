"""Cursors: the place in a list from which the next page goes on, so that none is kept here and none expires.

A cursor names the last item that was given, not a number of items. That of the publications also names the moment at
which the first page was asked for: the pages together are the list of that moment, so that whatever is published
or moved meanwhile, nothing is given twice or left out. It is signed: whoever could write one, with a moment of
their choice, could ask what was public then and is so no more.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer

MAX_LENGTH = 300
PATTERN = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
"""How every cursor is written; whether it was given here, its signature says."""


@dataclass(frozen=True)
class Place:
    """The last publication that was given, by its date and number, in the list as it was at a moment."""

    as_of: datetime
    published_at: datetime
    publication: int


def of_place(place: Place) -> str:
    return _packed(["p", _text(place.as_of), _text(place.published_at), place.publication])


def of_number(list_name: str, number: int) -> str:
    """The cursor of a list that is in the order of its rows' numbers."""
    return _packed([list_name, number])


def is_written_as_ours(cursor: str) -> bool:
    return len(cursor) <= MAX_LENGTH and bool(re.fullmatch(PATTERN, cursor)) and not cursor.endswith("\n")


def place(cursor: str, now: datetime) -> Place | None:
    """The place that a cursor names; nothing where it is none of ours. No list of a moment to come is given."""
    match _unpacked(cursor):
        case ["p", str(as_of), str(published_at), int(number)] if _is_number(number):
            moments = _moment(as_of), _moment(published_at)
            return Place(*moments, number) if all(moments) and moments[0] <= now else None
    return None


def number(list_name: str, cursor: str) -> int | None:
    """The number that a cursor of this list names, likewise."""
    match _unpacked(cursor):
        case [str(name), int(number)] if name == list_name and _is_number(number):
            return number
    return None


def _packed(values: list) -> str:
    packed = json.dumps(values, separators=(",", ":")).encode()
    return _signer().sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def _unpacked(cursor: str) -> object:
    if not is_written_as_ours(cursor):
        return None
    try:
        packed = _signer().unsign(cursor)
        return json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (BadSignature, ValueError, RecursionError):
        return None


def _signer() -> Signer:
    return Signer(sep=".", salt="publications.api.cursors")


def _is_number(value: int) -> bool:
    return not isinstance(value, bool) and 0 <= value < 2**63


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
