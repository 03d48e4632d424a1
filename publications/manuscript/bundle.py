"""A manuscript with its files as a folder: read and written whole, and leading out of no folder."""

import re
import shutil
from pathlib import Path
from uuid import uuid4

from .reading import loads
from .records import Files, Manuscript, ManuscriptError
from .writing import dumps

INDEX = "index.md"
FILE_NAME = re.compile(r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*")


def write(manuscript: Manuscript, folder: Path, files: Files | None = None) -> Path:
    """Write the manuscript and its files as a folder, whole or not at all, and say where. Raises ManuscriptError.

    A folder that is there is replaced, if it holds a manuscript and no folder of its own.
    """
    contents = {**(files or {}), INDEX: dumps(manuscript).encode()}
    for name in files or {}:
        if not _is_file_name(name):
            raise ManuscriptError(
                f"“{name}” cannot be the name of a file beside a manuscript: choose another."
            )
    _check_replaceable(folder)
    made = folder.with_name(f".{uuid4().hex}")
    try:
        made.mkdir(parents=True)
        for name, content in contents.items():
            (made / name).write_bytes(content)
        _put_in_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def read(path: Path) -> tuple[Manuscript, dict[str, Path]]:
    """A manuscript in a folder or a single file, and the files beside it that it names. Raises ManuscriptError."""
    file = path / INDEX if path.is_dir() else path
    source = f"{path.name}/{INDEX}" if path.is_dir() else path.name
    try:
        content = file.read_bytes()
        manuscript = loads(content.decode("utf-8"), source=source)
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        raise ManuscriptError(
            f"{source}, line {line}: not UTF-8. Save it as UTF-8, then try again."
        ) from reason
    except OSError as reason:
        raise ManuscriptError(f"{source}: cannot be read ({reason.strerror}). Is it there?") from reason
    named = [each.file for each in (*manuscript.images, *manuscript.attachments) if _is_file_name(each.file)]
    beside = {name: file.parent / name for name in named}
    return manuscript, {name: at for name, at in beside.items() if at.is_file() and not at.is_symlink()}


def _is_file_name(name: str) -> bool:
    """A plain name: it leads out of no folder, hides nowhere and is not that of the text."""
    return bool(FILE_NAME.fullmatch(name)) and len(name.encode()) <= 255 and name.casefold() != INDEX


def _check_replaceable(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / INDEX).is_file() or any(each.is_dir() for each in folder.iterdir()):
        raise ManuscriptError(f"“{folder.name}” holds other things than a manuscript: choose a new folder.")


def _put_in_place(made: Path, folder: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    former = folder.rename(folder.with_name(f".{uuid4().hex}"))
    try:
        made.rename(folder)
    except OSError:
        former.rename(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)
