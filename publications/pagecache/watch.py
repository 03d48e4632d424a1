"""How one process knows which epoch it is: by the counter or the bell at once, and by the database twice a second."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

from publications.models import Epoch, read_epoch

from . import bell
from .counter import Counter

EVERY = 0.5  # seconds between two questions to the database, while readers come
TRUSTED_FOR = 1.0  # seconds after which what is known must be asked again before it is believed
PATIENCE = 1.0  # seconds that a reader waits for the answer
STUCK = 0.25  # seconds after which a question without an answer is one to a database that hangs
NEVER = float("inf")
logger = logging.getLogger(__name__)


class Known(NamedTuple):
    """What the last look found: the epoch, where the counter stood before it, how often the bell had rung, and between
    which times of the clock it is believed. A clock that stands before `looked_at` was set back.
    """

    epoch: Epoch | None = None
    counted: bytes = b""
    rung: int = 0
    looked_at: float = 0.0
    trusted_until: float = 0.0

    def is_trusted(self, now: float) -> bool:
        return self.looked_at <= now < self.trusted_until


class Watch:
    """What is known of the public site. `epoch` answers at once as long as nothing has changed.

    `read` gives the epoch as the database has it, and may raise; `threaded` asks in a thread of its own, so that
    a database that hangs holds up no reader who can be served from memory.
    """

    def __init__(
        self,
        read: Callable[[Epoch | None], Epoch] = read_epoch,
        *,
        threaded: bool = True,
        trusted_for: float = TRUSTED_FOR,
    ) -> None:
        self._read, self._threaded, self._trusted_for = read, threaded, trusted_for
        self._counter = Counter()
        self._known, self._rung = Known(), 0
        self._failing, self._look_begun = False, NEVER
        self._wanted, self._asked = threading.Event(), threading.Condition()
        self._rounds, self._traffic = 0, False
        self._thread: threading.Thread | None = None

    def epoch(self) -> Epoch | None:
        """The epoch of now, or none where the database does not say within a second."""
        known = self._known
        if self._is_as_told(known) and known.is_trusted(time.time()):
            self._traffic = True
            return known.epoch
        return self._after_asking()

    def hear(self, counter: bytes) -> None:
        """Another machine says that something public has changed: the database is asked before anything is believed.

        Where it is this machine that says so, the counter that it names has told it already.
        """
        if counter and counter == self._counter.name:
            return
        self._rung += 1
        self._wanted.set()

    @property
    def trusted(self) -> Epoch | None:
        """The last epoch that is known, where no deed is known to have come after it."""
        known = self._known
        return known.epoch if self._is_as_told(known) else None

    def look(self) -> None:
        """Ask the database once; what cannot be had leaves things as they are."""
        self._counter.renew()
        counted, rung, now, known = self._counter.value(), self._rung, time.time(), self._known
        try:
            found = self._read(known.epoch)
        except Exception as error:  # whatever it is, the thread that asks must live on
            logger.warning("The database does not say what is public: %s", error)
            self._failing = True
            _let_go()
            return
        last = known.epoch
        told_of = (counted, rung) != (known.counted, known.rung)
        same = last and not told_of and found.generation == last.generation and last.holds_at(now)
        epoch = last if same else found
        self._known = Known(epoch, counted, rung, now, min(epoch.until, now + self._trusted_for))
        self._failing = False

    def _after_asking(self) -> Epoch | None:
        if self._threaded:
            self._wait_for_a_look()
        else:
            self.look()
        return self._known.epoch if self._is_answered() else None

    def _is_answered(self) -> bool:
        known = self._known
        return self._is_as_told(known) and known.is_trusted(time.time())

    def _is_as_told(self, known: Known) -> bool:
        """Whether neither this machine nor another has told of a deed since."""
        return self._counter.value() == known.counted and self._rung == known.rung

    def _wait_for_a_look(self) -> None:
        """A look under way may have begun before the change, so the one after it is waited for."""
        with self._asked:
            if self._thread is None:
                bell.listen(self.hear)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look_often, name="epoch", daemon=True)
                self._thread.start()
            begun = self._rounds
            self._wanted.set()
            if not self._is_stuck():
                self._asked.wait_for(
                    lambda: self._is_answered() or self._rounds > begun + 1 or self._failing, PATIENCE
                )

    def _is_stuck(self) -> bool:
        """Whether the database does not answer just now: then nobody waits for it who can be served without."""
        waits = self._failing or time.monotonic() - self._look_begun > STUCK
        return waits and self._known.epoch is not None

    def _look_often(self) -> None:
        pause: float | None = None
        while True:
            asked = self._wanted.wait(pause)
            pause = EVERY if asked or self._traffic else None
            self._wanted.clear()
            self._traffic = False
            self._look_begun = time.monotonic()
            self.look()
            self._look_begun = NEVER
            with self._asked:
                self._rounds += 1
                self._asked.notify_all()
            if self._failing:
                time.sleep(EVERY)


def _let_go() -> None:
    """Close the connection of this thread, which may be one to a server that is gone."""
    try:
        connection.close()
    except Exception as error:
        logger.warning("A connection could not be closed: %s", error)
