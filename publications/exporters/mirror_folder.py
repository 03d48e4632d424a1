"""The folder of the mirror, and the site state that it shows.

Files are written whole or not at all, texts with compressed variants beside them.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings

from publications.compression import BROTLI, COMPRESS, GZIP
from publications.metadata import FORMATS
from publications.models import SiteState

from .checksums import SIGNATURE, SUMS, remove_sums, write_sums
from .mirror_paths import file_name_of

MARKER = ".mirror"
INTRODUCTION = "Made by manage.py mirror, which removes what it does not know."
MAX_NAME_BYTES = 240  # file systems allow 255, and compressed variants have a suffix more
COMPRESSED_ENDINGS = (
    ".html", ".xml", ".txt", ".css", ".js", ".svg",
    *(format.path_ending for format in FORMATS.values() if format.is_compressible),
)  # fmt: skip
RELEASE_FOLDERS = ("accounts", "locale", "publications", "sceeus", "static", "templates")
COMPRESSORS = {".gz": COMPRESS[GZIP], ".br": COMPRESS[BROTLI]}


class NotAMirror(Exception):
    """The folder contains files and no marker of a mirror."""


class MirrorFolder:
    """The folder of a mirror. Raises NotAMirror for a folder that is used for something else.

    SHA256SUMS is there only while it is right: it is removed before a file changes, and written at the end.
    """

    def __init__(self, root: Path, *, has_variants: bool = True) -> None:
        self.root, self._has_variants = root, has_variants
        self._own_files = {root / name for name in (MARKER, SUMS, SIGNATURE)}
        root.mkdir(parents=True, exist_ok=True)
        marker = root / MARKER
        if not marker.exists():
            if any(root.iterdir()):
                raise NotAMirror(root)
            marker.write_text(f"{INTRODUCTION}\n", encoding="utf-8")

    def read_state(self) -> SiteState:
        """Return the site state of the last crawl, an ended one if that is unfinished or of another release."""
        stored = self._read_marker()
        if stored.get("release") != release_fingerprint():
            return SiteState.ended(stored.get("site_version", 0))
        return SiteState.from_dict(stored)

    def begin_crawl(self, site_version: int) -> None:
        """Store that the folder shows this version or a later one, until `finish_crawl`."""
        self._write_marker({"site_version": site_version})

    def finish_crawl(self, state: SiteState) -> None:
        """Store that the folder shows this state, rendered by this release; some of its pages may be newer."""
        self._write_marker({**state.as_dict(), "release": release_fingerprint()})

    def _write_marker(self, values: dict) -> None:
        _write_together({self.root / MARKER: f"{INTRODUCTION}\n{json.dumps(values)}\n".encode()})

    def _read_marker(self) -> dict:
        """Return what the last crawl has stored, or {} before the first."""
        last_line = (self.root / MARKER).read_text(encoding="utf-8").rstrip().rpartition("\n")[2]
        try:
            return json.loads(last_line)
        except ValueError:
            number = last_line.rpartition(" ")[2]  # older releases: "It shows site version 123"
            return {"site_version": int(number)} if number.isdigit() else {}

    def has_page(self, path: str) -> bool:
        """Return whether the page of a path is stored as a crawl wrote it. Never for files without variants."""
        file = self.file_of(path)
        variants = self._variants(file) if file else []
        return bool(variants) and all(_is_written_with(file, variant) for variant in variants)

    def subfolders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder."""
        path = self.root / folder
        return sorted(child.name for child in path.iterdir() if child.is_dir()) if path.is_dir() else []

    def remove_all_but(self, sections: Iterable[str], folders: Iterable[str]) -> list[str]:
        """Remove all files but those of publications in `sections` and those in `folders`; return their names."""
        names = [
            *folders,
            *(f"{section}/{slug}" for section in sections for slug in self.subfolders(section)),
        ]
        excluded = {self.root / name for name in names}
        return self._remove(
            [file for file in self.files() if not (file in self._own_files or _is_in(file, excluded))]
        )

    def file_of(self, path: str) -> Path | None:
        """Return the file of a path, or None if no file system can store its name."""
        path, _mark, query = path.partition("?")
        parts = file_name_of(path, query).split("/")
        if any(part in ("", ".", "..", MARKER) or len(part.encode()) > MAX_NAME_BYTES for part in parts):
            return None
        return self.root.joinpath(*parts)

    def write_page(self, path: str, body: bytes) -> bool:
        """Write a page and its compressed variants, and return whether any of them changed.

        Raises:
            ValueError: no file system can store the name.
            OSError: the disk is full or fails; the page and its variants are unchanged.
        """
        file = self.file_of(path)
        if file is None:
            raise ValueError(path)
        if _has_content(file, body) and all(
            _is_written_with(file, variant) for variant in self._variants(file)
        ):
            return False
        remove_sums(self.root)
        file.parent.mkdir(parents=True, exist_ok=True)
        compressed = {variant: COMPRESSORS[variant.suffix](body) for variant in self._variants(file)}
        _write_together({**compressed, file: body})
        return True

    def remove_unlisted(self, paths: Iterable[str]) -> list[str]:
        """Remove the files of all other paths, and empty folders; return the names of the files, without variants."""
        listed = set(self._own_files)
        for path in paths:
            if file := self.file_of(path):
                listed |= {file, *self._variants(file)}
        return self._remove([file for file in self.files() if file not in listed])

    def remove_page(self, folder: str) -> list[str]:
        """Remove the page of a folder, all files below it, and its other formats beside it; return their names."""
        page = self.root.joinpath(*unquote(folder).strip("/").split("/"))
        below = self.files(page) if page.is_dir() else []
        beside = [file for file in page.parent.glob(f"{_escape_glob(page.name)}.*") if file.is_file()]
        return self._remove(below + beside)

    def files(self, under: Path | None = None) -> list[Path]:
        return [
            Path(folder, name) for folder, _, names in os.walk(under or self.root) for name in sorted(names)
        ]

    def public_files(self) -> list[Path]:
        """Return all files but compressed variants, sums and what only this class reads."""
        return [file for file in self._summed_files() if not file.name.endswith(tuple(COMPRESSORS))]

    def write_sums(self) -> None:
        """Write SHA256SUMS of all files, unless none has changed; without the secret key it is signed elsewhere."""
        if not (
            (self.root / SUMS).exists() and ((self.root / SIGNATURE).exists() or not settings.SIGNING_KEY)
        ):
            write_sums(self.root, self._summed_files())

    def _summed_files(self) -> list[Path]:
        return [
            file for file in self.files() if file not in self._own_files and not file.name.endswith(".part")
        ]

    def _variants(self, file: Path) -> list[Path]:
        if not (self._has_variants and file.name.endswith(COMPRESSED_ENDINGS)):
            return []
        return [file.with_name(file.name + suffix) for suffix in COMPRESSORS]

    def _remove(self, files: list[Path]) -> list[str]:
        if files:
            remove_sums(self.root)
        for file in files:
            file.unlink(missing_ok=True)
        for parent in sorted(
            {file.parent for file in files}, key=lambda folder: len(folder.parts), reverse=True
        ):
            self._prune(parent)
        names = [file.relative_to(self.root).as_posix() for file in files]
        return sorted(name for name in names if not name.endswith(tuple(COMPRESSORS)))

    def _prune(self, folder: Path) -> None:
        while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


