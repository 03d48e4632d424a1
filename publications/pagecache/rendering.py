"""Asking Django for an answer: in the threads of a lane, and once however many ask for the same."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from publications.models import Epoch, within

from .keys import Environ
from .lanes import Lane
from .stored import Headers

Application = Callable[[Environ, Callable], Iterable[bytes]]
PATIENCE = 30  # seconds that a reader waits for a page
LONGEST_REST = 0.5  # seconds
LARGEST = 2 * 1024 * 1024  # bytes of an answer that may be stored


@dataclass(frozen=True)
class Answer:
    """What Django answered: the whole body, or one that is still to be read and can be read once."""

    status: str
    headers: Headers
    body: bytes | None
    stream: Iterable[bytes] = ()

    @property
    def code(self) -> int:
        return int(self.status[:3])

    @property
    def parts(self) -> Iterable[bytes]:
        return self.stream if self.body is None else [self.body]


class Renderer:
    """Django behind threads of its own, each lane behind others of its kind alone. Readers who are served from memory
    wait for nobody.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._under_way: dict[object, Future] = {}
        self._lock = threading.Lock()

    def render(self, environ: Environ, lane: Lane, patience: float | None = None) -> Answer:
        """The answer to one request, whoever else asks. Raises TimeoutError where it takes longer than `patience`."""
        future: Future = Future()
        _begin(lane, future, lambda: self._answer(environ, None))
        return future.result(patience)

    def render_once(
        self,
        key: object,
        environ: Environ,
        epoch: Epoch,
        keep: Callable[[Answer], object],
        lane: Lane,
    ) -> tuple[object, bool]:
        """What `keep` makes of the answer, and whether this asker was the first; all who ask for the key in this
        epoch meanwhile get the same. Raises TimeoutError where it takes too long.
        """
        shared = (key, epoch)
        with self._lock:
            future = self._under_way.get(shared)
            is_first = future is None
            if is_first:
                future = self._under_way[shared] = Future()
        if is_first:
            _begin(lane, future, lambda: keep(self._answer(environ, epoch)), lambda: self._end(shared))
        return future.result(PATIENCE), is_first

    def _end(self, shared: object) -> None:
        """Whoever asks from here on begins anew."""
        with self._lock:
            del self._under_way[shared]

    def _answer(self, environ: Environ, epoch: Epoch | None) -> Answer:
        told: list = []

        def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
            told[:] = [status, list(headers)]

        if epoch is None:
            stream = self._application(environ, start_response)
        else:
            with within(epoch):
                stream = self._application(environ, start_response)
        if getattr(stream, "streaming", True):
            return Answer(*told, None, stream)
        try:
            return Answer(*told, b"".join(stream))
        finally:
            stream.close()


def _begin(
    lane: Lane, future: Future, make: Callable[[], object], end: Callable[[], None] = lambda: None
) -> None:
    try:
        lane.pool.submit(_settle, lane, future, make, end)
    except RuntimeError as error:  # the pool is being shut down
        end()
        future.set_exception(error)


def _settle(lane: Lane, future: Future, make: Callable[[], object], end: Callable[[], None]) -> None:
    """Make it and tell all who wait; then, where the lane does, rest."""
    begun = time.thread_time()
    try:
        made, error = make(), None
    except BaseException as raised:  # whoever waits gets it
        made, error = None, raised
    end()
    if error:
        future.set_exception(error)
    else:
        future.set_result(made)
    if lane.rests:
        time.sleep(min(time.thread_time() - begun, LONGEST_REST))
