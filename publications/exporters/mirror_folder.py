"""The folder of the mirror, which paths of the site belong into it, and the links of pages, style sheets and sitemaps.

Files are written whole or not at all, texts with compressed variants beside them.
"""

import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings

from publications.compression import BROTLI, COMPRESS, GZIP
from publications.metadata import FORMATS, SLOW_FORMATS
from publications.models import SiteState
from publications.page_cache import UNCACHED_PREFIXES

from .release import release_fingerprint

MARKER = ".mirror"
INTRODUCTION = "Made by manage.py mirror, which removes what it does not know."
MAX_NAME_BYTES = 240  # file systems allow 255, and compressed variants have a suffix more
COMPRESSED_ENDINGS = (
    ".html", ".xml", ".txt", ".css", ".js", ".svg",
    *(format.path_ending for format in FORMATS.values() if format.is_compressible),
)  # fmt: skip
COMPRESSORS = {".gz": COMPRESS[GZIP], ".br": COMPRESS[BROTLI]}
CSS_URL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
SITEMAP_LOC = re.compile(r"<loc>([^<]+)</loc>")
TAG = re.compile(r"<[a-z][^<>]*>")
LINK_ATTRIBUTE = re.compile(r'\s(href|src|srcset)="([^"]+)"')
META_URL = re.compile(r'\scontent="(https?://[^"\s]+)"')
JSON_LD = re.compile(r'<script type="application/ld\+json">([^<]*)</script>')
JSON_URL = re.compile(r'"(https?://[^"\\\s]+)"')


class NotAMirror(Exception):
    """The folder contains files and no marker of a mirror."""


class MirrorFolder:
    """The folder of a mirror. Raises NotAMirror for a folder that is used for something else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        marker = root / MARKER
        if not marker.exists():
            if any(root.iterdir()):
                raise NotAMirror(root)
            marker.write_text(f"{INTRODUCTION}\n", encoding="utf-8")

    @property
    def site_version(self) -> int:
        """The site version that the folder shows; some of its pages may be newer."""
        *_introduction, last = self._read_marker().split() or [""]
        return int(last) if last.isdigit() else self._stored().get("site_version", 0)

    def read_state(self) -> SiteState | None:
        """Return the site state that the folder shows; None after an unfinished crawl, or one of another release."""
        stored = self._stored()
        if stored.get("release") != release_fingerprint():
            return None
        last_action_at, valid_until = stored["last_action_at"], stored["valid_until"]
        return SiteState(
            site_version=stored["site_version"],
            serial=0,
            all_changed_serial=0,
            no_removal_since=0,
            next_start=valid_until,
            next_end=valid_until,
            next_midnight=valid_until,
            read_at=stored["read_at"],
            last_action_at=datetime.fromisoformat(last_action_at) if last_action_at else None,
        )

    def begin_crawl(self) -> None:
        """Store that the pages are those of no state until `finish_crawl`."""
        self._store({"site_version": self.site_version})

    def finish_crawl(self, state: SiteState) -> None:
        """Store that the folder shows this state, rendered by this release."""
        self._store(
            {
                "site_version": state.site_version,
                "release": release_fingerprint(),
                "read_at": state.read_at,
                "valid_until": state.valid_until,
                "last_action_at": state.last_action_at.isoformat() if state.last_action_at else "",
            }
        )

    def _store(self, values: dict) -> None:
        _write_together({self.root / MARKER: f"{INTRODUCTION}\n{json.dumps(values)}\n".encode()})

    def _stored(self) -> dict:
        """Return what the last crawl has stored, or {} before the first, or after one of an older release."""
        last_line = self._read_marker().rstrip().rpartition("\n")[2]
        try:
            return json.loads(last_line)
        except ValueError:
            return {}

    def _read_marker(self) -> str:
        return (self.root / MARKER).read_text(encoding="utf-8")

    def has_page(self, path: str) -> bool:
        """Return whether the page of a path is stored as it was written; never for files without variants."""
        file = self.file_of(path)
        variants = _variants(file) if file else []
        return bool(variants) and all(_is_written_with(file, variant) for variant in variants)

    def subfolders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder."""
        path = self.root / folder
        return sorted(child.name for child in path.iterdir() if child.is_dir()) if path.is_dir() else []

    def remove_all_but(self, sections: Iterable[str], folders: Iterable[str]) -> list[str]:
        """Remove all files but those of publications in `sections` and those in `folders`; return their names."""
        excluded = [self.root / name for name in folders]
        publications = [self.root / name / slug for name in sections for slug in self.subfolders(name)]
        return self._remove(
            [
                file
                for file in self.files()
                if file.name != MARKER and not _is_in(file, excluded, publications)
            ]
        )

    def file_of(self, path: str) -> Path | None:
        """Return the file of a path, or None if no file system can store its name."""
        decoded = unquote(path)
        name = f"{decoded}index.html" if decoded.endswith("/") else decoded
        parts = name.lstrip("/").split("/")
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
        if _has_content(file, body) and all(_is_written_with(file, variant) for variant in _variants(file)):
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        compressed = {variant: COMPRESSORS[variant.suffix](body) for variant in _variants(file)}
        _write_together({**compressed, file: body})
        return True

    def remove_unlisted(self, paths: Iterable[str]) -> list[str]:
        """Remove the files of all other paths, and empty folders; return the names of the files, without variants."""
        listed = {self.root / MARKER}
        for path in paths:
            if file := self.file_of(path):
                listed |= {file, *_variants(file)}
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

    def _remove(self, files: list[Path]) -> list[str]:
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


