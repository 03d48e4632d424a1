"""How one process knows which epoch it is: by the counter at once, and by the database twice a second."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import connection

from publications.models import Epoch, read_epoch

from .counter import counter

EVERY = 0.5  # seconds between two questions to the database, while readers come
TRUSTED_FOR = 1.0  # seconds after which what is known must be asked again before it is believed
PATIENCE = 1.0  # seconds that a reader waits for the answer
STUCK = 0.25  # seconds after which a question without an answer is one to a database that hangs
logger = logging.getLogger(__name__)


class Watch:
    """What is known of the public site. `epoch` answers at once as long as nothing has changed.

    `read` gives the epoch as the database has it, and may raise; `threaded` asks in a thread of its own, so that
    a database that hangs holds up no reader who can be served from memory.
    """

    def __init__(
        self, read: Callable[[Epoch | None], Epoch] = read_epoch, *, threaded: bool = True, sight=None
    ) -> None:
        self._read, self._threaded = read, threaded
        self._sight = counter() if sight is None else sight
        self._seen = b""
        self.last: Epoch | None = None
        self._trusted_until = 0.0
        self._failing, self._look_begun = False, float("inf")
        self._wanted, self._asked = threading.Event(), threading.Condition()
        self._rounds = 0
        self._traffic = False
        self._thread: threading.Thread | None = None

    def epoch(self) -> Epoch | None:
        """The epoch of now, or none where the database does not say within a second."""
        if self._sight[:8] == self._seen and time.time() < self._trusted_until:
            self._traffic = True
            return self.last
        return self._after_asking()

    @property
    def trusted(self) -> Epoch | None:
        """The last epoch that is known, where no deed is known to have come after it."""
        return self.last if self._sight[:8] == self._seen else None

    def look(self) -> None:
        """Ask the database once; what cannot be had leaves things as they are."""
        seen, now = self._sight[:8], time.time()
        try:
            found = self._read(self.last)
        except Exception as error:  # whatever it is, the thread that asks must live on
            logger.warning("The database does not say what is public: %s", error)
            connection.close()
            self._failing = True
            return
        if self._is_another(found, seen, now):
            self.last = found
        self._seen, self._failing = seen, False
        self._trusted_until = min(self.last.until, now + TRUSTED_FOR)

    def _is_another(self, found: Epoch, seen: bytes, now: float) -> bool:
        last = self.last
        return last is None or seen != self._seen or found.generation != last.generation or now >= last.until

    def _after_asking(self) -> Epoch | None:
        if not self._threaded:
            self.look()
        else:
            self._wait_for_a_look()
        return self.last if time.time() < self._trusted_until and self._sight[:8] == self._seen else None

    def _wait_for_a_look(self) -> None:
        with self._asked:
            if self._thread is None:
                self._thread = threading.Thread(target=self._look_often, name="epoch", daemon=True)
                self._thread.start()
            begun = self._rounds
            self._wanted.set()
            if not self._is_stuck():
                self._asked.wait_for(lambda: self._is_answered(begun), PATIENCE)

    def _is_stuck(self) -> bool:
        """Whether the database does not answer just now: then nobody waits for it who can be served without."""
        return self.last is not None and (self._failing or time.monotonic() - self._look_begun > STUCK)

    def _is_answered(self, begun: int) -> bool:
        """A look under way may have begun before the change, so the one after it is waited for."""
        known = self._sight[:8] == self._seen and time.time() < self._trusted_until
        return known or self._rounds > begun + 1 or self._failing

    def _look_often(self) -> None:
        pause: float | None = None
        while True:
            asked = self._wanted.wait(pause)
            pause = EVERY if asked or self._traffic else None
            self._wanted.clear()
            self._traffic = False
            self._look_begun = time.monotonic()
            self.look()
            self._look_begun = float("inf")
            with self._asked:
                self._rounds += 1
                self._asked.notify_all()
            if self._failing:
                time.sleep(EVERY)
