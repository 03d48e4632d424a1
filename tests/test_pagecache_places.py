"""However many strangers wait, those who ask for what is stored find a thread."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from publications.models import Epoch
from publications.pagecache import Watch
from tests.pagecaches import Readers

PAGE = "/en/about/"
LATER = time.time() + 3600


class Whole(list):
    streaming = False

    def close(self) -> None:
        pass


class Slow:
    """A site on which addresses with `slow` are answered once `open` is set. `begun` counts them."""

    def __init__(self) -> None:
        self.open, self.begun = threading.Event(), threading.Semaphore(0)

    def __call__(self, environ, start_response) -> Whole:
        if "slow" in environ["PATH_INFO"]:
            self.begun.release()
            self.open.wait(30)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Whole([b"A page."])


@contextmanager
def waiting(*paths: str, **how) -> Iterator[Readers]:
    """Readers through a cache with threads, while these requests wait for their answers."""
    site, epoch = Slow(), Epoch(1, 1, 1, begins=LATER, ends=LATER, midnight=LATER)
    with ThreadPoolExecutor(4) as pool, ThreadPoolExecutor(4) as strangers, ThreadPoolExecutor(4) as people:
        watch = Watch(lambda _before: epoch, threaded=False)
        readers = Readers(site, watch=watch, pool=pool, strangers=strangers, readers=4)
        readers.get(PAGE)
        held = [people.submit(readers.get, path, **how) for path in paths]
        assert all(site.begun.acquire(timeout=30) for _ in paths)
        try:
            yield readers
        finally:
            site.open.set()
        assert [future.result(30).status for future in held] == [200] * len(paths)


def test_strangers_for_whom_there_is_no_place_are_told_so_at_once_and_stored_pages_go_on():
    with waiting("/en/slow-1/", "/en/slow-2/") as readers:  # half of the four threads
        refused = readers.get("/en/nothing/")

        assert refused.status == 503 and refused.headers["Retry-After"]
        assert readers.get(PAGE).mark == "pages; hit"


def test_who_has_got_a_page_leaves_the_place():
    with waiting() as readers:
        assert [readers.get(f"/en/nothing-{number}/").status for number in range(5)] == [200] * 5


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/en/nothing.pdf", "GET"), ("/en/nothing.png", "GET"), ("/en/files/nothing", "GET"), ("/oai", "GET"),
        ("/api/v1/nothing", "GET"), ("/static/nothing.css", "GET"), ("/en/nothing/", "POST"),
        ("/en/" + "a" * 2_000, "GET"), ("/en/nothing/?q=%00", "GET"),
    ],
)  # fmt: skip
def test_what_is_never_kept_has_few_places_too(path, method):
    with waiting("/en/slow.pdf") as readers:  # three eighths of the four threads
        refused = readers.get(path, method=method)

        assert refused.status == 503 and refused.headers["Retry-After"]
        assert readers.get(PAGE).mark == "pages; hit"
        assert readers.get("/en/nothing/").status == 200


def test_those_at_the_desk_are_never_turned_away():
    with waiting("/en/slow.pdf") as readers:
        assert readers.get("/desk/").status == 200


def test_who_asks_for_a_range_of_a_page_gets_the_whole_from_memory():
    with waiting() as readers:
        answer = readers.get(PAGE, range="bytes=0-1")

        assert (answer.status, answer.body, answer.mark) == (200, b"A page.", "pages; hit")


def test_the_home_pages_wait_behind_no_stranger_also_when_nobody_has_asked_for_them():
    with waiting("/en/slow-1/", "/en/slow-2/") as readers:
        assert [readers.get(home).status for home in ("/en/", "/sv/")] == [200, 200]
