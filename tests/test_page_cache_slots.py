"""However many requests wait, those who ask for what is stored find a thread, and no kind takes the slots of another."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from publications.models import Epoch
from publications.page_cache import SERVER_THREADS, SiteStateWatcher, pools
from tests.page_caches import Got, Readers

PAGE = "/en/about/"
LATER = time.time() + 3600
STYLES = "/static/css/public.0123456789ab.css"
SLOTS = 6  # of each pool: three for new pages, two for the desk, three for what is made on request
LARGE = b"x" * (pools.MAX_WHOLE_BODY + 1)


class Whole(list):
    streaming = False

    def close(self) -> None:
        pass


class Stream(list):
    streaming = True

    def close(self) -> None:
        pass


class Slow:
    """A site on which addresses with `slow` are answered once `open` is set, and `large` ones at length. `begun` counts
    the former.
    """

    def __init__(self) -> None:
        self.open, self.begun = threading.Event(), threading.Semaphore(0)

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if "slow" in path:
            self.begun.release()
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
def waiting(*paths: str, begun: int | None = None, **how) -> Iterator[Readers]:
    """Readers through a cache with threads, while these requests wait for their answers, so many of them in Django."""
    site, state = Slow(), Epoch(1, 1, 1, begins=LATER, ends=LATER, midnight=LATER)
    with ExitStack() as stack:
        executors = tuple(stack.enter_context(ThreadPoolExecutor(8)) for _pool in range(2))
        people = stack.enter_context(ThreadPoolExecutor(8))
        watcher = SiteStateWatcher(lambda _before: state, threaded=False)
        readers = Readers(site, watcher=watcher, executors=executors, slots=SLOTS, static_paths=(STYLES,))
        readers.get(PAGE)
        held = [people.submit(readers.get, path, **how) for path in paths]
        assert all(site.begun.acquire(timeout=30) for _ in range(len(paths) if begun is None else begun))
        try:
            yield readers
        finally:
            site.open.set()
        assert [future.result(30).status for future in held] == [200] * len(paths)


def is_told_to_come_again(answer: Got) -> bool:
    """Over a connection of its own, so that what was sent ahead over this one asks for no slot."""
    told = answer.headers.get("Retry-After"), answer.headers.get("Connection")
    return answer.status == 503 and told == ("30", "close")


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


def test_new_pages_leave_slots_to_the_desk_files_and_the_home_pages():
    with waiting("/en/slow-1/", "/en/slow-2/", "/en/slow-3/") as readers:
        assert is_told_to_come_again(readers.get("/en/nothing/"))

        assert readers.get(PAGE).mark == "pages; hit"
        for path in (
            "/desk/",
            "/static/x.css",
            "/en/",
            "/sv/",
            "/en/nothing.pdf",
            "/media/a/960.jpg",
            "/en/publications/a/files/x.pdf",
        ):
            assert readers.get(path).status == 200


def test_many_wait_for_one_new_page_and_leave_slots_to_other_pages():
    with waiting(*["/en/slow-news/"] * (SLOTS - 1), begun=1) as readers:
        assert readers.get("/en/nothing/").status == 200


def test_no_more_wait_for_one_new_page_than_there_are_slots():
    with waiting(*["/en/slow-news/"] * SLOTS, begun=1) as readers:
        wait_for_all_slots(readers)
        assert is_told_to_come_again(readers.get("/en/nothing/"))
        assert readers.get(PAGE).mark == "pages; hit"


def wait_for_all_slots(readers: Readers) -> None:
    """Until those who join a rendering that is under way hold their slots, of which nothing else tells."""
    ends = time.monotonic() + 30
    while readers.get("/en/nothing-else/").status == 200 and time.monotonic() < ends:
        time.sleep(0.01)


def test_who_has_got_a_page_leaves_the_slot():
    with waiting() as readers:
        for path in ("/en/nothing-{}/", "/desk/{}", "/en/{}.pdf", "/media/a/{}.jpg", "/en/large-{}.pdf"):
            answers = [readers.get(path.format(number)).status for number in range(2 * SLOTS)]
            assert answers == [200] * (2 * SLOTS)


def test_what_is_made_on_request_leaves_slots_to_pictures_and_no_page_waits_for_it():
    with waiting("/en/publications/slow.pdf", "/oai/slow", "/api/v1/slow") as readers:
        for path in (
            "/en/publications/other.pdf",
            "/en/publications/other/card.png",
            "/oai",
            "/api/v1/nothing",
        ):
            assert is_told_to_come_again(readers.get(path))

        for path in (
            "/media/a/960.jpg",
            "/media/a/960.png",
            "/en/publications/a/files/x.pdf",
            "/static/x.css",
            "/desk/",
        ):
            assert readers.get(path).status == 200


def test_made_up_style_sheets_leave_slots_to_pages():
    with waiting("/static/slow.css") as readers:
        assert is_told_to_come_again(readers.get("/static/nothing.css"))

        for path in ("/en/nothing/", "/desk/", "/en/", "/en/nothing.pdf"):
            assert readers.get(path).status == 200


def test_style_sheets_of_the_site_wait_for_no_slot():
    slow = [f"/static/slow-{number}.css" for number in range(SLOTS // 6)]
    with waiting(
        *slow, "/desk/slow-1/", "/desk/slow-2/", "/en/slow-1/", "/en/slow-2/", "/en/slow-3/"
    ) as readers:
        assert is_told_to_come_again(readers.get("/static/made-up.css"))

        assert [readers.get(STYLES).status for _ in range(9)] == [200] * 9


def test_the_desk_leaves_slots_to_pages():
    with waiting("/desk/slow-1/", "/desk/slow-2/") as readers:
        assert is_told_to_come_again(readers.get("/desk/login/", method="POST"))

        for path in ("/static/x.css", "/en/nothing.pdf", "/en/nothing/", "/en/"):
            assert readers.get(path).status == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [("/en/nothing/", "POST"), ("/en/" + "a" * 2_000, "GET"), ("/en/nothing/?q=%00", "GET")],
)  # fmt: skip
def test_what_is_never_kept_and_nobody_asked_for_before_counts_as_new(path, method):
    with waiting("/en/slow-1/", "/en/slow-2/", "/en/slow-3/") as readers:
        assert is_told_to_come_again(readers.get(path, method=method))


def test_a_page_that_has_become_old_is_shown_to_those_who_find_no_slot():
    with waiting("/desk/slow-1/", "/desk/slow-2/", "/en/slow-1/", "/en/slow-2/", "/en/slow-3/") as readers:
        old = readers.cache.pages.get((PAGE, ""))
        old.mark = object()  # of another state of the site, in which nothing was taken back
        with readers.cache._pages.slots:  # the last one
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

        assert is_told_to_come_again(readers.get(path))
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
