"""Asking Django for an answer: in a few threads of its own, and once however many ask for the same."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from publications.models import Epoch, within

from .keys import Environ
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
    """Django behind a small pool of threads, and a smaller one for pages that nobody has asked for before.

    Each of them holds one connection to the database; readers who wait hold none, and those who are served from
    memory wait for nobody. Whoever makes up addresses waits behind others who do, and before no page that is known.
    """

    def __init__(self, application: Application, pool: Executor, strangers: Executor | None = None) -> None:
        self._application, self._pool, self._strangers = application, pool, strangers or pool
        self._under_way: dict[object, Future] = {}
        self._lock = threading.Lock()

    def render(self, environ: Environ, patience: float | None = None) -> Answer:
        """The answer to one request, whoever else asks. Raises TimeoutError where it takes longer than `patience`."""
        return self._pool.submit(self._answer, environ, None).result(patience)

    def render_once(
        self,
        key: object,
        environ: Environ,
        epoch: Epoch,
        keep: Callable[[Answer], object],
        *,
        is_known: bool = True,
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
            pool, work = (
                (self._pool, self._answer_and_keep) if is_known else (self._strangers, self._and_rest)
            )
            self._submit(pool, work, shared, environ, epoch, keep)
        return future.result(PATIENCE), is_first

    def _submit(self, pool: Executor, work: Callable, shared: object, *rest: object) -> None:
        try:
            pool.submit(work, shared, *rest)
        except RuntimeError as error:  # the pool is being shut down
            self._settle(shared, None, error)

    def _and_rest(self, *what: object) -> None:
        """A page that nobody has asked for before, then as long a rest: a flood takes half a core at most."""
        begun = time.thread_time()
        self._answer_and_keep(*what)
        time.sleep(min(time.thread_time() - begun, LONGEST_REST))

    def _answer_and_keep(self, shared: object, environ: Environ, epoch: Epoch, keep: Callable) -> None:
        try:
            kept, error = keep(self._answer(environ, epoch)), None
        except BaseException as raised:  # whoever waits gets it
            kept, error = None, raised
        self._settle(shared, kept, error)

    def _settle(self, shared: object, kept: object, error: BaseException | None) -> None:
        with self._lock:
            future = self._under_way.pop(shared)
        if error:
            future.set_exception(error)
        else:
            future.set_result(kept)

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
