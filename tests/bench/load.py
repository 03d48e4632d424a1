"""A small client that requests pages as fast as it can: `python -m tests.bench.load PORT SECONDS`.

Standard input is a JSON list of requests, [path, headers]. It prints the number of responses and their latencies.
"""

import json
import re
import selectors
import socket
import sys
import time

CONNECTIONS = 16
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
EXPECTED_STATUSES = (b"200", b"304")


class Connection:
    """One reader, who sends the next request once the response is complete."""

    def __init__(self, port: int, requests: list[bytes], first: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests, self.next, self.received, self.sent_at = requests, first, b"", 0.0

    def send(self) -> None:
        self.received, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(self.requests[self.next % len(self.requests)])
        self.next += CONNECTIONS

    def has_response(self) -> bool:
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server has closed a connection")
        self.received += part
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return False
        status = head[9:12]
        if status not in EXPECTED_STATUSES:
            raise ConnectionError(f"a response was {status.decode()}")
        length = LENGTH.search(head)
        return status == b"304" or len(body) >= int(length[1] if length else 0)


def build_request(path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def load(port: int, seconds: float, requests: list[bytes]) -> dict[str, float]:
    """Return the number of responses, requests a second, and median and 99th percentile of latencies in milliseconds."""
    selector, times = selectors.DefaultSelector(), []
    for first in range(CONNECTIONS):
        connection = Connection(port, requests, first)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    started = time.perf_counter()
    while (now := time.perf_counter()) < started + seconds:
        for key, _events in selector.select(1):
            if key.data.has_response():
                times.append(time.perf_counter() - key.data.sent_at)
                key.data.send()
    times.sort()
    return {
        "responses": len(times),
        "rate": len(times) / (now - started),
        "p50": times[len(times) // 2] * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    requests = [build_request(path, headers) for path, headers in json.load(sys.stdin)]
    print(json.dumps(load(int(sys.argv[1]), float(sys.argv[2]), requests)))
