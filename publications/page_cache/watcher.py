"""The site state as a process knows it: updated by change signals at once, by the database twice a second."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

from publications.models import SiteState, read_site_state

from .change_signal import ChangeCounter, Message, SignalSubscription

REFRESH_SECONDS = 0.5  # between two reads of the database, while there are requests
TRUSTED_SECONDS = 1.0  # after which an observation must be renewed before it is used
WAIT_TIMEOUT = 1.0  # seconds that a request waits for the database
STUCK_SECONDS = 0.25  # after which a read without result counts as stuck
NEVER = float("inf")
logger = logging.getLogger(__name__)


class Signals(NamedTuple):
    """The signals received up to a time: the counters of this machine, and how many messages others have sent."""

    changes: bytes = b""
    removals: bytes = b""
    messages: int = 0
    removal_messages: int = 0


class Observation(NamedTuple):
    """The last site state read from the database, with the signals received before.

    Attributes:
        observed_at, trusted_until: the state is used between these times; a clock before the first was set back.
        complete_at: time on the monotonic clock up to which no change of another server was missed, nor later while
            the subscription still has this `connection_number`.
    """

    state: SiteState | None = None
    signals: Signals = Signals()
    observed_at: float = 0.0
    trusted_until: float = 0.0
    complete_at: float = 0.0
    connection_number: int = 0

    def is_trusted(self, now: float) -> bool:
        return self.observed_at <= now < self.trusted_until


class SiteStateWatcher:
    """Keeps the site state of this process up to date. `state` returns at once while nothing has changed.

    Args:
        read: returns the state from the database, given the previous one, or raises any exception.
        threaded: whether a thread of its own reads the database, so that a database that hangs delays no request that
            can be answered from memory.
        stale_seconds: how long stale pages may be shown while neither the database nor other servers answer; None if
            no other server can change the site.
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
        self._counter, self.subscription = ChangeCounter(), SignalSubscription(self.receive)
        self._observation = Observation()
        self._message_count, self._removal_message_count = 0, 0
        self._is_failing, self._refresh_started_at = False, NEVER
        self._refresh_requested, self._refreshed = threading.Event(), threading.Condition()
        self._refresh_count, self._has_requests = 0, False
        self._thread: threading.Thread | None = None

    def state(self) -> SiteState | None:
        """Return the current state, or None if the database does not answer within a second."""
        observation = self._observation
        if self._is_current(observation):
            self._has_requests = True
            return observation.state
        if self._threaded:
            self._wait_for_refresh()
        else:
            self.refresh()
        observation = self._observation
        return observation.state if self._is_current(observation) else None

    def receive(self, message: Message) -> None:
        """Handle a message of a change: the state is read from the database before it is used again.

        A message of this machine is ignored, as its counter has signalled the change already.
        """
        if message.counter_name and message.counter_name == self._counter.name:
            return
        self._message_count += 1
        self._removal_message_count += message.is_removal
        self._refresh_requested.set()

    def state_for_stale_pages(self) -> SiteState | None:
        """Return the last known state if stale pages may be shown, or None.

        They may if no removal has been signalled since, and signals could be received not too long ago.
        """
        observation = self._observation
        signals = observation.signals
        if (signals.removals, signals.removal_messages) != (
            self._counter.removals(),
            self._removal_message_count,
        ):
            return None
        return observation.state if self._may_serve_stale(observation) else None

    def refresh(self) -> None:
        """Read the state from the database once; an error leaves the last observation in place."""
        self._counter.remap()
        signals, connection_number = self._signals(), self.subscription.connection_number
        now, monotonic, observation = time.time(), time.monotonic(), self._observation
        try:
            current = self._read(observation.state)
        except Exception as error:  # of whatever kind: the thread must go on
            logger.warning("The site state could not be read from the database: %s", error)
            self._is_failing = True
            _close_connection()
            return
        last = observation.state
        is_same = signals == observation.signals and last is not None and last.has_same_actions(current)
        state = last if is_same and last.is_valid_at(now) else current
        trusted_until = min(state.valid_until, now + self._trusted_seconds)
        self._observation = Observation(state, signals, now, trusted_until, monotonic, connection_number)
        self._is_failing = False

    def _signals(self) -> Signals:
        counter = self._counter
        return Signals(
            counter.changes(), counter.removals(), self._message_count, self._removal_message_count
        )

    def _may_serve_stale(self, observation: Observation) -> bool:
        if self._stale_seconds is None:
            return True
        subscription, complete_at = self.subscription, observation.complete_at
        if observation.connection_number and subscription.connection_number == observation.connection_number:
            complete_at = max(complete_at, subscription.received_at)
        return time.monotonic() - complete_at < self._stale_seconds

    def _is_current(self, observation: Observation) -> bool:
        """Return whether the observation is trusted, and no machine has signalled a change since."""
        signals = observation.signals
        return (
            self._counter.changes() == signals.changes
            and self._message_count == signals.messages
            and observation.is_trusted(time.time())
        )

    def _wait_for_refresh(self) -> None:
        """Wait for the refresh after the current one, which may have started before the change."""
        with self._refreshed:
            if self._thread is None:
                self.subscription.start()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._refresh_repeatedly, name="site-state", daemon=True
                )
                self._thread.start()
            refresh_count = self._refresh_count
            self._refresh_requested.set()
            if not self._is_stuck():
                self._refreshed.wait_for(
                    lambda: (
                        self._is_current(self._observation)
                        or self._refresh_count > refresh_count + 1
                        or self._is_failing
                    ),
                    WAIT_TIMEOUT,
                )

    def _is_stuck(self) -> bool:
        """Return whether the database does not answer: then no request that has a stored page waits for it."""
        is_unanswered = self._is_failing or time.monotonic() - self._refresh_started_at > STUCK_SECONDS
        return is_unanswered and self._observation.state is not None

    def _refresh_repeatedly(self) -> None:
        pause: float | None = None
        while True:
            is_requested = self._refresh_requested.wait(pause)
            pause = REFRESH_SECONDS if is_requested or self._has_requests else None
            self._refresh_requested.clear()
            self._has_requests = False
            self._refresh_started_at = time.monotonic()
            self.refresh()
            self._refresh_started_at = NEVER
            with self._refreshed:
                self._refresh_count += 1
                self._refreshed.notify_all()
            if self._is_failing:
                time.sleep(REFRESH_SECONDS)


def _close_connection() -> None:
    """Close the connection of this thread, whose server may be gone."""
    try:
        connection.close()
    except Exception as error:
        logger.warning("A connection could not be closed: %s", error)
