"""The shelf: folders of made files, each named by what it was made from, so that none is ever stale."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings


def find_or_make(name: str, make: Callable[[], bytes], *, folder: str = "") -> Path:
    """The file of that name, made now if it is not there. Two who make it at once do no harm."""
    path = place(name, folder=folder)
    if not path.exists():
        put(path, make())
    return path


def place(name: str, *, folder: str = "") -> Path:
    """Where a file of that name stands, or would."""
    return Path(settings.RENDITIONS) / (folder or name[:2]) / name


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


def keep_only(path: Path, *, of: str) -> None:
    """Throw away the other files of the folder whose names start like this: what they said is said no more."""
    for other in path.parent.glob(f"{of}*"):
        if other != path:
            other.unlink(missing_ok=True)


def clear(folder: str) -> None:
    """Throw a folder away with all that stands in it."""
    shutil.rmtree(Path(settings.RENDITIONS) / folder, ignore_errors=True)
