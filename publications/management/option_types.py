"""Types for arguments of commands: each refuses an invalid value and says what is valid.

A folder that a command writes is declared by `add_output_folder`, and made by `make_output_folder`.
"""

import os
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from ipaddress import ip_address
from math import isfinite
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management.base import CommandError

MAX_PROCESSES = 256
MAX_SECONDS = 3600


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a type for whole numbers from `low` to `high`."""

    def read(value: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ArgumentTypeError(f"“{value}” is no whole number from {low} to {high}")
        return int(value)

    return read


def seconds(value: str) -> float:
    """Return a number of seconds, which may have a fraction."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not isfinite(number) or not 0 <= number <= MAX_SECONDS:
        raise ArgumentTypeError(f"“{value}” is no number of seconds from 0 to {MAX_SECONDS}")
    return number


def host(value: str) -> str:
    """Return an IP address to listen on; `localhost` is 127.0.0.1."""
    address = "127.0.0.1" if value == "localhost" else value
    try:
        ip_address(address)
    except ValueError as error:
        message = f"“{value}” is no IP address to listen on. Give one such as 127.0.0.1, or 0.0.0.0 for all"
        raise ArgumentTypeError(message) from error
    return address


def names_own_machine(address: str) -> bool:
    """Whether an address names the own machine itself: who writes 127.0.0.1 or localhost means it."""
    name = urlsplit(address).hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def non_empty_path(value: str) -> Path:
    """Return a path; an empty one is refused, as it would mean the current folder."""
    if not value.strip() or "\0" in value:
        raise ArgumentTypeError("Name a folder or a file; “.” is the folder that you are in")
    return Path(value)


def add_output_folder(parser: ArgumentParser, name: str = "folder", **options: str) -> None:
    """Add the argument of a folder that a command writes, and only it. `options` are those of `add_argument`."""
    texts = {"metavar": "FOLDER", "help": "an empty folder, or one that this command has written before"}
    parser.add_argument(name, type=non_empty_path, **{**texts, **options})


def make_output_folder(folder: Path) -> None:
    """Make a folder that a command writes, unless it is there. Raises CommandError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CommandError(f"“{folder}” is no folder. Give an empty folder.") from error
    except OSError as error:
        raise _not_writable(folder, error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_writable(folder, "Permission denied")


def foreign_files_error(folder: Path) -> CommandError:
    """Return the error for a folder that has files of somebody else, which a command does not touch."""
    return CommandError(
        f"“{folder}” holds files that this command has not written. Give an empty folder, or one that it has written."
    )


def _not_writable(folder: Path, reason: str) -> CommandError:
    return CommandError(f"“{folder}” cannot be written: {reason}. Give a folder that this account may write.")
