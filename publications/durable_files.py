"""Write files atomically: after a crash or power failure, a file is complete or absent."""

import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TEMPORARY_SUFFIX = ".part"
MAX_WRITE_HOURS = 24  # no write takes so long: older files belong to killed processes
FOLDER_MODE = 0o700


def write_file(path: Path, chunks: Iterable[bytes], *, temporary_folder: Path | None = None) -> None:
    """Write a temporary file, flush it to the disk, then rename it.

    Args:
        path: the target; an existing file is replaced atomically.
        temporary_folder: a folder on the same file system for the temporary file; the folder of `path` by default.

    Raises:
        OSError: the bytes could not be written; the target is unchanged, and no temporary file remains.
        FileNotFoundError: the folder of `path` does not exist.
    """
    if temporary_folder:
        make_folder(temporary_folder)
    handle, name = tempfile.mkstemp(dir=temporary_folder or path.parent, suffix=TEMPORARY_SUFFIX)
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
    """Create a folder and its parents, and flush their directory entries to the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=FOLDER_MODE)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush the directory entries of a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_abandoned_files(temporary_folder: Path) -> int:
    """Remove the temporary files of killed processes from a folder; return their number."""
    oldest = time.time() - MAX_WRITE_HOURS * 3600
    abandoned = [
        path for path in temporary_folder.glob(f"*{TEMPORARY_SUFFIX}") if _modified_at(path) < oldest
    ]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return len(abandoned)


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # renamed or removed since the listing
        return time.time()
