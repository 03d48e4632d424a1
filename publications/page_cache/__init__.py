"""A WSGI application around Django that keeps each whole public response in memory until its page may have changed.

Every action announces its change: to processes on the same machine by a counter in shared memory, to other machines by
pub/sub over CACHE_URL, if set. Each process also reads the site state from the database twice a second. While the
database does not answer, stored responses are still served.
"""

from .application import PageCache
from .change_signal import announce_change, check_pubsub
from .keys import TIME_GATE, Environ
from .pools import PAGE_SLOTS, SERVER_THREADS, SLOW_SLOTS, VERIFY_SLOTS, VERIFY_THREADS, WorkerPool
from .request_bodies import RequestBodies
from .watcher import SiteStateWatcher

__all__ = [
    "PAGE_SLOTS",
    "SERVER_THREADS",
    "SLOW_SLOTS",
    "TIME_GATE",
    "VERIFY_SLOTS",
    "VERIFY_THREADS",
    "Environ",
    "PageCache",
    "RequestBodies",
    "SiteStateWatcher",
    "WorkerPool",
    "announce_change",
    "check_pubsub",
]
