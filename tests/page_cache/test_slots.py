"""Slots: however many requests wait, stored pages find a thread, and no page waits for slow responses."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from publications.models import SiteState, StateId
from publications.page_cache import SERVER_THREADS, SiteStateWatcher, keys, pools
from tests.page_caches import CachedClient, Response

PAGE = "/en/about/"
LATER = time.time() + 3600
STYLES = "/static/css/public.0123456789ab.css"
SLOTS = 6  # of each pool
LARGE = b"x" * (pools.MAX_CACHED_BODY + 1)


class ResponseBody(list):
    streaming = False

    def close(self) -> None:
        pass


class StreamedBody(list):
    streaming = True

    def close(self) -> None:
        pass


class SlowApplication:
    """An application that answers URLs with `slow` once `open` is set, and sends a large body for those with `large`.

    `started` is released for each slow request.
    """

    def __init__(self) -> None:
        self.open, self.started = threading.Event(), threading.Semaphore(0)

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if "slow" in path:
            self.started.release()
            self.open.wait(30)
        headers = [("Content-Type", "text/plain")]
        if "small-stream" in path:
            start_response("200 OK", [*headers, ("Content-Length", "7")])
            return StreamedBody([b"A p", b"age."])
        start_response("200 OK", headers)
        if "stream" in path:
            return StreamedBody([b"A p", b"age."])
        return ResponseBody([LARGE if "large" in path else b"A page."])


@contextmanager
def blocked_requests(*paths: str, started: int | None = None, **options) -> Iterator[CachedClient]:
    """Yield a client of a cache with threads while these requests wait for their responses; `started` of them in Django."""
    application, state = (
        SlowApplication(),
        SiteState(StateId(1, 1, read_at=0.0, next_end=LATER), 1, 1, next_start=LATER, next_midnight=LATER),
    )
    with ExitStack() as stack:
        executors = tuple(stack.enter_context(ThreadPoolExecutor(8)) for _pool in range(3))
        clients = stack.enter_context(ThreadPoolExecutor(8))
        watcher = SiteStateWatcher(lambda _before: state, threaded=False)
        client = CachedClient(
            application, watcher=watcher, executors=executors, slots=SLOTS, static_paths=(STYLES,)
        )
        client.get(PAGE)
        futures = [clients.submit(client.get, path, **options) for path in paths]
        assert all(
            application.started.acquire(timeout=30) for _ in range(len(paths) if started is None else started)
        )
        try:
            yield client
        finally:
            application.open.set()
        assert [future.result(30).status for future in futures] == [200] * len(paths)


def is_busy(response: Response) -> bool:
    """Whether it is 503 and closes the connection, so that pipelined requests take no slot."""
    headers = response.headers.get("Retry-After"), response.headers.get("Connection")
    return response.status == 503 and headers == ("30", "close")


def test_all_slots_together_are_fewer_than_the_threads_of_the_server():
    slots = (
        pools.PAGE_SLOTS,
        pools.SLOW_SLOTS,
        pools.VERIFY_SLOTS,
        pools.VERIFY_BODY_SLOTS,
        pools.UPLOAD_SLOTS,
        pools.DESK_FORM_SLOTS,
        pools.FORM_SLOTS,
        pools.DOWNLOAD_SLOTS,
    )

    assert sum(slots) <= SERVER_THREADS - 8


def test_without_a_page_slot_stored_pages_and_slow_responses_are_sent():
    with blocked_requests(
        *(f"/en/slow-{number}/" for number in range(3)), *(f"/desk/slow-{number}" for number in range(3))
    ) as client:
        for path in ("/en/nothing/", "/desk/", "/static/made-up.css", "/sv/"):
            assert is_busy(client.get(path))

        assert client.get(PAGE).cache_status == "pages; hit"
        for path in (STYLES, "/en/nothing.pdf", "/oai", "/media/a/960.jpg", "/en/publications/a/files/x.pdf"):
            assert client.get(path).status == 200


def test_many_requests_for_one_page_leave_a_slot_to_another():
    with blocked_requests(*["/en/slow-news/"] * (SLOTS - 1), started=1) as client:
        assert client.get("/en/nothing/").status == 200


def test_each_request_that_waits_for_a_page_takes_a_slot():
    with blocked_requests(*["/en/slow-news/"] * SLOTS, started=1) as client:
        wait_for_all_slots(client)
        assert is_busy(client.get("/en/nothing/"))
        assert client.get(PAGE).cache_status == "pages; hit"


def wait_for_all_slots(client: CachedClient) -> None:
    """Wait until the requests that share a rendering hold their slots, which only another request can show."""
    deadline = time.monotonic() + 30
    while client.get("/en/nothing-else/").status == 200 and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_sent_page_releases_its_slot():
    with blocked_requests() as client:
        for path in ("/en/nothing-{}/", "/desk/{}", "/en/{}.pdf", "/media/a/{}.jpg", "/en/large-{}.pdf"):
            statuses = [client.get(path.format(number)).status for number in range(2 * SLOTS)]
            assert statuses == [200] * (2 * SLOTS)


def test_no_page_waits_for_slow_responses():
    slow = (
        "/en/publications/slow.pdf",
        "/oai/slow",
        "/api/v1/slow",
        "/media/slow/960.jpg",
        "/en/a/files/slow.csv",
        "/en/slow/card.png",
    )
    with blocked_requests(*slow) as client:
        for path in ("/en/publications/other.pdf", "/oai", "/api/v1/nothing", "/media/a/960.jpg"):
            assert is_busy(client.get(path))

        for path in (PAGE, "/en/nothing/", "/static/x.css", "/desk/", "/desk/files/x.pdf"):
            assert client.get(path).status == 200


def test_nothing_waits_for_verifications(monkeypatch):
    monkeypatch.setattr(keys, "VERIFY_PATHS", {"/en/slow-verify/"})
    with blocked_requests(*["/en/slow-verify/"] * SLOTS, method="POST") as client:
        assert is_busy(client.get("/en/slow-verify/", method="POST"))

        for path in (
            PAGE,
            "/en/nothing/",
            "/desk/",
            "/oai",
            "/api/v1/nothing",
            "/media/a/960.jpg",
            "/en/a.pdf",
        ):
            assert client.get(path).status == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [("/en/nothing/", "POST"), ("/en/" + "a" * 2_000, "GET"), ("/en/nothing/?q=%00", "GET")],
)  # fmt: skip
def test_a_request_without_a_key_takes_a_slot(path, method):
    with blocked_requests(*(f"/en/slow-{number}/" for number in range(SLOTS))) as client:
        assert is_busy(client.get(path, method=method))


def test_a_request_without_a_slot_gets_the_stale_page():
    with blocked_requests(*(f"/en/slow-{number}/" for number in range(SLOTS))) as client:
        stored = client.cache.page_store.get((PAGE, ""))
        # of another site state, since which nothing was removed
        stored.state_id = replace(stored.state_id)
        response = client.get(PAGE)

        assert (response.status, response.cache_status) == (200, "pages; hit; detail=stale")


def test_a_range_request_of_a_page_gets_the_whole_page():
    with blocked_requests() as client:
        response = client.get(PAGE, range="bytes=0-1")

        assert (response.status, response.body, response.cache_status) == (200, b"A page.", "pages; hit")


@pytest.mark.parametrize("path", ["/en/large.pdf", "/en/stream.pdf"])
def test_large_bodies_take_download_slots_until_they_are_closed(path):
    with blocked_requests() as client:
        bodies = [client.open_body(path) for _ in range(2)]  # as many as there are slots

        assert is_busy(client.get(path))
        for other in ("/en/small-stream.pdf", "/en/other.pdf", PAGE, "/media/a/960.jpg"):
            assert client.get(other).status == 200

        assert [b"".join(body) for body in bodies] == [LARGE if "large" in path else b"A page."] * 2
        for body in bodies:
            body.close()
        assert client.get(path).status == 200


def test_head_of_a_large_file_takes_no_slot():
    with blocked_requests() as client:
        bodies = [client.open_body("/en/stream.pdf", method="HEAD") for _ in range(9)]

        assert [list(body) for body in bodies] == [[]] * 9
