"""A server with the part of S3 that the site uses: put, get, head, delete and list in one bucket."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RANGE = re.compile(r"bytes=(\d+)-(\d+)")
GONE = b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>There is no such file.</Message></Error>"


class Bucket(ThreadingHTTPServer):
    """A bucket on a local port. An object exists once all of its bytes have arrived, as S3 guarantees.

    Attributes:
        files: contents by path, bucket included.
        key: the access key that every request must be signed with.
        requests: method and path of each request so far.
    """

    daemon_threads = True

    def __init__(self, key: str = "key") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.key, self.requests = key, []
        self.room = 2**40  # bytes that an object may have

    @property
    def url(self) -> str:
        return f"s3://{self.key}:secret@127.0.0.1:{self.server_port}/bucket?region=eu-north-1&tls=0"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def _respond(self, status: int, body: bytes = b"", **headers: str) -> None:
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
        body = self.rfile.read(length)
        self.server.requests.append((self.command, path))
        if f"Credential={self.server.key}/" not in self.headers.get("Authorization", ""):
            return self._respond(403)
        if len(body) < length or len(body) > self.server.room:
            return self._respond(507)
        if self.command == "PUT":
            self.server.files[path] = body
            return self._respond(200)
        if self.command == "DELETE":
            self.server.files.pop(path, None)
            return self._respond(204)
        if path.strip("/") == "bucket":
            return self._respond(200, self._list())
        content = self.server.files.get(path)
        if content is None:
            return self._respond(404, GONE)
        if not (byte_range := RANGE.fullmatch(self.headers.get("Range", ""))):
            return self._respond(200, content)
        start, last = int(byte_range[1]), int(byte_range[2])
        part = content[start : last + 1]
        return self._respond(206, part, Content_Range=f"bytes {start}-{last}/{len(content)}")

    def _list(self) -> bytes:
        """Return the names below a prefix, up to the next "/", as XML."""
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

    def log_message(self, *_args) -> None:
        pass


@contextmanager
def bucket(**how) -> Iterator[Bucket]:
    with Bucket(**how) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