def _is_in(file: Path, folders: list[Path], publications: list[Path]) -> bool:
    """Whether the file is in one of the folders, or is a page or another format of one of the publications."""
    parents = set(file.parents)
    if not parents.isdisjoint(folders) or not parents.isdisjoint(publications):
        return True
    return any(file.parent == page.parent and file.name.startswith(f"{page.name}.") for page in publications)


def _variants(file: Path) -> list[Path]:
    if not file.name.endswith(COMPRESSED_ENDINGS):
        return []
    return [file.with_name(file.name + suffix) for suffix in COMPRESSORS]


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


def links_of(path: str, media_type: str, body: bytes) -> list[str]:
    """Return the distinct paths of this site that a document links to, without those that have a query."""
    if media_type == "text/html":
        urls = [*_html_urls(body.decode())]
    elif media_type == "text/css":
        urls = CSS_URL.findall(body.decode())
    elif media_type == "application/xml":
        urls = SITEMAP_LOC.findall(body.decode())
    else:
        return []
    return list(dict.fromkeys(_own_paths(path, urls)))


def _own_paths(path: str, urls: Iterable[str]) -> Iterator[str]:
    base_url = f"{settings.SITE_URL}{path}"
    site = urlsplit(settings.SITE_URL)
    for url in urls:
        try:
            parts = urlsplit(urljoin(base_url, url.strip()))
        except ValueError:  # not a URL, such as http://[
            continue
        if (parts.scheme, parts.netloc) == (site.scheme, site.netloc) and not parts.query:
            yield normalize_path(parts.path or "/")


def normalize_path(path: str) -> str:
    """Return the one spelling of a path that links may spell in several ways."""
    return quote(unquote(path), safe="/:@!$&'()*+,;=-._~")


def is_mirrored(path: str, *, with_renditions: bool) -> bool:
    """Whether the path belongs into the folder; PDFs and social images do only `with_renditions`."""
    if path.startswith(UNCACHED_PREFIXES) or "/files/" in path:
        return False  # only the application sends uploaded files with the headers of downloads
    return with_renditions or not is_rendition(path)


def is_rendition(path: str) -> bool:
    """Whether the path is that of a PDF or a social image."""
    return path.endswith(tuple(format.path_ending for format in SLOW_FORMATS))


def _html_urls(text: str) -> Iterator[str]:
    """Yield the URLs in attributes, `meta` elements and JSON-LD, not those in texts.

    Our templates put attribute values in double quotes and escape every other "<" and ">".
    """
    for tag in TAG.findall(text):
        for name, value in LINK_ATTRIBUTE.findall(tag):
            urls = (
                [part.split()[0] for part in value.split(",") if part.strip()]
                if name == "srcset"
                else [value]
            )
            yield from map(unescape, urls)
        if tag.startswith("<meta "):
            yield from map(unescape, META_URL.findall(tag))
    for json_ld in JSON_LD.findall(text):
        yield from JSON_URL.findall(json_ld)
