"""The folder that a web server serves: files written whole or not at all, each text with compressed twins."""

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from publications.metadata import FORMATS
from publications.page_cache import COMPRESS

MARK = ".mirror"
LONGEST_NAME = 240  # bytes; file systems take 255, and twins have an ending more
COMPRESSED = (
    ".html", ".xml", ".txt", ".css", ".js", ".svg",
    *(format.path_ending for format in FORMATS.values() if format.is_compressible),
)  # fmt: skip
TWINS = {".gz": COMPRESS["gzip"], ".br": COMPRESS["br"]}


class NotOurs(Exception):
    """The folder holds things that no mirror has put there."""


class Folder:
    """A folder of one mirror. Raises NotOurs for one that is in use for something else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        mark = root / MARK
        if not mark.exists():
            if any(root.iterdir()):
                raise NotOurs(root)
            mark.write_text(
                "Made by manage.py mirror, which removes what it does not know.\n", encoding="utf-8"
            )

    @property
    def generation(self) -> int:
        """The generation of the site that the folder shows, or a later one."""
        told = (self.root / MARK).read_text(encoding="utf-8").split()
        return int(told[-1]) if told and told[-1].isdigit() else 0

    @generation.setter
    def generation(self, number: int) -> None:
        text = (
            f"Made by manage.py mirror, which removes what it does not know. It shows generation {number}\n"
        )
        _write_together({self.root / MARK: text.encode()})

    def below(self, folder: str) -> list[str]:
        """The names of the folders in a folder."""
        place = self.root / folder
        return sorted(each.name for each in place.iterdir() if each.is_dir()) if place.is_dir() else []

    def drop_all_but(self, sections: Iterable[str], kept: Iterable[str]) -> list[str]:
        """Remove all but what stands in the kept folders, and what belongs to a piece of one of the sections."""
        folders = [self.root / name for name in kept]
        pieces = [self.root / name / piece for name in sections for piece in self.below(name)]
        return self._remove(
            [file for file in self.files() if file.name != MARK and not _belongs(file, folders, pieces)]
        )

    def place(self, path: str) -> Path | None:
        """Where the page of a path stands; none where no file system would take its name."""
        plain = unquote(path)
        named = f"{plain}index.html" if plain.endswith("/") else plain
        parts = named.lstrip("/").split("/")
        if any(part in ("", ".", "..", MARK) or len(part.encode()) > LONGEST_NAME for part in parts):
            return None
        return self.root.joinpath(*parts)

    def put(self, path: str, body: bytes) -> bool:
        """Write the page and its twins; whether any of them is another than before.

        Raises:
            ValueError: the name is too long.
            OSError: the disk does not take them; the page and its twins are as they were.
        """
        place = self.place(path)
        if place is None:
            raise ValueError(path)
        if _holds(place, body) and all(_was_written_with(place, twin) for twin in _twins(place)):
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_together({**{twin: TWINS[twin.suffix](body) for twin in _twins(place)}, place: body})
        return True

    def keep_only(self, paths: Iterable[str]) -> list[str]:
        """Remove every other file, and folders that are empty then; what was removed, without the twins."""
        kept = {self.root / MARK}
        for path in paths:
            if place := self.place(path):
                kept |= {place, *_twins(place)}
        gone = [file for file in self.files() if file not in kept]
        return self._remove(gone)

    def drop_under(self, folder: str) -> list[str]:
        """Remove the page of a folder and all below it, with what stands beside it under the same name."""
        place = self.root.joinpath(*unquote(folder).strip("/").split("/"))
        below = self.files(place) if place.is_dir() else []
        beside = [file for file in place.parent.glob(f"{_literal(place.name)}.*") if file.is_file()]
        return self._remove(below + beside)

    def files(self, under: Path | None = None) -> list[Path]:
        return [
            Path(folder, name) for folder, _, names in os.walk(under or self.root) for name in sorted(names)
        ]

    def _remove(self, files: list[Path]) -> list[str]:
        for file in files:
            file.unlink(missing_ok=True)
        for parent in sorted({file.parent for file in files}, key=lambda each: len(each.parts), reverse=True):
            self._prune(parent)
        names = [file.relative_to(self.root).as_posix() for file in files]
        return sorted(name for name in names if not name.endswith(tuple(TWINS)))

    def _prune(self, folder: Path) -> None:
        while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _belongs(file: Path, folders: list[Path], pieces: list[Path]) -> bool:
    """Whether the file stands in one of the folders, in one of the pieces or beside one under its name."""
    parents = set(file.parents)
    if not parents.isdisjoint(folders) or not parents.isdisjoint(pieces):
        return True
    return any(file.parent == piece.parent and file.name.startswith(f"{piece.name}.") for piece in pieces)


def _twins(place: Path) -> list[Path]:
    if not place.name.endswith(COMPRESSED):
        return []
    return [place.with_name(place.name + ending) for ending in TWINS]


def _holds(place: Path, body: bytes) -> bool:
    try:
        return place.stat().st_size == len(body) and place.read_bytes() == body
    except OSError:
        return False


def _was_written_with(place: Path, twin: Path) -> bool:
    """Whether both are of one `_write_together`; a power cut may leave an empty file under a time that fits."""
    try:
        one, other = place.stat(), twin.stat()
    except OSError:
        return False
    return one.st_mtime_ns == other.st_mtime_ns and other.st_size > 0


def _write_together(files: Mapping[Path, bytes]) -> None:
    """Write files of one folder, all with the same time of change. A server that reads meanwhile gets an old file or a
    new one, never half of one; where the disk does not take all of them, all stay as they were.
    """
    now = time.time_ns()
    parts = {place: place.with_name(f".{os.getpid()}-{number}.part") for number, place in enumerate(files)}
    try:
        for place, body in files.items():
            parts[place].write_bytes(body)
            os.utime(parts[place], ns=(now, now))
        for place, part in parts.items():
            part.replace(place)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
