"""The workshop: what takes long to make is made by two at most on this machine, and each thing once.

Whoever asks for what is being made waits for it. Nobody waits long, and few at a time: a server answers with a
handful of threads, and one slow text must leave most of them to other readers.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

BENCHES = 2  # at work at once, in all processes of this machine
ROOM = 3  # in the workshop of one process, those who wait included
PATIENCE = 5.0  # seconds that anybody waits
AT_THE_DOOR = 1.0  # of them for room
GLANCE = 0.02  # seconds between looks at the benches


class Busy(Exception):
    """There is no room now; asking again in a few seconds will help."""


@dataclass
class Task:
    """What is being made, and how that ended."""

    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class Workshop:
    """The makers of one process. Raises Busy where there is no room, and what the making raised."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tasks: dict[str, Task] = {}
        self.inside = 0
        self.door = threading.Condition()

    def make(self, name: str, work: Callable[[], None]) -> None:
        """Do the work, or wait for whoever is at it already."""
        with self._room():
            task, is_mine = self._task(name)
            if not is_mine:
                return self._wait_for(task)
            try:
                with bench():
                    work()
            except Exception as error:
                task.error = error
                raise
            finally:
                with self.lock:
                    del self.tasks[name]
                task.done.set()

    @contextmanager
    def _room(self) -> Iterator[None]:
        with self.door:
            if not self.door.wait_for(lambda: self.inside < ROOM, AT_THE_DOOR):
                raise Busy
            self.inside += 1
        try:
            yield
        finally:
            with self.door:
                self.inside -= 1
                self.door.notify()

    def _task(self, name: str) -> tuple[Task, bool]:
        with self.lock:
            if name in self.tasks:
                return self.tasks[name], False
            self.tasks[name] = Task()
            return self.tasks[name], True

    def _wait_for(self, task: Task) -> None:
        if not task.done.wait(PATIENCE):
            raise Busy
        if task.error:
            raise task.error


@contextmanager
def bench(patience: float = PATIENCE) -> Iterator[None]:
    """One of the places to work at on this machine; it is free again when its holder is done, or dead. Raises Busy."""
    folder = Path(settings.RENDITIONS)
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        for number in range(BENCHES):
            with (folder / f".bench-{number}").open("w") as file:
                if _taken(file):
                    yield
                    return
        time.sleep(GLANCE)
    raise Busy


def _taken(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


workshop = Workshop()
