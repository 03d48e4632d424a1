"""What a request asks for, checked: each parameter known, given once, and what it says it is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, QueryDict

from publications import search
from publications.models import FACETS, TagKind

from . import cursors
from .problems import Problem, wrong_parameter

CONTROLS = r"\u0000-\u001f\u007f-\u009f\ufffd"
TEXT = rf"^[^{CONTROLS}]*[^\s{CONTROLS}][^{CONTROLS}]*$"
"""What every parameter is: text with at least one visible sign, and nothing in it that is no text."""
MAX_QUERY_LENGTH = search.MOST_SIGNS
PER_PAGE, MOST = 20, 100
PAGING = ("limit", "cursor")
OF_AUTHORS = PAGING
OF_TOPICS = ("kind", *PAGING)


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; `after` is what its cursor names."""

    limit: int = PER_PAGE
    after: cursors.Place | int | None = None
    query: search.Query | None = None
    filters: dict[str, str] = field(default_factory=dict)


def publication_parameters() -> tuple[str, ...]:
    return (*FACETS, "q", *PAGING)


def publications_asked(request: HttpRequest, now: datetime) -> Asked:
    """Raises Problem."""
    given = parameters(request, publication_parameters())
    filters = {name: value for name, value in given.items() if name in FACETS}
    for name, value in filters.items():
        facet = FACETS[name]
        if not facet.accepts(value):
            detail = f"“{name}” must be {facet.description}, such as {facet.example}."
            raise wrong_parameter(name, detail)
    query = search.understood(given["q"]) if "q" in given else None
    if len(given.get("q", "")) > MAX_QUERY_LENGTH:
        raise wrong_parameter("q", f"“q” must have at most {MAX_QUERY_LENGTH} characters.")
    return Asked(_limit(given), _after(given, lambda cursor: cursors.place(cursor, now)), query, filters)


def authors_asked(request: HttpRequest) -> Asked:
    """Raises Problem."""
    given = parameters(request, OF_AUTHORS)
    return Asked(_limit(given), _after(given, lambda cursor: cursors.number("authors", cursor)))


def topics_asked(request: HttpRequest) -> Asked:
    """Raises Problem."""
    given = parameters(request, OF_TOPICS)
    if "kind" in given and given["kind"] not in TagKind.values:
        raise wrong_parameter("kind", f"“kind” must be one of {', '.join(TagKind.values)}.")
    after = _after(given, lambda cursor: cursors.number("topics", cursor))
    return Asked(_limit(given), after, filters={"kind": given["kind"]} if "kind" in given else {})


def parameters(request: HttpRequest, known: Iterable[str] = ()) -> dict[str, str]:
    """The parameters of the address. Raises Problem."""
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
    if not cursors.is_written_as_ours(given["cursor"]):
        raise wrong_parameter("cursor", "This is no cursor: begin without one, and follow “next”.")
    found = read(given["cursor"])
    if found is None:
        detail = (
            "This list has no such page, as it gave no such cursor: begin without one, and follow “next”."
        )
        raise Problem(HTTPStatus.NOT_FOUND, detail, parameter="cursor")
    return found


def _limit(given: dict[str, str]) -> int:
    text = given.get("limit", str(PER_PAGE))
    if not (re.fullmatch("[1-9][0-9]{0,2}", text) and int(text) <= MOST):
        raise wrong_parameter("limit", f"“limit” must be a whole number from 1 to {MOST}.")
    return int(text)
