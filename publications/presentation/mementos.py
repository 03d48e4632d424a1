"""The editions of a publication as mementos (RFC 7089): what its address showed at a moment in the past.

The address of a publication is the original resource, its readable editions are the mementos. A memento is dated to
the second in which it became public. An edition that was withdrawn or undone is none: its moments are answered by the
edition before it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from django.utils.http import http_date

from publications.locales import absolute_url, localized_path
from publications.models import Edition
from publications.web_links import LINK_FORMAT_TYPE, WebLink

from .links import edition_url

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{{2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
"""A date of RFC 1123, which RFC 7089 (section 2.1.1) requires; other forms of HTTP dates are not allowed."""


def sort_mementos(editions: Iterable[Edition]) -> list[Edition]:
    """Return readable editions in the order in which they became public."""
    return sorted(editions, key=lambda edition: (edition.visible_from, edition.number))


def find_memento(mementos: Sequence[Edition], at: datetime) -> Edition:
    """Return the last of sorted mementos that was public by a moment, or the first one for a moment before it."""
    public = [memento for memento in mementos if _to_the_second(memento) <= at]
    return public[-1] if public else mementos[0]


def parse_accept_datetime(header: str) -> datetime:
    """Return the moment of an `Accept-Datetime` header. Raises ValueError for anything but a date of RFC 1123."""
    match = DATE.fullmatch(header)
    if not match:
        raise ValueError(header)
    day, month, year, hour, minute, second = match.groups()
    return datetime(
        int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
    )


def memento_datetime(memento: Edition) -> str:
    """Return the value of `Memento-Datetime`: when the edition became public."""
    return http_date(memento.visible_from.timestamp())


def time_gate_url(edition: Edition) -> str:
    """Return the path of the TimeGate of a publication."""
    return localized_path(edition.locale, "publications:time_gate", slug=edition.slug)


def time_map_url(edition: Edition) -> str:
    """Return the path of the TimeMap of a publication."""
    return localized_path(edition.locale, "publications:time_map", slug=edition.slug)


def history_links(live: Edition) -> list[WebLink]:
    """Return the links from the page of a publication to its TimeGate and TimeMap."""
    return [_link(live, "timegate", time_gate_url(live)), _time_map_link(live, "timemap")]


def memento_links(live: Edition, mementos: Sequence[Edition], memento: Edition) -> list[WebLink]:
    """Return the links of a memento, the required ones first.

    Args:
        live: the live edition of the publication, which has its current address.
        mementos: the sorted mementos.
    """
    return [
        _link(live, "original", live.get_absolute_url()),
        *history_links(live),
        *_neighbour_links(live, mementos, memento),
    ]


def time_gate_links(live: Edition, mementos: Sequence[Edition], memento: Edition) -> list[WebLink]:
    """Return the links of the TimeGate when it redirects to a memento."""
    return [link for link in memento_links(live, mementos, memento) if link.relation != "timegate"]


def time_map_links(live: Edition, mementos: Sequence[Edition]) -> list[WebLink]:
    """Return the links of the TimeMap: to the publication, the TimeMap itself, the TimeGate and every memento."""
    span = (("from", memento_datetime(mementos[0])), ("until", memento_datetime(mementos[-1])))
    return [
        _link(live, "original", live.get_absolute_url()),
        _time_map_link(live, "self", *span),
        _link(live, "timegate", time_gate_url(live)),
        *(_memento_link(live, mementos, index) for index in range(len(mementos))),
    ]


def _neighbour_links(live: Edition, mementos: Sequence[Edition], memento: Edition) -> Iterator[WebLink]:
    """Yield links to the memento itself and to the first, last, previous and next one, each edition once."""
    index = next((index for index, each in enumerate(mementos) if each.number == memento.number), None)
    if index is None:  # withdrawn since it was read
        return
    neighbours = {index - 1: "prev", index: "", index + 1: "next"}
    for position in sorted({0, len(mementos) - 1, *neighbours} & set(range(len(mementos)))):
        yield _memento_link(live, mementos, position, neighbours.get(position, ""))


def _memento_link(live: Edition, mementos: Sequence[Edition], index: int, relation: str = "") -> WebLink:
    """Return the link to a memento; `relation` is added to those of the first and last one: "first prev memento"."""
    ends = ("first" if index == 0 else "", "last" if index == len(mementos) - 1 else "")
    relations = " ".join(name for name in (*ends, relation, "memento") if name)
    memento = mementos[index]
    return _link(live, relations, edition_url(live, memento.number), ("datetime", memento_datetime(memento)))


def _time_map_link(live: Edition, relation: str, *attributes: tuple[str, str]) -> WebLink:
    return _link(live, relation, time_map_url(live), *attributes, media_type=LINK_FORMAT_TYPE)


def _link(
    live: Edition, relation: str, path: str, *attributes: tuple[str, str], media_type: str = ""
) -> WebLink:
    page = absolute_url(live.get_absolute_url())
    return WebLink(page, relation, absolute_url(path), media_type, attributes)


def _to_the_second(memento: Edition) -> datetime:
    """Return when a memento became public as `Memento-Datetime` has it, so that asking for it leads to it."""
    return memento.visible_from.replace(microsecond=0)
