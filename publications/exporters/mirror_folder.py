"""The folder that a web server serves, and which addresses of the site belong into it.

Files are written whole or not at all, each text with compressed twins. Pages, style sheets and sitemaps say which other
addresses there are.
"""

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings

from publications.metadata import FORMATS, MADE_ON_REQUEST
from publications.page_cache import COMPRESS, NO_PAGES

MARK = ".mirror"
MAX_NAME_BYTES = 240  # bytes; file systems take 255, and twins have an ending more
COMPRESSED_ENDINGS = (
    ".html", ".xml", ".txt", ".css", ".js", ".svg",
    *(format.path_ending for format in FORMATS.values() if format.is_compressible),
)  # fmt: skip
TWINS = {".gz": COMPRESS["gzip"], ".br": COMPRESS["br"]}
IN_SHEET = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
IN_SITEMAP = re.compile(r"<loc>([^<]+)</loc>")
TAG = re.compile(r"<[a-z][^<>]*>")
LEADING_ON = re.compile(r'\s(href|src|srcset)="([^"]+)"')
META_ADDRESS = re.compile(r'\scontent="(https?://[^"\s]+)"')
LINKED_DATA = re.compile(r'<script type="application/ld\+json">([^<]*)</script>')
WHOLE_ADDRESS = re.compile(r'"(https?://[^"\\\s]+)"')


class NotAMirror(Exception):
    """The folder holds things that no mirror has put there."""


class MirrorFolder:
    """A folder of one mirror. Raises NotAMirror for one that is in use for something else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        mark = root / MARK
        if not mark.exists():
            if any(root.iterdir()):
                raise NotAMirror(root)
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
        if any(part in ("", ".", "..", MARK) or len(part.encode()) > MAX_NAME_BYTES for part in parts):
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
    if not place.name.endswith(COMPRESSED_ENDINGS):
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


def links_of(path: str, media_type: str, body: bytes) -> list[str]:
    """The paths of this site that it leads to, as they are asked for, each once; those with a query are left out."""
    if media_type == "text/html":
        found = [*_in_html(body.decode())]
    elif media_type == "text/css":
        found = IN_SHEET.findall(body.decode())
    elif media_type == "application/xml":
        found = IN_SITEMAP.findall(body.decode())
    else:
        return []
    return list(dict.fromkeys(_own_paths(path, found)))


def _own_paths(path: str, addresses: Iterable[str]) -> Iterator[str]:
    here = f"{settings.SITE_URL}{path}"
    home = urlsplit(settings.SITE_URL)
    for address in addresses:
        try:
            parts = urlsplit(urljoin(here, address.strip()))
        except ValueError:  # not an address at all, as http://[
            continue
        if (parts.scheme, parts.netloc) == (home.scheme, home.netloc) and not parts.query:
            yield normalize_path(parts.path or "/")


def normalize_path(path: str) -> str:
    """One spelling of a path, however a link has it."""
    return quote(unquote(path), safe="/:@!$&'()*+,;=-._~")


def is_mirrored(path: str, *, with_renditions: bool) -> bool:
    """Whether the path belongs into the folder; what takes long to render does only `with_renditions`."""
    if path.startswith(NO_PAGES) or "/files/" in path:
        return False  # files of editors go out as downloads, which is for the application to say
    return with_renditions or not path.endswith(tuple(format.path_ending for format in MADE_ON_REQUEST))


def _in_html(text: str) -> Iterator[str]:
    """Pages of ours have their values in double quotes, and every other "<" and ">" is written as a character.

    Social images stand in `meta`, the logo in linked data; an address that is quoted in a text is no link.
    """
    for tag in TAG.findall(text):
        for name, value in LEADING_ON.findall(tag):
            found = (
                [part.split()[0] for part in value.split(",") if part.strip()]
                if name == "srcset"
                else [value]
            )
            yield from map(unescape, found)
        if tag.startswith("<meta "):
            yield from map(unescape, META_ADDRESS.findall(tag))
    for linked_data in LINKED_DATA.findall(text):
        yield from WHOLE_ADDRESS.findall(linked_data)
