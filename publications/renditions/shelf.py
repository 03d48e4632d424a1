"""The shelf: a folder of made files, each named by what it was made from, so that none is ever stale."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings


def find_or_make(name: str, make: Callable[[], bytes]) -> Path:
    """The file of that name, made now if it is not there. Two who make it at once do no harm."""
    path = Path(settings.RENDITIONS) / name[:2] / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, make())
    return path


def _write(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
