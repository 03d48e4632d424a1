"""Ports for servers that tests and measurements start."""

import socket
from collections.abc import Iterable


def first_free(ports: Iterable[int]) -> int | None:
    """Return the first free port of these on this machine; 0 means any."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    return None
