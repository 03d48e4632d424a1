"""A test client of a page cache around the site, or around an application of the test, without threads."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test.client import RequestFactory

from publications.metadata import COMPRESSIBLE_TYPES, SLOW_FORMATS
from publications.page_cache import PageCache, SiteStateWatcher, WorkerPool
from publications.page_parameters import parameters_of


def environ(path: str, method: str = "GET", **headers: str) -> dict:
    """Return the WSGI environ of a request."""
    extra = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    request = RequestFactory().generic(
        method, quote(path, safe="/?=&%:"), **{"HTTP_HOST": "localhost", **extra}
    )
    as_bytes = request.path_info.encode().decode(
        "latin-1"
    )  # as servers pass it; Django has decoded it already
    return {**request.environ, "PATH_INFO": as_bytes, "wsgi.input": BytesIO()}


class ImmediateExecutor(Executor):
    """An executor that runs what is submitted before it returns."""

    def submit(self, work, /, *args, **kwargs) -> Future:
        future: Future = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cache_status(self) -> str:
        return self.headers.get("Cache-Status", "")

    @property
    def text(self) -> str:
        return self.body.decode()


class CountingApplication:
    """A WSGI application that counts its requests."""

    def __init__(self, application) -> None:
        self.application, self.request_count = application, 0

    def __call__(self, environ, start_response):
        self.request_count += 1
        return self.application(environ, start_response)


@contextmanager
def no_connection_closed() -> Iterator[None]:
    """Keep Django from closing the connection after a request, which would end the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


class CachedClient:
    """A test client of one page cache. `site.request_count` is the number of requests that reached Django."""

    def __init__(
        self,
        application=None,
        *,
        max_bytes: int = 4_000_000,
        watcher: SiteStateWatcher | None = None,
        executors: tuple[Executor, Executor, Executor] = (ImmediateExecutor(),) * 3,
        slots: int = 12,
        download_slots: int = 2,
        static_paths: tuple[str, ...] = (),
    ) -> None:
        self.site = CountingApplication(application or get_wsgi_application())
        self.watcher = watcher or SiteStateWatcher(threaded=False)
        pools = (WorkerPool(self.site, executor, slots=slots) for executor in executors)
        self.cache = PageCache(
            **dict(zip(("page_pool", "slow_pool", "verify_pool"), pools, strict=True)),
            watcher=self.watcher,
            max_bytes=max_bytes,
            parameters=parameters_of,
            compressible=COMPRESSIBLE_TYPES,
            slow_extensions=tuple(f".{format.extension}" for format in SLOW_FORMATS),
            download_slots=download_slots,
            static_paths=static_paths,
        )

    def open_body(self, path: str, *, method: str = "GET", **headers: str):
        """Return the body of the response as a server gets it: to be read and closed."""
        return self._call(environ(path, method, **headers))[1]

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Response:
        with no_connection_closed():
            (status, sent_headers), parts = self._call(environ(path, method, **headers))
            body = b"".join(parts)
            close = getattr(parts, "close", None)
            if close:
                close()
        return Response(int(status[:3]), dict(sent_headers), body)

    def _call(self, environ: dict) -> tuple[list, object]:
        status_and_headers: list = []
        parts = self.cache(
            environ, lambda status, headers, error=None: status_and_headers.extend((status, headers))
        )
        return status_and_headers, parts
