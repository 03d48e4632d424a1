"""Request bodies: Django gets them whole or not at all, and stalled ones hold only their own slots."""

import errno
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import pytest

from publications.locales import LOCALES, localized_path
from publications.page_cache import RequestBodies
from publications.page_cache.keys import FORM_LIMITS, MAX_FORM_BYTES, VERIFY_PATHS
from publications.page_cache.request_bodies import MAX_BODY_IN_MEMORY
from tests.page_caches import environ

PUBLIC = (
    "/", "/en/", "/en/publications/", "/en/publications/a.pdf", "/en/nothing/", "/api/v1/publications",
    "/static/css/base.css", "/media/a/960.jpg", "/sitemap.xml", "/deskless/",
)  # fmt: skip


class UnreadBody:
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


class StalledBody:
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
    """An application that sends back the request body."""

    requests = 0

    def __call__(self, request, start_response) -> list[bytes]:
        self.requests += 1
        start_response("200 OK", [])
        return [request["wsgi.input"].read()]


def send(bodies: RequestBodies, path: str, body, length: object, method: str = "POST", **headers: str):
    """Return status, headers and body of the response to a request with this body and Content-Length."""
    request = {**environ(path, method), "wsgi.input": body, "CONTENT_LENGTH": str(length), **headers}
    sent: list = []
    parts = bodies(request, lambda status, headers: sent.extend((int(status[:3]), dict(headers))))
    return sent[0], sent[1], b"".join(parts)


@pytest.fixture
def bodies() -> RequestBodies:
    return RequestBodies(Echo(), upload_slots=2, desk_form_slots=2, form_slots=2, verify_slots=2)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_public_urls_read_no_request_body(bodies, path, method):
    assert send(bodies, path, UnreadBody(), 10, method)[::2] == (200, b"")
    assert send(bodies, path, UnreadBody(), "", method, HTTP_TRANSFER_ENCODING="chunked")[::2] == (200, b"")


def test_oai_and_the_page_to_verify_are_the_only_public_urls_that_read_a_form():
    assert {localized_path(locale, "publications:verify") for locale in LOCALES} == VERIFY_PATHS
    assert set(FORM_LIMITS) == {"/oai", *VERIFY_PATHS}


@pytest.mark.parametrize("path", ["/oai", "/desk/login/"])
def test_a_form_sent_in_parts_is_passed_on_whole(bodies, path):
    class SlowBody(BytesIO):
        def read(self, size: int = -1) -> bytes:
            return super().read(min(size, 3))

    assert send(bodies, path, SlowBody(b"verb=Identify"), 13)[::2] == (200, b"verb=Identify")


