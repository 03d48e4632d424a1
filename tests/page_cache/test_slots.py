"""However many requests wait, those who ask for what is stored find a thread, and no page waits for what is slow."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from publications.models import SiteState
from publications.page_cache import SERVER_THREADS, SiteStateWatcher, pools
from tests.page_caches import Readers, Response

PAGE = "/en/about/"
LATER = time.time() + 3600
STYLES = "/static/css/public.0123456789ab.css"
SLOTS = 6  # of each pool
LARGE = b"x" * (pools.MAX_CACHED_BODY + 1)


class Whole(list):
    streaming = False

    def close(self) -> None:
        pass


class Stream(list):
    streaming = True

    def close(self) -> None:
        pass


class Slow:
    """A site on which addresses with `slow` are answered once `open` is set, and `large` ones at length. `started` counts
    the former.
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
            return Stream([b"A p", b"age."])
        start_response("200 OK", headers)
        if "stream" in path:
            return Stream([b"A p", b"age."])
        return Whole([LARGE if "large" in path else b"A page."])


@contextmanager
def waiting(*paths: str, started: int | None = None, **how) -> Iterator[Readers]:
    """Readers through a cache with threads, while these requests wait for their answers, so many of them in Django."""
    site, state = Slow(), SiteState(1, 1, 1, next_start=LATER, next_end=LATER, next_midnight=LATER)
    with ExitStack() as stack:
        executors = tuple(stack.enter_context(ThreadPoolExecutor(8)) for _pool in range(2))
        people = stack.enter_context(ThreadPoolExecutor(8))
        watcher = SiteStateWatcher(lambda _before: state, threaded=False)
        readers = Readers(site, watcher=watcher, executors=executors, slots=SLOTS, static_paths=(STYLES,))
        readers.get(PAGE)
        held = [people.submit(readers.get, path, **how) for path in paths]
        assert all(
            site.started.acquire(timeout=30) for _ in range(len(paths) if started is None else started)
        )
        try:
            yield readers
        finally:
            site.open.set()
        assert [future.result(30).status for future in held] == [200] * len(paths)


def is_refused_for_now(answer: Response) -> bool:
    """Over a connection of its own, so that what was sent ahead over this one asks for no slot."""
    rows = answer.headers.get("Retry-After"), answer.headers.get("Connection")
    return answer.status == 503 and rows == ("30", "close")


def test_all_slots_together_leave_threads_of_the_server_to_stored_pages():
    slots = (
        pools.PAGE_SLOTS,
        pools.SLOW_SLOTS,
        pools.UPLOAD_SLOTS,
        pools.DESK_FORM_SLOTS,
        pools.FORM_SLOTS,
        pools.DOWNLOAD_SLOTS,
    )

    assert sum(slots) <= SERVER_THREADS - 8


def test_where_all_slots_of_pages_are_taken_stored_pages_and_what_is_slow_go_on():
    with waiting(
        *(f"/en/slow-{number}/" for number in range(3)), *(f"/desk/slow-{number}" for number in range(3))
    ) as readers:
        for path in ("/en/nothing/", "/desk/", "/static/made-up.css", "/sv/"):
            assert is_refused_for_now(readers.get(path))

        assert readers.get(PAGE).mark == "pages; hit"
        for path in (STYLES, "/en/nothing.pdf", "/oai", "/media/a/960.jpg", "/en/publications/a/files/x.pdf"):
            assert readers.get(path).status == 200


def test_many_wait_for_one_new_page_and_leave_slots_to_other_pages():
    with waiting(*["/en/slow-news/"] * (SLOTS - 1), started=1) as readers:
        assert readers.get("/en/nothing/").status == 200


def test_no_more_wait_for_one_new_page_than_there_are_slots():
    with waiting(*["/en/slow-news/"] * SLOTS, started=1) as readers:
        wait_for_all_slots(readers)
        assert is_refused_for_now(readers.get("/en/nothing/"))
        assert readers.get(PAGE).mark == "pages; hit"


def wait_for_all_slots(readers: Readers) -> None:
    """Wait until those who join a rendering that is under way hold their slots, of which nothing else tells."""
    ends = time.monotonic() + 30
    while readers.get("/en/nothing-else/").status == 200 and time.monotonic() < ends:
        time.sleep(0.01)


def test_who_has_got_a_page_leaves_the_slot():
    with waiting() as readers:
        for path in ("/en/nothing-{}/", "/desk/{}", "/en/{}.pdf", "/media/a/{}.jpg", "/en/large-{}.pdf"):
            answers = [readers.get(path.format(number)).status for number in range(2 * SLOTS)]
            assert answers == [200] * (2 * SLOTS)


def test_no_page_waits_for_what_is_slow():
    slow = (
        "/en/publications/slow.pdf",
        "/oai/slow",
        "/api/v1/slow",
        "/media/slow/960.jpg",
        "/en/a/files/slow.csv",
        "/en/slow/card.png",
    )
    with waiting(*slow) as readers:
        for path in ("/en/publications/other.pdf", "/oai", "/api/v1/nothing", "/media/a/960.jpg"):
            assert is_refused_for_now(readers.get(path))

        for path in (PAGE, "/en/nothing/", "/static/x.css", "/desk/", "/desk/files/x.pdf"):
            assert readers.get(path).status == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [("/en/nothing/", "POST"), ("/en/" + "a" * 2_000, "GET"), ("/en/nothing/?q=%00", "GET")],
)  # fmt: skip
def test_what_is_never_kept_takes_a_slot_too(path, method):
    with waiting(*(f"/en/slow-{number}/" for number in range(SLOTS))) as readers:
        assert is_refused_for_now(readers.get(path, method=method))


def test_a_page_that_has_become_old_is_shown_to_those_who_find_no_slot():
    with waiting(*(f"/en/slow-{number}/" for number in range(SLOTS))) as readers:
        old = readers.cache.pages.get((PAGE, ""))
        old.state_identity = object()  # of another state of the site, in which nothing was taken back
        answer = readers.get(PAGE)

        assert (answer.status, answer.mark) == (200, "pages; hit; detail=stale")


def test_who_asks_for_a_range_of_a_page_gets_the_whole_from_memory():
    with waiting() as readers:
        answer = readers.get(PAGE, range="bytes=0-1")

        assert (answer.status, answer.body, answer.mark) == (200, b"A page.", "pages; hit")


@pytest.mark.parametrize("path", ["/en/large.pdf", "/en/stream.pdf"])
def test_large_answers_that_readers_are_slow_to_take_leave_threads_to_others(path):
    with waiting() as readers:
        held = [readers.ask(path) for _ in range(2)]  # as many as there are slots

        assert is_refused_for_now(readers.get(path))
        for other in ("/en/small-stream.pdf", "/en/other.pdf", PAGE, "/media/a/960.jpg"):
            assert readers.get(other).status == 200

        assert [b"".join(parts) for parts in held] == [LARGE if "large" in path else b"A page."] * 2
        for parts in held:
            parts.close()
        assert readers.get(path).status == 200


def test_who_only_asks_what_a_large_file_is_holds_no_slot():
    with waiting() as readers:
        held = [readers.ask("/en/stream.pdf", method="HEAD") for _ in range(9)]

        assert [list(parts) for parts in held] == [[]] * 9
