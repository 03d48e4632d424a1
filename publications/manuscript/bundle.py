"""Read and write a manuscript with its files as a folder; file names cannot point outside that folder."""

import re
import shutil
from pathlib import Path
from uuid import uuid4

from .parse import loads
from .records import Files, Manuscript, ManuscriptError
from .serialize import dumps

INDEX_NAME = "index.md"
FILE_NAME = re.compile(r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*")


def write(manuscript: Manuscript, folder: Path, files: Files | None = None) -> Path:
    """Write the manuscript and its files as a folder, completely or not at all.

    Args:
        folder: the target; an existing folder is replaced if it contains a manuscript and no subfolder.
        files: the contents of the files by their names.

    Returns:
        The folder.

    Raises:
        ManuscriptError: a file name is invalid, the folder contains something else, or the text cannot be serialized.
    """
    contents = {**(files or {}), INDEX_NAME: dumps(manuscript).encode()}
    for name in files or {}:
        if not _is_file_name(name):
            raise ManuscriptError(
                f"“{name}” cannot be the name of a file beside a manuscript: choose another."
            )
    _check_replaceable(folder)
    unfinished = folder.with_name(f".{uuid4().hex}")
    try:
        unfinished.mkdir(parents=True)
        for name, content in contents.items():
            (unfinished / name).write_bytes(content)
        _move_into_place(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def read(path: Path) -> tuple[Manuscript, dict[str, Path]]:
    """Read a manuscript from a folder or a single file.

    Returns:
        The manuscript, and the paths of the files it names that exist in the same folder.

    Raises:
        ManuscriptError: the file cannot be read, is not UTF-8, or is not a manuscript.
    """
    file = path / INDEX_NAME if path.is_dir() else path
    source = f"{path.name}/{INDEX_NAME}" if path.is_dir() else path.name
    try:
        content = file.read_bytes()
        manuscript = loads(content.decode("utf-8"), source=source)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ManuscriptError(
            f"{source}, line {line}: not UTF-8. Save it as UTF-8, then try again."
        ) from error
    except OSError as error:
        raise ManuscriptError(f"{source}: cannot be read ({error.strerror}). Is it there?") from error
    names = [record.file for record in (*manuscript.images, *manuscript.attachments)]
    paths = {name: file.parent / name for name in names if _is_file_name(name)}
    return manuscript, {
        name: path for name, path in paths.items() if path.is_file() and not path.is_symlink()
    }


def _is_file_name(name: str) -> bool:
    """Whether the name has no directory part, does not start with a dot and is not that of the text."""
    return bool(FILE_NAME.fullmatch(name)) and len(name.encode()) <= 255 and name.casefold() != INDEX_NAME


def _check_replaceable(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / INDEX_NAME).is_file() or any(path.is_dir() for path in folder.iterdir()):
        raise ManuscriptError(f"“{folder.name}” holds other things than a manuscript: choose a new folder.")


def _move_into_place(unfinished: Path, folder: Path) -> None:
    if not folder.exists():
        unfinished.rename(folder)
        return
    previous = folder.rename(folder.with_name(f".{uuid4().hex}"))
    try:
        unfinished.rename(folder)
    except OSError:
        previous.rename(folder)
        raise
    shutil.rmtree(previous, ignore_errors=True)
