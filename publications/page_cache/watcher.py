"""How one process knows the state of the public site: by change signals at once, by the database twice a second."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

from publications.models import Epoch, read_epoch

from .change_signal import ChangeCounter, Message, Subscription

LOOK_SECONDS = 0.5  # between two questions to the database, while readers come
TRUSTED_SECONDS = 1.0  # after which what is known must be asked again before it is believed
WAIT_SECONDS = 1.0  # that a reader waits for the answer
STUCK_SECONDS = 0.25  # after which a question without an answer is one to a database that hangs
NEVER = float("inf")
logger = logging.getLogger(__name__)


class Signals(NamedTuple):
    """What had been signalled at one moment, by processes of this machine and by others."""

    counted: bytes = b""
    counted_back: bytes = b""
    heard: int = 0
    heard_back: int = 0


class Known(NamedTuple):
    """What the last look found, and what had been signalled before it.

    It is believed between `looked_at` and `trusted_until`; a clock that stands before the former was set back. At
    `certain_at`, on the monotonic clock, nothing that other servers do was missed, nor later while `subscription` is
    the number of the one that goes on.
    """

    state: Epoch | None = None
    signals: Signals = Signals()
    looked_at: float = 0.0
    trusted_until: float = 0.0
    certain_at: float = 0.0
    subscription: int = 0

    def is_trusted(self, now: float) -> bool:
        return self.looked_at <= now < self.trusted_until


class SiteStateWatcher:
    """What is known of the public site. `state` answers at once as long as nothing has changed.

    Args:
        read: returns the state as the database has it, given the one before, and may raise.
        threaded: whether the database is asked in a thread of its own, so that one that hangs holds up no reader who
            can be served from memory.
        stale_seconds: how long old pages may be shown while the database does not answer and nothing is heard of
            other servers; None where no other server can change the site.
    """

    def __init__(
        self,
        read: Callable[[Epoch | None], Epoch] = read_epoch,
        *,
        threaded: bool = True,
        trusted_seconds: float = TRUSTED_SECONDS,
        stale_seconds: float | None = None,
    ) -> None:
        self._read, self._threaded = read, threaded
        self._trusted_seconds, self._stale_seconds = trusted_seconds, stale_seconds
        self._counter, self.subscription = ChangeCounter(), Subscription(self.hear)
        self._known, self._heard, self._heard_back = Known(), 0, 0
        self._failing, self._look_begun = False, NEVER
        self._wanted, self._asked = threading.Event(), threading.Condition()
        self._rounds, self._traffic = 0, False
        self._thread: threading.Thread | None = None

    def state(self) -> Epoch | None:
        """Return the state of now, or None where the database does not say within a second."""
        known = self._known
        if self._is_as_signalled(known) and known.is_trusted(time.time()):
            self._traffic = True
            return known.state
        return self._after_asking()

    def hear(self, message: Message) -> None:
        """Another machine says that something public has changed: the database is asked before anything is believed.

        Where it is this machine that says so, the counter that it names has told it already.
        """
        if message.counter and message.counter == self._counter.name:
            return
        self._heard += 1
        self._heard_back += message.took_back
        self._wanted.set()

    def state_of_stale_pages(self) -> Epoch | None:
        """Return the last state that is known, if old pages may be shown because the database does not answer: nothing
        is known to have been taken back since, and not too long ago it could be known.
        """
        known = self._known
        signals = known.signals
        if (signals.counted_back, signals.heard_back) != (self._counter.taken_back(), self._heard_back):
            return None
        return known.state if self._stale_for(known) else None

    def look(self) -> None:
        """Ask the database once; what cannot be had leaves things as they are."""
        self._counter.renew()
        signals, subscription = self._signals(), self.subscription.number
        now, monotonic, known = time.time(), time.monotonic(), self._known
        try:
            found = self._read(known.state)
        except Exception as error:  # whatever it is, the thread that asks must live on
            logger.warning("The database does not say what is public: %s", error)
            self._failing = True
            _close_connection()
            return
        last = known.state
        is_same = signals == known.signals and last is not None and last.generation == found.generation
        state = last if is_same and last.holds_at(now) else found
        trusted_until = min(state.until, now + self._trusted_seconds)
        self._known = Known(state, signals, now, trusted_until, monotonic, subscription)
        self._failing = False

    def _signals(self) -> Signals:
        counter = self._counter
        return Signals(counter.changes(), counter.taken_back(), self._heard, self._heard_back)

    def _stale_for(self, known: Known) -> bool:
        if self._stale_seconds is None:
            return True
        subscription, certain_at = self.subscription, known.certain_at
        if known.subscription and subscription.number == known.subscription:
            certain_at = max(certain_at, subscription.heard_at)
        return time.monotonic() - certain_at < self._stale_seconds

    def _after_asking(self) -> Epoch | None:
        if self._threaded:
            self._wait_for_a_look()
        else:
            self.look()
        return self._known.state if self._is_answered() else None

    def _is_answered(self) -> bool:
        known = self._known
        return self._is_as_signalled(known) and known.is_trusted(time.time())

    def _is_as_signalled(self, known: Known) -> bool:
        """Whether neither this machine nor another has signalled a change since."""
        signals = known.signals
        return self._counter.changes() == signals.counted and self._heard == signals.heard

    def _wait_for_a_look(self) -> None:
        """A look under way may have begun before the change, so the one after it is waited for."""
        with self._asked:
            if self._thread is None:
                self.subscription.start()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look_often, name="site-state", daemon=True)
                self._thread.start()
            begun = self._rounds
            self._wanted.set()
            if not self._is_stuck():
                self._asked.wait_for(
                    lambda: self._is_answered() or self._rounds > begun + 1 or self._failing, WAIT_SECONDS
                )

    def _is_stuck(self) -> bool:
        """Whether the database does not answer just now: then nobody waits for it who can be served without."""
        waits = self._failing or time.monotonic() - self._look_begun > STUCK_SECONDS
        return waits and self._known.state is not None

    def _look_often(self) -> None:
        pause: float | None = None
        while True:
            asked = self._wanted.wait(pause)
            pause = LOOK_SECONDS if asked or self._traffic else None
            self._wanted.clear()
            self._traffic = False
            self._look_begun = time.monotonic()
            self.look()
            self._look_begun = NEVER
            with self._asked:
                self._rounds += 1
                self._asked.notify_all()
            if self._failing:
                time.sleep(LOOK_SECONDS)


def _close_connection() -> None:
    """Close the connection of this thread, which may be one to a server that is gone."""
    try:
        connection.close()
    except Exception as error:
        logger.warning("A connection could not be closed: %s", error)
