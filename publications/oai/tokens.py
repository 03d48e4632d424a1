"""Resumption tokens: all that the next page is found by, so that none is kept here and none expires.

A token names the last item that was given, not a number of items: whatever changes meanwhile, nothing is given
twice, nothing is left out, and what has changed comes later with its new datestamp.
"""

import base64
import json
from datetime import UTC, datetime

from .items import SET, Place, Wanted

LONGEST = 500


def write(wanted: Wanted, after: Place) -> str:
    values = [wanted.set, _text(wanted.since), _text(wanted.until), _text(after.stamp), after.publication]
    packed = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(token: str) -> Wanted | None:
    """What a token asks for; nothing where it is none of ours."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        packed = base64.b64decode(padded, altchars=b"-_", validate=True)
        chosen, since, until, stamp, publication = json.loads(packed)
        after = Place(_moment(stamp), publication)
        return _checked(Wanted(chosen, _moment(since), _moment(until), after))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _checked(wanted: Wanted) -> Wanted | None:
    is_whole = isinstance(wanted.after.publication, int) and 0 <= wanted.after.publication < 2**63
    is_named = wanted.set == "" or SET.fullmatch(wanted.set)
    return wanted if is_whole and is_named and wanted.after.stamp else None


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _moment(text: str) -> datetime | None:
    """A moment with its zone; nothing for none."""
    moment = datetime.fromisoformat(text) if text else None
    return moment.astimezone(UTC) if moment else None
