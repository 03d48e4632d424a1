"""Parameters of requests, checked: each known, given once, and what it says it is; and cursors, from which pages go on.

A cursor names the last item that was given, not a number of items, so nothing is stored here and none expires. That of
publications also names the moment at which the first page was asked for: the pages together are the list of that
moment, so that whatever is published or moved meanwhile, nothing is given twice or left out. It is signed: whoever
could write one, with a moment of their choice, could ask what was public then and is no longer.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict

from publications import search
from publications.models import FACETS, TagKind

from .responses import Problem, wrong_parameter

CONTROLS = r"\u0000-\u001f\u007f-\u009f\ufffd"
TEXT = rf"^[^{CONTROLS}]*[^\s{CONTROLS}][^{CONTROLS}]*$"
"""What every parameter is: text with at least one visible sign, and nothing in it that is no text."""
MAX_QUERY_LENGTH = search.MAX_QUERY_CHARACTERS
DEFAULT_LIMIT, MAX_LIMIT = 20, 100
PAGING = ("limit", "cursor")
TOPIC_PARAMETERS = ("kind", *PAGING)
MAX_CURSOR_LENGTH = 300
CURSOR_PATTERN = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
"""How every cursor is written; whether it was given here, its signature says."""


@dataclass(frozen=True)
class Cursor:
    """The last publication that was given, by its date and number, in the list as it was at a moment."""

    as_of: datetime
    published_at: datetime
    publication: int


@dataclass(frozen=True)
class ApiParams:
    """The parameters of a list; `after` is what its cursor names."""

    limit: int = DEFAULT_LIMIT
    after: Cursor | int | None = None
    query: search.ParsedQuery | None = None
    filters: dict[str, str] = field(default_factory=dict)


def publication_parameters() -> tuple[str, ...]:
    return (*FACETS, "q", *PAGING)


def publication_params(request: HttpRequest, now: datetime) -> ApiParams:
    """Raises Problem."""
    given = check_parameters(request, publication_parameters())
    filters = {name: value for name, value in given.items() if name in FACETS}
    for name, value in filters.items():
        facet = FACETS[name]
        if not facet.accepts(value):
            detail = f"“{name}” must be {facet.description}, such as {facet.example}."
            raise wrong_parameter(name, detail)
    query = search.parse_query(given["q"]) if "q" in given else None
    if len(given.get("q", "")) > MAX_QUERY_LENGTH:
        raise wrong_parameter("q", f"“q” must have at most {MAX_QUERY_LENGTH} characters.")
    return ApiParams(_limit(given), _after(given, lambda cursor: read_cursor(cursor, now)), query, filters)


def author_params(request: HttpRequest) -> ApiParams:
    """Raises Problem."""
    given = check_parameters(request, PAGING)
    return ApiParams(_limit(given), _after(given, lambda cursor: read_number_cursor("authors", cursor)))


def topic_params(request: HttpRequest) -> ApiParams:
    """Raises Problem."""
    given = check_parameters(request, TOPIC_PARAMETERS)
    if "kind" in given and given["kind"] not in TagKind.values:
        raise wrong_parameter("kind", f"“kind” must be one of {', '.join(TagKind.values)}.")
    after = _after(given, lambda cursor: read_number_cursor("topics", cursor))
    return ApiParams(_limit(given), after, filters={"kind": given["kind"]} if "kind" in given else {})


def check_parameters(request: HttpRequest, known: Iterable[str] = ()) -> dict[str, str]:
    """Return the parameters of a request, which may be those in `known`. Raises Problem."""
    query: QueryDict = request.GET
    takes = f"it takes {', '.join(known)}" if known else "it takes none"
    for name, values in query.lists():
        if name not in known:
            raise wrong_parameter(name[:100], f"This address has no parameter “{name[:100]}”: {takes}.")
        if len(values) > 1:
            raise wrong_parameter(name, f"“{name}” is given more than once.")
        if not values[0].strip():
            raise wrong_parameter(name, f"“{name}” is empty: leave it out.")
        if re.search(f"[{CONTROLS}]", values[0]):
            raise wrong_parameter(name, f"“{name}” holds a character that is no text.")
    return query.dict()


def _after[T](given: dict[str, str], read: Callable[[str], T | None]) -> T | None:
    if "cursor" not in given:
        return None
    if not _looks_like_cursor(given["cursor"]):
        raise wrong_parameter("cursor", "This is no cursor: begin without one, and follow “next”.")
    found = read(given["cursor"])
    if found is None:
        detail = (
            "This list has no such page, as it gave no such cursor: begin without one, and follow “next”."
        )
        raise Problem(HTTPStatus.NOT_FOUND, detail, parameter="cursor")
    return found


def _limit(given: dict[str, str]) -> int:
    text = given.get("limit", str(DEFAULT_LIMIT))
    if not (re.fullmatch("[1-9][0-9]{0,2}", text) and int(text) <= MAX_LIMIT):
        raise wrong_parameter("limit", f"“limit” must be a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def write_cursor(cursor: Cursor) -> str:
    return _pack(["p", _text(cursor.as_of), _text(cursor.published_at), cursor.publication])


def write_number_cursor(list_name: str, number: int) -> str:
    """The cursor of a list that is in the order of its rows' numbers."""
    return _pack([list_name, number])


def _looks_like_cursor(cursor: str) -> bool:
    return (
        len(cursor) <= MAX_CURSOR_LENGTH
        and bool(re.fullmatch(CURSOR_PATTERN, cursor))
        and not cursor.endswith("\n")
    )


def read_cursor(cursor: str, now: datetime) -> Cursor | None:
    """Return the place that a cursor names, or None if it is none of ours or of a moment to come."""
    match _unpack(cursor):
        case ["p", str(as_of), str(published_at), int(number)] if _is_number(number):
            moments = _parse_datetime(as_of), _parse_datetime(published_at)
            return Cursor(*moments, number) if all(moments) and moments[0] <= now else None
    return None


def read_number_cursor(list_name: str, cursor: str) -> int | None:
    """Return the number that a cursor of this list names, or None if it is none of ours."""
    match _unpack(cursor):
        case [str(name), int(number)] if name == list_name and _is_number(number):
            return number
    return None


def _pack(values: list) -> str:
    packed = json.dumps(values, separators=(",", ":")).encode()
    return _signer().sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def _unpack(cursor: str) -> object:
    if not _looks_like_cursor(cursor):
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


def _parse_datetime(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
