"""However many strangers wait, those who ask for what is stored find a thread."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from publications.models import Epoch
from publications.pagecache import Pools, Watch
from publications.sessions import new_key
from tests.pagecaches import Got, Readers

PAGE = "/en/about/"
HOME = b'<a class="card" href="/en/publications/zern%C3%B6/">News</a> <a href="https://x.example/en/nothing/">x</a>'
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
        return Whole([HOME if environ["PATH_INFO"] == "/en/" else b"A page."])


@contextmanager
def waiting(*paths: str, begun: int | None = None, **how) -> Iterator[Readers]:
    """Readers through a cache with threads, while these requests wait for their answers, so many of them in Django."""
    site, epoch = Slow(), Epoch(1, 1, 1, begins=LATER, ends=LATER, midnight=LATER)
    with ExitStack() as stack:
        pools = Pools(*(stack.enter_context(ThreadPoolExecutor(2)) for _lane in Pools._fields))
        people = stack.enter_context(ThreadPoolExecutor(8))
        watch = Watch(lambda _before: epoch, threaded=False)
        readers = Readers(site, watch=watch, pools=pools, readers=8)
        readers.get(PAGE)
        held = [people.submit(readers.get, path, **how) for path in paths]
        assert all(site.begun.acquire(timeout=30) for _ in range(len(paths) if begun is None else begun))
        try:
            yield readers
        finally:
            site.open.set()
        assert [future.result(30).status for future in held] == [200] * len(paths)


def is_told_to_come_again(answer: Got) -> bool:
    return answer.status == 503 and bool(answer.headers["Retry-After"])


def test_strangers_for_whom_there_is_no_place_are_told_so_at_once_and_stored_pages_go_on():
    with waiting("/en/slow-1/", "/en/slow-2/") as readers:  # a quarter of the eight threads
        assert is_told_to_come_again(readers.get("/en/nothing/"))
        assert readers.get(PAGE).mark == "pages; hit"


def test_many_wait_for_one_new_page_and_leave_places_to_others():
    with waiting("/en/slow-news/", "/en/slow-news/", "/en/slow-news/", begun=1) as readers:
        assert readers.get("/en/nothing/").status == 200


def test_who_has_got_a_page_leaves_the_place():
    with waiting() as readers:
        assert [readers.get(f"/en/nothing-{number}/").status for number in range(5)] == [200] * 5


def test_papers_and_harvests_hold_up_nobody_else_and_few_wait_for_them():
    with waiting("/en/publications/slow.pdf") as readers:  # an eighth of the eight threads
        for path in (
            "/en/publications/other.pdf",
            "/en/publications/other/card.png",
            "/oai",
            "/api/v1/nothing",
        ):
            assert is_told_to_come_again(readers.get(path))

        for path in (
            "/static/x.css",
            "/media/a/960.jpg",
            "/en/files/x.pdf",
            "/en/nothing/",
            "/desk/",
            "/en/",
        ):
            assert readers.get(path).status == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/en/files/nothing", "GET"), ("/static/nothing.css", "GET"), ("/media/a/960.png", "GET"), ("/en/nothing/", "POST"),
        ("/en/" + "a" * 2_000, "GET"), ("/en/nothing/?q=%00", "GET"),
    ],
)  # fmt: skip
def test_what_is_never_kept_has_few_places_too(path, method):
    with waiting("/static/slow.css") as readers:  # an eighth of the eight threads
        assert is_told_to_come_again(readers.get(path, method=method))

        for other in ("/en/nothing/", "/en/nothing.pdf", "/desk/", "/en/"):
            assert readers.get(other).status == 200


def test_strangers_at_the_desk_hold_up_nobody_who_is_signed_in_nor_readers():
    with waiting("/desk/slow/") as readers:  # a sixteenth of the eight threads, and one at least
        assert is_told_to_come_again(readers.get("/desk/login/", method="POST"))
        assert is_told_to_come_again(readers.get("/desk/", cookie="sessionid=" + "a" * 40))

        assert readers.get("/desk/", cookie=f"a=b; sessionid={new_key()}").status == 200
        for path in ("/static/x.css", "/en/nothing.pdf", "/en/nothing/", "/en/"):
            assert readers.get(path).status == 200


def test_a_crowd_with_keys_of_sessions_holds_up_no_reader():
    cookie = f"sessionid={new_key()}"
    with waiting("/desk/slow/", cookie=cookie) as readers:  # an eighth of the eight threads
        assert is_told_to_come_again(readers.get("/desk/", cookie=cookie))

        for path in ("/static/x.css", "/en/nothing.pdf", "/en/nothing/", "/en/"):
            assert readers.get(path).status == 200


def test_who_asks_for_a_range_of_a_page_gets_the_whole_from_memory():
    with waiting() as readers:
        answer = readers.get(PAGE, range="bytes=0-1")

        assert (answer.status, answer.body, answer.mark) == (200, b"A page.", "pages; hit")


def test_the_home_pages_wait_behind_no_stranger_also_when_nobody_has_asked_for_them():
    with waiting("/en/slow-1/", "/en/slow-2/") as readers:
        assert [readers.get(home).status for home in ("/en/", "/sv/")] == [200, 200]


def test_what_the_home_page_leads_to_waits_behind_no_stranger():
    with waiting("/en/slow-1/", "/en/slow-2/") as readers:
        readers.get("/en/")

        assert readers.get("/en/publications/zernö/").status == 200
        assert is_told_to_come_again(readers.get("/en/nothing/"))
