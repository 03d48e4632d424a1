"""Ports for servers that tests and measurements start."""

import os
import re
import socket
from collections.abc import Iterable

MAX_PORT = 65_535


def ports_from_environment(variable: str, default: str) -> range:
    """Return the ports that an environment variable names: `8130` and all above, or `8120-8129`.

    Raises SystemExit, naming the variable and the form of its values, if it holds anything else.
    """
    value = os.environ.get(variable, default)
    match = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", value)
    first, last = (int(match[1]), int(match[2] or MAX_PORT)) if match else (0, 0)
    if not match or not first <= last <= MAX_PORT:
        raise SystemExit(
            f"{variable}={value}: name a first port (8130) or a range (8120-8129) up to {MAX_PORT}."
        )
    return range(first, last + 1)


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
