"""Whole responses for readers, kept in memory for as long as nothing public changes. It stands around Django.

Every action announces itself: to the processes of its machine by a counter in their memory, to other machines by
pub/sub over CACHE_URL, where there is one; a process on another machine asks the database twice a second. Where the
database does not answer, what is stored goes on being served.
"""

from .application import PageCache
from .change_signal import announce_change, try_pubsub
from .keys import NO_PAGES, Environ
from .pools import PAGE_SLOTS, SERVER_THREADS, SLOW_SLOTS, WorkerPool
from .request_bodies import RequestBodies
from .store import COMPRESS, MIN_COMPRESSED_BYTES, coding_for
from .watcher import SiteStateWatcher

__all__ = [
    "COMPRESS",
    "MIN_COMPRESSED_BYTES",
    "NO_PAGES",
    "PAGE_SLOTS",
    "SERVER_THREADS",
    "SLOW_SLOTS",
    "Environ",
    "PageCache",
    "RequestBodies",
    "SiteStateWatcher",
    "WorkerPool",
    "announce_change",
    "coding_for",
    "try_pubsub",
]
