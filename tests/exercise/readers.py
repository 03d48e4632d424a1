"""Readers: plain sockets that send requests and count the responses; some are hostile."""

import multiprocessing
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

TIMEOUT = 35  # seconds; the site itself gives up after 30


class Reader:
    """A persistent connection. If the server has closed it, it is opened again once, as browsers do."""

    def __init__(self, port: int, *, timeout: float = TIMEOUT, source: str = "127.0.0.1") -> None:
        self.port, self.timeout, self._source = port, timeout, source
        self._socket: socket.socket | None = None

    def get(self, path: str, **headers: str) -> tuple[int, bytes, bytes]:
        """Return status, headers and body of the response. Raises OSError if there is none."""
        is_reused = self._socket is not None
        try:
            return self._send(path, headers)
        except (ConnectionError, EOFError):
            self.close()
            if not is_reused:
                raise
            return self._send(path, headers)

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def _send(self, path: str, headers: dict[str, str]) -> tuple[int, bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(
                ("127.0.0.1", self.port), timeout=self.timeout, source_address=(self._source, 0)
            )
        header_lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header_lines}\r\n".encode())
        head, body = self._read_until(b"\r\n\r\n")
        fields = head.lower()
        if b"content-length:" in fields:
            body += self._read_exactly(int(fields.split(b"content-length:")[1].split(b"\r\n")[0]) - len(body))
        elif b"transfer-encoding: chunked" in fields:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._receive()
        if b"connection: close" in fields:
            self.close()
        return int(head[9:12]), head, body

    def _read_until(self, end: bytes) -> tuple[bytes, bytes]:
        received = b""
        while end not in received:
            received += self._receive()
        head, _, rest = received.partition(end)
        return head, rest

    def _read_exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            received += self._receive()
        return bytes(received)

    def _receive(self) -> bytes:
        assert self._socket
        received = self._socket.recv(65536)
        if not received:
            raise EOFError("The server closed the connection.")
        return received


@dataclass
class Results:
    """What a crowd of readers received: responses by status, failures by kind, and how long each response took, in seconds."""

    statuses: Counter = field(default_factory=Counter)
    failures: Counter = field(default_factory=Counter)
    stale: int = 0
    durations: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def responses(self) -> int:
        return sum(self.statuses.values())

    @property
    def failed(self) -> int:
        """Return how many requests had no response or a server error."""
        return sum(self.failures.values()) + sum(n for status, n in self.statuses.items() if status >= 500)

    @property
    def per_second(self) -> float:
        return self.responses / self.seconds if self.seconds else 0.0

    def slowest(self, share: float = 0.99) -> float:
        """Return the milliseconds within which this share of the responses came."""
        return (
            sorted(self.durations)[int(len(self.durations) * share)] * 1000
            if self.durations
            else float("nan")
        )

    def __str__(self) -> str:
        return f"{self.responses} responses, {self.failed} failed {dict(self.failures) or ''}".rstrip()

    def add(self, other: "Results") -> None:
        self.statuses += other.statuses
        self.failures += other.failures
        self.stale += other.stale
        self.durations += other.durations
        self.seconds = max(self.seconds, other.seconds)


def read(
    port: int,
    source: str,
    paths: Sequence[str],
    stop_event: threading.Event,
    pause: float,
    results: Results,
    **headers: str,
) -> None:
    """Request the paths in turn, one after the other, until `stop_event` is set."""
    reader, started, number = Reader(port, source=source), time.monotonic(), 0
    while not stop_event.is_set():
        path = paths[number % len(paths)]
        path, number = path.replace("*", f"{number}-{id(reader)}"), number + 1
        requested_at = time.monotonic()
        try:
            status, head, _ = reader.get(path, Accept_Encoding="gzip", **headers)
            results.statuses[status] += 1
            results.stale += b"detail=stale" in head
            results.durations.append(time.monotonic() - requested_at)
        except (OSError, EOFError) as error:
            results.failures[type(error).__name__] += 1
            reader.close()
            time.sleep(0.01)
        if pause:
            time.sleep(pause)
    results.seconds = time.monotonic() - started


def _run_crowd(connection, ports, sources, paths, readers, pause, headers) -> None:
    """Read in a process of its own, so that readers do not slow down the measuring one, until the other end sends a message."""
    stop_event, all_results = threading.Event(), [Results() for _ in range(readers)]
    threads = [
        threading.Thread(
            target=read,
            args=(ports[n % len(ports)], sources[n % len(sources)], paths, stop_event, pause, results),
            kwargs=headers,
        )
        for n, results in enumerate(all_results)
    ]
    for thread in threads:
        thread.start()
    connection.send("reading")
    connection.recv()
    stop_event.set()
    for thread in threads:
        thread.join(TIMEOUT + 5)
    total = Results()
    for results in all_results:
        total.add(results)
    connection.send(total)


class Crowd:
    """Readers in a process of their own, from now until `stop`, which returns their results.

    Args:
        paths: a `*` is replaced by a new word each time.
        pause: seconds between two requests of a reader.
        sources: client addresses, used in turn.
    """

    def __init__(
        self,
        ports: int | Sequence[int],
        paths: Sequence[str],
        *,
        readers: int = 4,
        pause: float = 0.0,
        sources: Sequence[str] = ("127.0.0.1",),
        **headers: str,
    ) -> None:
        ports = [ports] if isinstance(ports, int) else list(ports)
        spawn = multiprocessing.get_context("spawn")
        self._connection, child_connection = spawn.Pipe()
        self._process = spawn.Process(
            target=_run_crowd,
            args=(child_connection, ports, list(sources), list(paths), readers, pause, headers),
            daemon=True,
        )
        self._process.start()
        child_connection.close()  # so that nothing waits for a process that fails
        self._connection.recv()

    def stop(self) -> Results:
        self._connection.send("stop")
        results = self._connection.recv()
        self._process.join()
        return results


def read_for(ports: int | Sequence[int], paths: Sequence[str], seconds: float, **options) -> Results:
    """Return the results of a crowd after so many seconds."""
    crowd = Crowd(ports, paths, **options)
    time.sleep(seconds)
    return crowd.stop()


@contextmanager
def open_connections(port: int, count: int, content: bytes = b""):
    """Open connections that send `content`, or nothing, and wait."""
    sockets = []
    try:
        for _ in range(count):
            sockets.append(socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT))
            if content:
                sockets[-1].sendall(content)
        yield sockets
    finally:
        for connection in sockets:
            connection.close()


@contextmanager
def slow_readers(port: int, path: str, count: int, *, rate: int = 4096, every: float = 0.25):
    """Start readers with a bad connection: each receives `rate` bytes at a time, with a small window."""
    stop_event, sockets = threading.Event(), []

    def receive_slowly() -> None:
        with socket.socket() as slow:
            sockets.append(slow)
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", port))
            slow.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            while not stop_event.wait(every) and slow.recv(rate):
                pass

    threads = [threading.Thread(target=receive_slowly, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop_event.set()
        for slow in sockets:
            with suppress(OSError):  # it is closed already
                slow.shutdown(socket.SHUT_RDWR)  # who has read all waits for more
        for thread in threads:
            thread.join(5)
