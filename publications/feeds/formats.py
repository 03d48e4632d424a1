"""The formats that a feed is written in, by the ending of its address."""

from collections.abc import Callable
from dataclasses import dataclass

from . import atom, json_feed, rss
from .feed import Feed


@dataclass(frozen=True)
class Format:
    media_type: str
    write: Callable[[Feed], bytes]


FORMATS = {
    "atom": Format(atom.MEDIA_TYPE, atom.written),
    "rss": Format(rss.MEDIA_TYPE, rss.written),
    "json": Format(json_feed.MEDIA_TYPE, json_feed.written),
}
