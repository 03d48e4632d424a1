"""Bodies of requests are whole before Django sees them, and unfinished ones hold nothing but slots of their own."""

import errno
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import pytest

from publications.page_cache import RequestBodies
from publications.page_cache.keys import FORM_PATHS, MAX_FORM_BYTES
from publications.page_cache.request_bodies import MAX_BODY_IN_MEMORY
from tests.page_caches import environ

PUBLIC = (
    "/", "/en/", "/en/publications/", "/en/publications/a.pdf", "/en/nothing/", "/api/v1/publications",
    "/static/css/base.css", "/media/a/960.jpg", "/sitemap.xml", "/deskless/",
)  # fmt: skip


class Unread:
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


class Unfinished:
    """A body whose second half comes once `finish` is set. `started` counts the reads that wait."""

    finish, started = threading.Event(), threading.Semaphore(0)

    def __init__(self) -> None:
        self._parts = [b"second", b"first"]

    def read(self, size: int = -1) -> bytes:
        if len(self._parts) == 1:
            self.started.release()
            self.finish.wait(30)
        return self._parts.pop() if self._parts else b""


class Echo:
    """A site that answers with what it was sent."""

    requests = 0

    def __call__(self, request, start_response) -> list[bytes]:
        self.requests += 1
        start_response("200 OK", [])
        return [request["wsgi.input"].read()]


def send(bodies: RequestBodies, path: str, body, length: object, method: str = "POST", **more: str):
    """Status, headers and body of the answer to a request with a body of this announced length."""
    request = {**environ(path, method), "wsgi.input": body, "CONTENT_LENGTH": str(length), **more}
    rows: list = []
    parts = bodies(request, lambda status, headers: rows.extend((int(status[:3]), dict(headers))))
    return rows[0], rows[1], b"".join(parts)


@pytest.fixture
def bodies() -> RequestBodies:
    return RequestBodies(Echo(), upload_slots=2, desk_form_slots=2, form_slots=2)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_public_addresses_read_no_body(bodies, path, method):
    assert send(bodies, path, Unread(), 10, method)[::2] == (200, b"")
    assert send(bodies, path, Unread(), "", method, HTTP_TRANSFER_ENCODING="chunked")[::2] == (200, b"")


def test_no_public_address_takes_a_form_but_these():
    assert frozenset({"/oai"}) == FORM_PATHS


@pytest.mark.parametrize("path", ["/oai", "/desk/login/"])
def test_a_form_comes_whole_however_it_was_sent_in_parts(bodies, path):
    class Dripping(BytesIO):
        def read(self, size: int = -1) -> bytes:
            return super().read(min(size, 3))

    assert send(bodies, path, Dripping(b"verb=Identify"), 13)[::2] == (200, b"verb=Identify")


def test_a_large_upload_comes_whole(bodies):
    content = b"0123456789" * (MAX_BODY_IN_MEMORY // 10 + 1_000)

    assert send(bodies, "/desk/upload/", BytesIO(content), len(content))[::2] == (200, content)


def test_a_body_that_breaks_off_reaches_no_form(bodies):
    status, headers, _ = send(
        bodies, "/desk/publications/publication/1/change/", BytesIO(b"title=Half"), 1_000
    )

    assert (status, headers["Connection"], bodies._application.requests) == (400, "close", 0)


@pytest.mark.parametrize(("path", "length"), [("/oai", MAX_FORM_BYTES + 1), ("/oai", 10**30)])
def test_a_public_form_that_is_too_long_is_refused_unread(bodies, path, length):
    assert send(bodies, path, Unread(), length)[0] == 413


def test_an_upload_that_is_too_long_is_left_to_the_page_for_that(bodies, settings):
    status, _, body = send(bodies, "/desk/upload/", Unread(), settings.LARGEST_REQUEST + 1)

    assert (status, body) == (200, b"")


@pytest.mark.parametrize(
    ("length", "more"),
    [
        ("", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("5", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("-5", {}),
        ("٣", {}),
    ],
)
@pytest.mark.parametrize("path", ["/oai", "/desk/login/"])
def test_a_form_must_say_how_long_it_is(bodies, path, length, more):
    assert send(bodies, path, Unread(), length, **more)[0] == 411


@contextmanager
def unfinished(bodies: RequestBodies, path: str, count: int) -> Iterator[None]:
    """So many bodies that are waited for; all of them arrive in the end."""
    Unfinished.finish.clear()
    with ThreadPoolExecutor(count) as people:
        held = [people.submit(send, bodies, path, Unfinished(), 11) for _ in range(count)]
        try:
            assert all(Unfinished.started.acquire(timeout=30) for _ in held)
            yield
        finally:
            Unfinished.finish.set()
        assert [future.result(30)[::2] for future in held] == [(200, b"firstsecond")] * count


@pytest.mark.parametrize(("path", "other"), [("/desk/login/", "/oai"), ("/oai", "/desk/login/")])
def test_without_a_free_slot_a_form_gets_503_and_other_forms_go_on(bodies, path, other):
    with unfinished(bodies, path, 2):
        status, headers, _ = send(bodies, path, Unread(), 5)
        assert (status, headers["Retry-After"], headers["Connection"]) == (503, "10", "close")

        assert send(bodies, other, BytesIO(b"a=b"), 3)[::2] == (200, b"a=b")
        for public in PUBLIC:
            assert send(bodies, public, Unread(), 5)[0] == 200

    assert send(bodies, path, BytesIO(b"a=b"), 3)[::2] == (200, b"a=b")


def test_large_uploads_that_stall_leave_slots_to_the_forms_of_the_desk(bodies, monkeypatch):
    monkeypatch.setattr("publications.page_cache.request_bodies.MAX_BUFFERED_BODY", 10)

    with unfinished(bodies, "/desk/upload/", 2):
        assert send(bodies, "/desk/upload/", Unread(), 11)[0] == 503
        assert send(bodies, "/desk/login/", BytesIO(b"a=b"), 3)[::2] == (200, b"a=b")


def test_a_slot_is_free_again_when_its_body_broke_off(bodies):
    for _ in range(5):
        assert send(bodies, "/oai", BytesIO(b"a"), 3)[0] == 400

    assert send(bodies, "/oai", BytesIO(b"a=b"), 3)[0] == 200


def test_a_body_larger_than_the_disk_gets_507(bodies, monkeypatch):
    class Full:
        def __init__(self, max_size: int) -> None:
            pass

        def write(self, content: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", Full)
    status, _, said = send(bodies, "/desk/upload/", BytesIO(b"abc"), 3)

    assert status == 507 and b"disk" in said


def test_a_request_without_a_body_is_passed_on_as_it_is(bodies):
    for length in ("", "0"):
        assert send(bodies, "/desk/", BytesIO(), length)[::2] == (200, b"")
