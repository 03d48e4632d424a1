"""Restore the originals of a backup; a damaged one never replaces a sound one.

    python deploy/unpack_originals.py BACKUP/originals.tar FOLDER

A file is named by the SHA-256 digest of its bytes. An undamaged file is kept; all others are written.
"""

import hashlib
import os
import sys
import tarfile
from pathlib import Path


def is_whole(path: Path) -> bool:
    """Return whether a file exists and its digest is its name."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == path.name.partition(".")[0]


def unpack(archive: tarfile.TarFile, folder: Path) -> None:
    for member in archive:
        member = tarfile.data_filter(member, str(folder))  # refuses names outside the folder
        path = folder / member.name
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif member.isfile() and not is_whole(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(archive.extractfile(member), path)


def _write(source, path: Path) -> None:
    """Write under another name first, so that an interruption leaves no half-written file."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        while block := source.read(1 << 20):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


if __name__ == "__main__":
    with tarfile.open(sys.argv[1]) as originals:
        unpack(originals, Path(sys.argv[2]))
