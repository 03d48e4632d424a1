"""Write files whole or not at all: whoever reads one, even after a power cut, finds all of its bytes or no file."""

import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

UNFINISHED_SUFFIX = ".part"
UNFINISHED_HOURS = 24  # no write takes so long: what is older was left by a process that was killed
FOLDER_MODE = 0o700


def write_file(path: Path, chunks: Iterable[bytes], *, incoming: Path | None = None) -> None:
    """Write bytes under a temporary name, let them reach the disk, then give them their name.

    Args:
        path: the name; a file that has it already is replaced in one step.
        incoming: a folder on the same file system for the temporary file; the folder of `path` by default.

    Raises:
        OSError: the bytes could not be written; nothing has changed, and no temporary file remains.
        FileNotFoundError: the folder of `path` does not exist.
    """
    if incoming:
        make_folder(incoming)
    handle, name = tempfile.mkstemp(dir=incoming or path.parent, suffix=UNFINISHED_SUFFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that a power cut does not take away the names of what is put into it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=FOLDER_MODE)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_unfinished(incoming: Path) -> int:
    """Remove what processes that were killed have left in a folder of unfinished files; returns how many files."""
    limit = time.time() - UNFINISHED_HOURS * 3600
    old = [path for path in incoming.glob(f"*{UNFINISHED_SUFFIX}") if _modified_at(path) < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # finished, or removed, a moment ago
        return time.time()
