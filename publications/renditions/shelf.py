"""The shelf: folders of made files, each named by what it was made from, so that none is ever stale."""

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from publications import durable_files

log = logging.getLogger(__name__)


def find_or_make(name: str, make: Callable[[], bytes]) -> bytes:
    """The file of that name, made now if it is not there. Two who make it at once do no harm.

    Where it cannot be kept, as on a full disk, it is made for this once.
    """
    path = place(name)
    with suppress(OSError):
        return path.read_bytes()
    content = make()
    try:
        put(path, content)
    except OSError as error:
        log.warning("The rendition %s cannot be kept: %s", name, error)
    return content


def place(name: str, *, folder: str = "") -> Path:
    """Where a file of that name stands, or would."""
    return Path(settings.RENDITIONS) / (folder or name[:2]) / name


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    durable_files.write_file(path, [content], incoming=_incoming())


def remove_unfinished() -> int:
    """Remove what processes that were killed have left; returns how many files."""
    return durable_files.remove_unfinished(_incoming())


def _incoming() -> Path:
    return Path(settings.RENDITIONS) / "incoming"


def keep_only(path: Path, *, of: str) -> None:
    """Throw away the other files of the folder whose names start like this: what they said is said no more."""
    for other in path.parent.glob(f"{of}*"):
        if other != path:
            other.unlink(missing_ok=True)


def clear(folder: str) -> None:
    """Throw a folder away with all that stands in it."""
    shutil.rmtree(Path(settings.RENDITIONS) / folder, ignore_errors=True)
