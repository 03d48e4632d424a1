"""How one process knows the state of the public site: by change signals at once, by the database twice a second."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

from publications.models import SiteState, read_site_state

from .change_signal import ChangeCounter, Message, Subscription

REFRESH_SECONDS = 0.5  # seconds between two questions to the database, while readers come
TRUSTED_SECONDS = 1.0  # seconds after which an observation is asked for again before it is believed
WAIT_SECONDS = 1.0  # seconds that a reader waits for the answer
STUCK_SECONDS = 0.25  # seconds after which a question without an answer is one to a database that hangs
NEVER = float("inf")
logger = logging.getLogger(__name__)


class Signals(NamedTuple):
    """What had been signalled at one moment, by processes of this machine and by others."""

    counted: bytes = b""
    counted_back: bytes = b""
    received: int = 0
    received_back: int = 0


class Observation(NamedTuple):
    """What the database said last, and what had been signalled before it was asked.

    It is believed between `observed_at` and `trusted_until`; a clock that stands before the former was set back. At
    `certain_at`, on the monotonic clock, nothing that other servers do was missed, nor later while `subscription` is
    the number of the one that goes on.
    """

    state: SiteState | None = None
    signals: Signals = Signals()
    observed_at: float = 0.0
    trusted_until: float = 0.0
    certain_at: float = 0.0
    subscription: int = 0

    def is_trusted(self, now: float) -> bool:
        return self.observed_at <= now < self.trusted_until


class SiteStateWatcher:
    """The state of the public site as this process knows it. `state` answers at once as long as nothing has changed.

    Args:
        read: returns the state as the database has it, given the one before, and may raise.
        threaded: whether the database is asked in a thread of its own, so that one that hangs holds up no reader who
            can be served from memory.
        stale_seconds: how long old pages may be shown while the database does not answer and nothing is heard of
            other servers; None where no other server can change the site.
    """

    def __init__(
        self,
        read: Callable[[SiteState | None], SiteState] = read_site_state,
        *,
        threaded: bool = True,
        trusted_seconds: float = TRUSTED_SECONDS,
        stale_seconds: float | None = None,
    ) -> None:
        self._read, self._threaded = read, threaded
        self._trusted_seconds, self._stale_seconds = trusted_seconds, stale_seconds
        self._counter, self.subscription = ChangeCounter(), Subscription(self.receive)
        self._observed, self._received, self._received_back = Observation(), 0, 0
        self._failing, self._refresh_begun = False, NEVER
        self._wanted, self._asked = threading.Event(), threading.Condition()
        self._rounds, self._traffic = 0, False
        self._thread: threading.Thread | None = None

    def state(self) -> SiteState | None:
        """Return the state of now, or None where the database does not say within a second."""
        observed = self._observed
        if self._is_as_signalled(observed) and observed.is_trusted(time.time()):
            self._traffic = True
            return observed.state
        return self._after_asking()

    def receive(self, message: Message) -> None:
        """Another machine says that something public has changed: the database is asked before anything is believed.

        Where it is this machine that says so, the counter that it names has told it already.
        """
        if message.counter and message.counter == self._counter.name:
            return
        self._received += 1
        self._received_back += message.took_back
        self._wanted.set()

    def state_of_stale_pages(self) -> SiteState | None:
        """Return the last known state, if old pages may be shown because the database does not answer.

        They may where nothing is known to have been taken back since, and where not too long ago that could be known.
        """
        observed = self._observed
        signals = observed.signals
        if (signals.counted_back, signals.received_back) != (self._counter.taken_back(), self._received_back):
            return None
        return observed.state if self._stale_for(observed) else None

    def refresh(self) -> None:
        """Ask the database once; what cannot be had leaves things as they are."""
        self._counter.renew()
        signals, subscription = self._signals(), self.subscription.number
        now, monotonic, observed = time.time(), time.monotonic(), self._observed
        try:
            current = self._read(observed.state)
        except Exception as error:  # whatever it is, the thread that asks must live on
            logger.warning("The database does not say what is public: %s", error)
            self._failing = True
            _close_connection()
            return
        last = observed.state
        is_same = (
            signals == observed.signals and last is not None and last.site_version == current.site_version
        )
        state = last if is_same and last.holds_at(now) else current
        trusted_until = min(state.until, now + self._trusted_seconds)
        self._observed = Observation(state, signals, now, trusted_until, monotonic, subscription)
        self._failing = False

    def _signals(self) -> Signals:
        counter = self._counter
        return Signals(counter.changes(), counter.taken_back(), self._received, self._received_back)

    def _stale_for(self, observed: Observation) -> bool:
        if self._stale_seconds is None:
            return True
        subscription, certain_at = self.subscription, observed.certain_at
        if observed.subscription and subscription.number == observed.subscription:
            certain_at = max(certain_at, subscription.received_at)
        return time.monotonic() - certain_at < self._stale_seconds

    def _after_asking(self) -> SiteState | None:
        if self._threaded:
            self._wait_for_refresh()
        else:
            self.refresh()
        return self._observed.state if self._is_answered() else None

    def _is_answered(self) -> bool:
        observed = self._observed
        return self._is_as_signalled(observed) and observed.is_trusted(time.time())

    def _is_as_signalled(self, observed: Observation) -> bool:
        """Whether neither this machine nor another has signalled a change since."""
        signals = observed.signals
        return self._counter.changes() == signals.counted and self._received == signals.received

    def _wait_for_refresh(self) -> None:
        """A look under way may have begun before the change, so the one after it is waited for."""
        with self._asked:
            if self._thread is None:
                self.subscription.start()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._refresh_often, name="site-state", daemon=True)
                self._thread.start()
            begun = self._rounds
            self._wanted.set()
            if not self._is_stuck():
                self._asked.wait_for(
                    lambda: self._is_answered() or self._rounds > begun + 1 or self._failing, WAIT_SECONDS
                )

    def _is_stuck(self) -> bool:
        """Whether the database does not answer just now: then nobody waits for it who can be served without."""
        waits = self._failing or time.monotonic() - self._refresh_begun > STUCK_SECONDS
        return waits and self._observed.state is not None

    def _refresh_often(self) -> None:
        pause: float | None = None
        while True:
            asked = self._wanted.wait(pause)
            pause = REFRESH_SECONDS if asked or self._traffic else None
            self._wanted.clear()
            self._traffic = False
            self._refresh_begun = time.monotonic()
            self.refresh()
            self._refresh_begun = NEVER
            with self._asked:
                self._rounds += 1
                self._asked.notify_all()
            if self._failing:
                time.sleep(REFRESH_SECONDS)


def _close_connection() -> None:
    """Close the connection of this thread, which may be one to a server that is gone."""
    try:
        connection.close()
    except Exception as error:
        logger.warning("A connection could not be closed: %s", error)