def test_a_large_upload_is_passed_on_whole(bodies):
    content = b"0123456789" * (MAX_BODY_IN_MEMORY // 10 + 1_000)

    assert send(bodies, "/desk/upload/", BytesIO(content), len(content))[::2] == (200, content)


def test_a_truncated_body_gets_400(bodies):
    status, headers, _ = send(
        bodies, "/desk/publications/publication/1/change/", BytesIO(b"title=Half"), 1_000
    )

    assert (status, headers["Connection"], bodies._application.requests) == (400, "close", 0)


@pytest.mark.parametrize(("path", "length"), [("/oai", MAX_FORM_BYTES + 1), ("/oai", 10**30)])
def test_a_public_form_that_is_too_long_gets_413_unread(bodies, path, length):
    assert send(bodies, path, UnreadBody(), length)[0] == 413


def test_an_upload_that_is_too_long_is_left_to_django(bodies, settings):
    status, _, body = send(bodies, "/desk/upload/", UnreadBody(), settings.MAX_REQUEST_BYTES + 1)

    assert (status, body) == (200, b"")


@pytest.mark.parametrize(
    ("length", "headers"),
    [
        ("", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("5", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("-5", {}),
        ("٣", {}),
    ],
)
@pytest.mark.parametrize("path", ["/oai", "/desk/login/"])
def test_a_form_without_content_length_gets_411(bodies, path, length, headers):
    status, answered, _ = send(bodies, path, UnreadBody(), length, **headers)

    assert (status, answered["X-Content-Type-Options"]) == (411, "nosniff")


@contextmanager
def stalled_requests(bodies: RequestBodies, path: str, count: int) -> Iterator[None]:
    """Run the block while this number of requests wait for the second half of their bodies."""
    StalledBody.finish.clear()
    with ThreadPoolExecutor(count) as clients:
        futures = [clients.submit(send, bodies, path, StalledBody(), 11) for _ in range(count)]
        try:
            assert all(StalledBody.started.acquire(timeout=30) for _ in futures)
            yield
        finally:
            StalledBody.finish.set()
        assert [future.result(30)[::2] for future in futures] == [(200, b"firstsecond")] * count


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/desk/login/", "/oai"),
        ("/oai", "/desk/login/"),
        ("/en/verify/", "/oai"),
        ("/oai", "/sv/kontrollera/"),
    ],
)
def test_without_a_free_slot_a_form_gets_503_and_other_forms_go_on(bodies, path, other):
    with stalled_requests(bodies, path, 2):
        status, headers, _ = send(bodies, path, UnreadBody(), 5)
        assert (status, headers["Retry-After"], headers["Connection"]) == (503, "10", "close")

        assert send(bodies, other, BytesIO(b"a=b"), 3)[::2] == (200, b"a=b")
        for public in PUBLIC:
            assert send(bodies, public, UnreadBody(), 5)[0] == 200

    assert send(bodies, path, BytesIO(b"a=b"), 3)[::2] == (200, b"a=b")


def test_stalled_uploads_leave_slots_to_the_forms_of_the_desk(bodies, monkeypatch):
    monkeypatch.setattr("publications.page_cache.request_bodies.MAX_BUFFERED_BODY", 10)

    with stalled_requests(bodies, "/desk/upload/", 2):
        assert send(bodies, "/desk/upload/", UnreadBody(), 11)[0] == 503
        assert send(bodies, "/desk/login/", BytesIO(b"a=b"), 3)[::2] == (200, b"a=b")


def test_a_truncated_body_releases_its_slot(bodies):
    for _ in range(5):
        assert send(bodies, "/oai", BytesIO(b"a"), 3)[0] == 400

    assert send(bodies, "/oai", BytesIO(b"a=b"), 3)[0] == 200


@pytest.mark.parametrize("path", ["/oai", "/en/verify/"])
def test_a_public_form_that_comes_in_drops_gets_408_and_releases_its_slot(bodies, monkeypatch, path):
    class Drops(BytesIO):
        now = 0

        def read(self, size: int = -1) -> bytes:
            Drops.now += 1
            return super().read(1)

    monkeypatch.setattr("time.monotonic", lambda: Drops.now)
    for _ in range(3):
        status, headers, _ = send(bodies, path, Drops(b"a" * 1_000), 1_000)
        assert (status, headers["Connection"]) == (408, "close")

    assert send(bodies, "/desk/login/", Drops(b"a" * 1_000), 1_000)[0] == 200


@pytest.mark.parametrize(("rate", "status"), [(120_000, 200), (50_000, 408)])
def test_a_large_pdf_to_verify_may_come_over_a_slow_line(bodies, monkeypatch, rate, status):
    class SlowLine(BytesIO):
        now = 0.0

        def read(self, size: int = -1) -> bytes:
            content = super().read(size)
            SlowLine.now += len(content) / rate
            return content

    monkeypatch.setattr("time.monotonic", lambda: SlowLine.now)

    assert send(bodies, "/en/verify/", SlowLine(b"a" * 10_000_000), 10_000_000)[0] == status


def test_a_body_larger_than_the_disk_gets_507(bodies, monkeypatch):
    class FullDiskFile:
        def __init__(self, max_size: int) -> None:
            pass

        def write(self, content: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", FullDiskFile)
    status, _, text = send(bodies, "/desk/upload/", BytesIO(b"abc"), 3)

    assert status == 507 and b"disk" in text


def test_a_request_without_a_body_is_passed_on_as_it_is(bodies):
    for length in ("", "0"):
        assert send(bodies, "/desk/", BytesIO(), length)[::2] == (200, b"")
