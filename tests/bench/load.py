"""A small client that asks for pages as fast as they come: `python -m tests.bench.load PORT SECONDS` with requests on
its input, one JSON list of [path, headers]. It prints how many answers came, and how long they took.
"""

import json
import re
import selectors
import socket
import sys
import time

CONNECTIONS = 16
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
GOOD = (b"200", b"304")


class Connection:
    """One reader: asks, waits for the whole answer, asks again."""

    def __init__(self, port: int, requests: list[bytes], first: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests, self.next, self.held, self.asked_at = requests, first, b"", 0.0

    def ask(self) -> None:
        self.held, self.asked_at = b"", time.perf_counter()
        self.socket.sendall(self.requests[self.next % len(self.requests)])
        self.next += CONNECTIONS

    def has_answer(self) -> bool:
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server has closed a connection")
        self.held += part
        head, end, body = self.held.partition(b"\r\n\r\n")
        if not end:
            return False
        status = head[9:12]
        if status not in GOOD:
            raise ConnectionError(f"an answer was {status.decode()}")
        result = LENGTH.search(head)
        return status == b"304" or len(body) >= int(result[1] if result else 0)


def written(path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def load(port: int, seconds: float, requests: list[bytes]) -> dict[str, float]:
    """Answers, requests a second, and the median and the 99th of a hundred of waiting times in milliseconds."""
    waiting, times = selectors.DefaultSelector(), []
    for first in range(CONNECTIONS):
        connection = Connection(port, requests, first)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        for key, _events in waiting.select(1):
            if key.data.has_answer():
                times.append(time.perf_counter() - key.data.asked_at)
                key.data.ask()
    times.sort()
    return {
        "answers": len(times),
        "rate": len(times) / (now - began),
        "p50": times[len(times) // 2] * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    asked = [written(*each) for each in json.load(sys.stdin)]
    print(json.dumps(load(int(sys.argv[1]), float(sys.argv[2]), asked)))