@cache
def release_fingerprint() -> str:
    """Return a digest of what pages depend on besides the database: code, packages, and the settings named here."""
    digest = hashlib.sha256(
        repr((settings.SITE_URL, settings.DEBUG, settings.ONION_URL, settings.MIRROR_URLS)).encode()
    )
    manifest = settings.STATIC_ROOT / "staticfiles.json"  # the names of static files in pages
    digest.update(manifest.read_bytes() if manifest.exists() else b"")
    digest.update(repr(sorted((package.name, package.version) for package in distributions())).encode())
    for folder in RELEASE_FOLDERS:
        for file in sorted((settings.BASE_DIR / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(settings.BASE_DIR).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _is_in(file: Path, folders: set[Path]) -> bool:
    """Whether the file is in one of the folders, or beside one with its name, such as rye.bib of rye/."""
    return file.parent / file.name.partition(".")[0] in folders or not folders.isdisjoint(file.parents)


def _has_content(file: Path, body: bytes) -> bool:
    try:
        return file.stat().st_size == len(body) and file.read_bytes() == body
    except OSError:
        return False


def _is_written_with(file: Path, variant: Path) -> bool:
    """Whether both come from one `_write_together`; a power cut may leave empty files with the right time."""
    try:
        file_stat, variant_stat = file.stat(), variant.stat()
    except OSError:
        return False
    has_content = file_stat.st_size > 0 and variant_stat.st_size > 0
    return has_content and file_stat.st_mtime_ns == variant_stat.st_mtime_ns


def _write_together(files: Mapping[Path, bytes]) -> None:
    """Write files of one folder with the same modification time, each atomically.

    If the disk cannot store all of them, none changes.
    """
    now = time.time_ns()
    temporary_files = {
        file: file.with_name(f".{os.getpid()}-{number}.part") for number, file in enumerate(files)
    }
    try:
        for file, body in files.items():
            temporary_files[file].write_bytes(body)
            os.utime(temporary_files[file], ns=(now, now))
        for file, temporary_file in temporary_files.items():
            temporary_file.replace(file)
    finally:
        for temporary_file in temporary_files.values():
            temporary_file.unlink(missing_ok=True)


def _escape_glob(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
