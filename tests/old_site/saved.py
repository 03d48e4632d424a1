"""Copies of the made-up site: a WARC file, a folder as `wget --mirror` saves it, and a server on loopback."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from .answers import Answer, answer_all
from .contents import SITE


def write_warc(path: Path, answers: dict[str, Answer] | None = None, *, compressed: bool = True) -> Path:
    """Write the answers as a WARC file, every third body with a content coding."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compressed)
        for number, (address, answer) in enumerate((answers or answer_all()).items()):
            writer.write_record(_record(writer, number, address, answer))
    return path


def _record(writer: WARCWriter, number: int, address: str, answer: Answer):
    headers = [("Content-Type", answer.content_type)] if answer.body else []
    headers += [("Location", answer.location)] if answer.location else []
    body = answer.body
    if body and number % 3 == 0:
        body = gzip.compress(body)
        headers.append(("Content-Encoding", "gzip"))
    head = StatusAndHeaders(
        f"{answer.status} OK", [*headers, ("Content-Length", str(len(body)))], protocol="HTTP/1.1"
    )
    return writer.create_warc_record(f"{SITE}{address}", "response", payload=BytesIO(body), http_headers=head)


def write_mirror(folder: Path, *, mark: str = "@") -> Path:
    """Write the answers as wget does with --adjust-extension: no redirects, and the query in the name."""
    for address, answer in answer_all().items():
        if answer.status != 200:
            continue
        parts = urlsplit(address)
        name = unquote(parts.path.lstrip("/"))
        name += "index.html" if not name or name.endswith("/") else ""
        name += f"{mark}{parts.query}" if parts.query else ""
        if answer.content_type.startswith("text/html") and not name.endswith(".html"):
            name += ".html"
        path = folder / urlsplit(SITE).netloc / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.body)
    return folder


@contextmanager
def serve(answers: dict[str, Answer] | None = None) -> Iterator[tuple[str, list[str]]]:
    """Serve the site on loopback; yield its address and the paths that are requested."""
    requested: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            answer = (answers or answer_all()).get(self.path, Answer(b"<h1>404</h1>", status=404))
            port = self.server.server_port
            body = answer.body.replace(SITE.encode(), f"http://127.0.0.1:{port}".encode())
            self.send_response(answer.status)
            if answer.body:
                self.send_header("Content-Type", answer.content_type)
            if answer.location:
                self.send_header("Location", answer.location.replace(SITE, f"http://127.0.0.1:{port}"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requested
    finally:
        server.shutdown()
        server.server_close()
