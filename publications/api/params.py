"""Parameters of requests, validated, and cursors, which name where a page starts.

A cursor contains the position of the last item, so none is stored and none expires. That of publications also contains
the time of the first request: all pages are of the list at that time, so that nothing is repeated or left out, whatever
is published between two requests. Cursors are signed, because one with a time of the client's choice would return what
was public then and is not any more.
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

from .responses import Problem, invalid_parameter

CONTROL_CHARACTERS = r"\u0000-\u001f\u007f-\u009f\ufffd"
TEXT_PATTERN = rf"^[^{CONTROL_CHARACTERS}]*[^\s{CONTROL_CHARACTERS}][^{CONTROL_CHARACTERS}]*$"
"""The pattern of every parameter: text with a visible character and no control characters."""
MAX_QUERY_LENGTH = search.MAX_QUERY_CHARACTERS
DEFAULT_LIMIT, MAX_LIMIT = 20, 100
PAGING_PARAMETERS = ("limit", "cursor")
TOPIC_PARAMETERS = ("kind", *PAGING_PARAMETERS)
MAX_CURSOR_LENGTH = 300
CURSOR_PATTERN = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
"""The syntax of cursors; whether one is ours, its signature proves."""


@dataclass(frozen=True)
class Cursor:
    """The last publication of a page, by its date and primary key, in the list as of a given time."""

    as_of: datetime
    published_at: datetime
    publication: int


@dataclass(frozen=True)
class ApiParams:
    """The validated parameters of a list; `after` is the position in its cursor."""

    limit: int = DEFAULT_LIMIT
    after: Cursor | int | None = None
    query: search.ParsedQuery | None = None
    filters: dict[str, str] = field(default_factory=dict)


def publication_parameters() -> tuple[str, ...]:
    return (*FACETS, "q", *PAGING_PARAMETERS)


def publication_params(request: HttpRequest, now: datetime) -> ApiParams:
    """Validate the parameters of the list of publications. Raises Problem."""
    params = check_parameters(request, publication_parameters())
    filters = {name: value for name, value in params.items() if name in FACETS}
    for name, value in filters.items():
        facet = FACETS[name]
        if not facet.accepts(value):
            detail = f"“{name}” must be {facet.description}, such as {facet.example}."
            raise invalid_parameter(name, detail)
    query = search.parse_query(params["q"]) if "q" in params else None
    if len(params.get("q", "")) > MAX_QUERY_LENGTH:
        raise invalid_parameter("q", f"“q” must have at most {MAX_QUERY_LENGTH} characters.")
    return ApiParams(
        _parse_limit(params), _parse_cursor(params, lambda cursor: read_cursor(cursor, now)), query, filters
    )


def author_params(request: HttpRequest) -> ApiParams:
    """Validate the parameters of the list of authors. Raises Problem."""
    params = check_parameters(request, PAGING_PARAMETERS)
    return ApiParams(
        _parse_limit(params), _parse_cursor(params, lambda cursor: read_pk_cursor("authors", cursor))
    )


def topic_params(request: HttpRequest) -> ApiParams:
    """Validate the parameters of the list of topics. Raises Problem."""
    params = check_parameters(request, TOPIC_PARAMETERS)
    if "kind" in params and params["kind"] not in TagKind.values:
        raise invalid_parameter("kind", f"“kind” must be one of {', '.join(TagKind.values)}.")
    after = _parse_cursor(params, lambda cursor: read_pk_cursor("topics", cursor))
    return ApiParams(
        _parse_limit(params), after, filters={"kind": params["kind"]} if "kind" in params else {}
    )


def check_parameters(request: HttpRequest, allowed: Iterable[str] = ()) -> dict[str, str]:
    """Return the parameters of a request if all are in `allowed`, given once and not empty. Raises Problem."""
    query: QueryDict = request.GET
    accepted = f"it takes {', '.join(allowed)}" if allowed else "it takes none"
    for name, values in query.lists():
        if name not in allowed:
            raise invalid_parameter(name[:100], f"This address has no parameter “{name[:100]}”: {accepted}.")
        if len(values) > 1:
            raise invalid_parameter(name, f"“{name}” is given more than once.")
        if not values[0].strip():
            raise invalid_parameter(name, f"“{name}” is empty: leave it out.")
        if re.search(f"[{CONTROL_CHARACTERS}]", values[0]):
            raise invalid_parameter(name, f"“{name}” holds a character that is no text.")
    return query.dict()


def _parse_cursor[T](params: dict[str, str], read: Callable[[str], T | None]) -> T | None:
    if "cursor" not in params:
        return None
    if not _looks_like_cursor(params["cursor"]):
        raise invalid_parameter("cursor", "This is no cursor: begin without one, and follow “next”.")
    position = read(params["cursor"])
    if position is None:
        detail = (
            "This list has no such page, as it gave no such cursor: begin without one, and follow “next”."
        )
        raise Problem(HTTPStatus.NOT_FOUND, detail, parameter="cursor")
    return position


def _parse_limit(params: dict[str, str]) -> int:
    text = params.get("limit", str(DEFAULT_LIMIT))
    if not (re.fullmatch("[1-9][0-9]{0,2}", text) and int(text) <= MAX_LIMIT):
        raise invalid_parameter("limit", f"“limit” must be a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def write_cursor(cursor: Cursor) -> str:
    return _encode(
        ["p", _format_datetime(cursor.as_of), _format_datetime(cursor.published_at), cursor.publication]
    )


def write_pk_cursor(list_name: str, pk: int) -> str:
    """Return the cursor of a list ordered by primary key."""
    return _encode([list_name, pk])


def _looks_like_cursor(cursor: str) -> bool:
    return (
        len(cursor) <= MAX_CURSOR_LENGTH
        and bool(re.fullmatch(CURSOR_PATTERN, cursor))
        and not cursor.endswith("\n")
    )


def read_cursor(cursor: str, now: datetime) -> Cursor | None:
    """Return the position in a cursor, or None if it is not valid or of a time in the future."""
    match _decode(cursor):
        case ["p", str(as_of), str(published_at), int(number)] if _is_pk(number):
            times = _parse_datetime(as_of), _parse_datetime(published_at)
            return Cursor(*times, number) if all(times) and times[0] <= now else None
    return None


def read_pk_cursor(list_name: str, cursor: str) -> int | None:
    """Return the primary key in a cursor of this list, or None if it is not valid."""
    match _decode(cursor):
        case [str(name), int(number)] if name == list_name and _is_pk(number):
            return number
    return None


def _encode(values: list) -> str:
    encoded = json.dumps(values, separators=(",", ":")).encode()
    return _signer().sign(base64.urlsafe_b64encode(encoded).decode().rstrip("="))


def _decode(cursor: str) -> object:
    if not _looks_like_cursor(cursor):
        return None
    try:
        encoded = _signer().unsign(cursor)
        return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (BadSignature, ValueError, RecursionError):
        return None


def _signer() -> Signer:
    return Signer(sep=".", salt="publications.api.cursors")


def _is_pk(value: int) -> bool:
    return not isinstance(value, bool) and 0 <= value < 2**63


def _format_datetime(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _parse_datetime(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
