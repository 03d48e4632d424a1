"""What a request asks for, checked: each parameter known, given once, and what it says it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, QueryDict

from publications import search
from publications.models import NARROWINGS, TagKind

from . import cursors
from .filters import FILTERS
from .problems import wrong_parameter

PER_PAGE, MOST = 20, 100
PAGING = ("limit", "cursor")
OF_PUBLICATIONS = (*FILTERS, "q", *PAGING)
OF_AUTHORS = PAGING
OF_TOPICS = ("kind", *PAGING)


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; `after` is what its cursor names."""

    limit: int = PER_PAGE
    after: cursors.Place | int | None = None
    query: search.Query | None = None
    filters: dict[str, str] = field(default_factory=dict)


def publications_asked(request: HttpRequest, now: datetime) -> Asked:
    """Raises Problem."""
    given = parameters(request, OF_PUBLICATIONS)
    filters = {name: value for name, value in given.items() if name in FILTERS}
    for name, value in filters.items():
        if not NARROWINGS[name].accepts(value):
            what, example = FILTERS[name]
            raise wrong_parameter(name, f"“{name}” must be {what}, such as {example}.")
    query = search.understood(given["q"]) if "q" in given else None
    if query is not None and not query:
        raise wrong_parameter("q", "“q” has no word to look for.")
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
    return {name: value.strip() for name, value in query.items()}


def _after[T](given: dict[str, str], read: Callable[[str], T | None]) -> T | None:
    if "cursor" not in given:
        return None
    found = read(given["cursor"])
    if found is None:
        raise wrong_parameter(
            "cursor", "This cursor was not given by this list: begin without one, and follow “next”."
        )
    return found


def _limit(given: dict[str, str]) -> int:
    text = given.get("limit", str(PER_PAGE))
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise wrong_parameter("limit", f"“limit” must be a whole number from 1 to {MOST}.")
    return int(text)
