"""The queue of renderings: few at once on a machine and in a process, and equal requests wait for one."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings

MACHINE_SLOTS = 2  # concurrent renderings of all processes on this machine
MAX_RENDERINGS = 3  # of one process, including waiting ones
MAX_WAIT_SECONDS = 5.0
MAX_CAPACITY_WAIT_SECONDS = 1.0
POLL_SECONDS = 0.02  # between attempts to take a slot


class RenderingBusy(Exception):
    """Too many renderings run at once; a retry in a few seconds may succeed."""


class RenderingFailed(Exception):
    """The rendition cannot be made; the reason is in the log."""


@dataclass
class RenderingTask:
    """A rendering in progress, and its error."""

    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class RenderingQueue:
    """Renders each file once per process; concurrent requests for it wait for the result.

    The number of waiting threads and their time are limited, so that one slow text leaves most threads of the server
    to other readers.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tasks: dict[str, RenderingTask] = {}
        self.active_count = 0
        self.capacity = threading.Condition()

    def run(self, name: str, work: Callable[[], None]) -> None:
        """Do the work, or wait until another thread has done it.

        Raises:
            RenderingBusy: too many renderings run, or the wait was too long.
            Exception: whatever the work raised.
        """
        with self._acquire_capacity():
            task, is_new = self._get_or_create_task(name)
            if not is_new:
                return self._wait_for(task)
            try:
                with machine_slot():
                    work()
            except Exception as error:
                task.error = error
                raise
            finally:
                with self.lock:
                    del self.tasks[name]
                task.done.set()

    @contextmanager
    def _acquire_capacity(self) -> Iterator[None]:
        with self.capacity:
            if not self.capacity.wait_for(
                lambda: self.active_count < MAX_RENDERINGS, MAX_CAPACITY_WAIT_SECONDS
            ):
                raise RenderingBusy
            self.active_count += 1
        try:
            yield
        finally:
            with self.capacity:
                self.active_count -= 1
                self.capacity.notify()

    def _get_or_create_task(self, name: str) -> tuple[RenderingTask, bool]:
        with self.lock:
            if name in self.tasks:
                return self.tasks[name], False
            self.tasks[name] = RenderingTask()
            return self.tasks[name], True

    def _wait_for(self, task: RenderingTask) -> None:
        if not task.done.wait(MAX_WAIT_SECONDS):
            raise RenderingBusy
        if task.error:
            raise task.error


@contextmanager
def machine_slot(max_wait: float = MAX_WAIT_SECONDS) -> Iterator[None]:
    """Hold one of the slots of this machine; the lock is released when the process ends. Raises RenderingBusy."""
    folder = Path(settings.RENDITIONS)
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + max_wait
    while time.monotonic() < deadline:
        for number in range(MACHINE_SLOTS):
            with (folder / f".slot-{number}").open("w") as file:
                if _try_lock(file):
                    yield
                    return
        time.sleep(POLL_SECONDS)
    raise RenderingBusy


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


rendering_queue = RenderingQueue()
