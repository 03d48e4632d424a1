"""A store of files that speaks enough of S3 for what the site asks of one: put, get, head, delete, list, in one bucket."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RANGE = re.compile(r"bytes=(\d+)-(\d+)")
GONE = b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>There is no such file.</Message></Error>"


class Bucket(ThreadingHTTPServer):
    """`files` by path, bucket included; `key` is what every request must be signed with. An object is there once all of
    its bytes have come, as S3 promises."""

    daemon_threads = True

    def __init__(self, key: str = "key") -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.files: dict[str, bytes] = {}
        self.key, self.asked = key, []
        self.room = 2**40  # bytes that an object may have

    @property
    def url(self) -> str:
        return f"s3://{self.key}:secret@127.0.0.1:{self.server_port}/bucket?region=eu-north-1&tls=0"


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 26 Nov 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _do(self) -> None:
        path = self.path.partition("?")[0]
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        self.server.asked.append((self.command, path))
        if f"Credential={self.server.key}/" not in self.headers.get("Authorization", ""):
            return self._answer(403)
        if len(sent) < length or len(sent) > self.server.room:
            return self._answer(507)
        if self.command == "PUT":
            self.server.files[path] = sent
            return self._answer(200)
        if self.command == "DELETE":
            self.server.files.pop(path, None)
            return self._answer(204)
        if path.strip("/") == "bucket":
            return self._answer(200, self._list())
        found = self.server.files.get(path)
        if found is None:
            return self._answer(404, GONE)
        if not (expected := RANGE.fullmatch(self.headers.get("Range", ""))):
            return self._answer(200, found)
        start, last = int(expected[1]), int(expected[2])
        part = found[start : last + 1]
        return self._answer(206, part, Content_Range=f"bytes {start}-{last}/{len(found)}")

    def _list(self) -> bytes:
        """The names below a prefix, up to the next "/"."""
        params = parse_qs(urlsplit(self.path).query)
        prefix = params.get("prefix", [""])[0]
        names = [path.removeprefix("/bucket/") for path in sorted(self.server.files)]
        rest = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        folders = dict.fromkeys(name.partition("/")[0] for name in rest if "/" in name)
        listed = "".join(
            f"<Contents><Key>{prefix}{name}</Key></Contents>" for name in rest if "/" not in name
        )
        listed += "".join(
            f"<CommonPrefixes><Prefix>{prefix}{name}/</Prefix></CommonPrefixes>" for name in folders
        )
        return f"<ListBucketResult>{listed}</ListBucketResult>".encode()

    do_GET = do_HEAD = do_PUT = do_DELETE = _do

    def log_message(self, *_said) -> None:
        pass


@contextmanager
def bucket(**how) -> Iterator[Bucket]:
    with Bucket(**how) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
