"""Types of options: each refuses what cannot be right, in a sentence that says what can."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from ipaddress import ip_address
from math import isfinite
from pathlib import Path

MAX_PROCESSES = 256
MAX_SECONDS = 3600


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A type that takes whole numbers from `low` to `high`."""

    def read(value: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ArgumentTypeError(f"“{value}” is no whole number from {low} to {high}")
        return int(value)

    return read


def seconds(value: str) -> float:
    """A length of time that may have a fraction."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not isfinite(number) or not 0 <= number <= MAX_SECONDS:
        raise ArgumentTypeError(f"“{value}” is no number of seconds from 0 to {MAX_SECONDS}")
    return number


def host(value: str) -> str:
    """An IP address, which is all that the server can listen on; `localhost` is 127.0.0.1."""
    address = "127.0.0.1" if value == "localhost" else value
    try:
        ip_address(address)
    except ValueError as reason:
        told = f"“{value}” is no IP address to listen on. Give one such as 127.0.0.1, or 0.0.0.0 for all"
        raise ArgumentTypeError(told) from reason
    return address


def named_path(value: str) -> Path:
    """A path. No name at all would mean the folder that the command was started in."""
    if not value.strip() or "\0" in value:
        raise ArgumentTypeError("Name a folder or a file; “.” is the folder that you are in")
    return Path(value)
