"""Search files by what they hold: text of pages, PDFs and Word files, members of archives, metadata of pictures."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import brotli
from django.core.files import File
from django.core.files.storage import Storage
from PIL import Image

from publications.folder_storage import list_files
from publications.html_tree import parse
from publications.ooxml import InvalidWordFile, all_text

from .matching import NameMatcher, Occurrence
from .texts import decode_text, divide_markup, join_lines, read_pdf, read_picture

UPLOADED_FILES = "uploaded files"
"""How the places in originals begin."""
MAX_MEMBER_BYTES = 200 * 1024 * 1024
MAX_DEPTH = 4
"""Archives within archives."""
CHUNK_BYTES, OVERLAP_BYTES = 8 * 1024 * 1024, 4096
"""Large files of unknown formats are read in parts that overlap by more than a name."""
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
WORD_PARTS = (".xml", ".rels")
"""Parts of a Word file whose text has been read as a whole: their runs divide words."""
HTML = (".html", ".htm", ".xhtml", ".xml", ".svg", ".atom", ".rss")
ENCRYPTED = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")


@dataclass
class Searched:
    """What a search has read, and what it could not.

    Attributes:
        pictures: files whose metadata was read. Lettering in the picture itself is for people to look at.
        unread: files that are encrypted, damaged or too large, each with the reason.
        progress: called with the number of files that have been read, before the next is.
    """

    files: int = 0
    pictures: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    progress: Callable[[int], None] = lambda _files: None

    def count_file(self) -> None:
        self.progress(self.files)
        self.files += 1


def search_folder(
    folder: Path, matcher: NameMatcher, searched: Searched, *, without: Collection[Path] = ()
) -> Iterator[Occurrence]:
    """Yield each file below a folder whose path or content holds a name; large files are read in parts.

    Args:
        without: files and folders in it that are left out.
    """
    files = (path for path in folder.rglob("*") if path.is_file())
    for path in sorted(path for path in files if not {path, *path.parents} & set(without)):
        place = str(path.relative_to(folder))
        for name in matcher.find(place):
            yield Occurrence(f"{folder}: the path {place}", name)
        yield from search_path(path, f"{folder}: {place}", matcher, searched)


def search_path(path: Path, place: str, matcher: NameMatcher, searched: Searched) -> Iterator[Occurrence]:
    """Yield the parts of one file that hold a name."""
    try:
        if path.stat().st_size > MAX_MEMBER_BYTES:
            searched.count_file()
            with path.open("rb") as file:
                yield from _search_in_parts(file, place, matcher)
        else:
            yield from search_file(place, path.read_bytes(), matcher, searched)
    except OSError as error:
        searched.unread.append(f"{place}: {error.strerror}")


def _search_in_parts(file: BinaryIO | File, place: str, matcher: NameMatcher) -> Iterator[Occurrence]:
    before, names = b"", {}
    while chunk := file.read(CHUNK_BYTES):
        part = before + chunk
        names |= dict.fromkeys(matcher.find_in_bytes(part))
        before = part[-OVERLAP_BYTES:]
    for name in names:
        yield Occurrence(place, name)


def search_storage(storage: Storage, matcher: NameMatcher, searched: Searched) -> Iterator[Occurrence]:
    """Yield the files of a storage that hold a name, in a folder or in a bucket; large files are read in parts."""
    for name in list_files(storage):
        place = f"{UPLOADED_FILES}: {name}"
        for found in matcher.find(name):
            yield Occurrence(f"{UPLOADED_FILES}: the path {name}", found)
        try:
            with storage.open(name) as file:
                if file.size > MAX_MEMBER_BYTES:
                    searched.count_file()
                    yield from _search_in_parts(file, place, matcher)
                else:
                    yield from search_file(place, file.read(), matcher, searched)
        except OSError as error:
            searched.unread.append(f"{name}: {error}")


def search_file(
    place: str, content: bytes, matcher: NameMatcher, searched: Searched, *, depth: int = 0
) -> Iterator[Occurrence]:
    """Yield the parts of a file that hold a name: its bytes, and what they decode to."""
    searched.count_file()
    names = {} if matcher.is_exact else dict.fromkeys(matcher.find_in_bytes(content))
    unread = len(searched.unread)
    if content.startswith(ENCRYPTED):
        searched.unread.append(f"{place}: it is encrypted")
    elif content.startswith(b"%PDF"):
        found, files = _find_in_pdf(place, content, matcher, searched)
        names |= dict.fromkeys(found)
        for filename, file in files if depth < MAX_DEPTH else ():
            yield from search_file(f"{place} → {filename}", file, matcher, searched, depth=depth + 1)
    elif content.startswith(PICTURES):
        names |= dict.fromkeys(_find_in_picture(place, content, matcher, searched))
    elif content.startswith(b"PK\x03\x04"):
        word_text = _read_word_file(content)
        names |= dict.fromkeys(matcher.find(word_text or ""))
        is_read = matcher.is_exact and word_text is not None
        yield from _search_archive(
            place, content, matcher, searched, depth, without=WORD_PARTS if is_read else ()
        )
    elif place.endswith((".gz", ".br")):
        yield from _search_compressed(place, content, matcher, searched, depth)
    elif (text := decode_text(content)) is not None:
        names |= dict.fromkeys(_find_in_text(place, text, matcher))
    else:
        names |= dict.fromkeys(matcher.find_in_bytes(content))
    if len(searched.unread) > unread:
        names |= dict.fromkeys(matcher.find_in_bytes(content))
    for name in names:
        yield Occurrence(place, name)


def _find_in_text(place: str, text: str, matcher: NameMatcher) -> list[str]:
    if not place.lower().endswith(HTML):
        return matcher.find(text)
    readings = divide_markup(text) if matcher.is_exact else [text, parse(text).text]
    return [name for reading in readings for name in matcher.find(reading)]


def _find_in_pdf(
    place: str, content: bytes, matcher: NameMatcher, searched: Searched
) -> tuple[list[str], list[tuple[str, bytes]]]:
    """Return the names in the text and metadata of a PDF, decompressed, and the attachments in it by name."""
    try:
        pdf = read_pdf(content, all_strings=matcher.is_exact)
    except Exception as error:  # a malformed PDF fails anywhere in the library
        searched.unread.append(f"{place}: it is no whole PDF ({error})")
        return [], []
    if pdf.unread:
        searched.unread.append(f"{place}: {pdf.unread} objects of the PDF are damaged")
    texts = [join_lines(pdf.pages), "\n".join([*pdf.texts, *(name for name, _file in pdf.files)])]
    if not matcher.is_exact:
        texts.append(pdf.pages)  # in which a hyphen may divide a word
    names = [name for text in texts for name in matcher.find(text)]
    return [*names, *(name for picture in pdf.pictures for name in matcher.find_in_bytes(picture))], pdf.files


def _find_in_picture(place: str, content: bytes, matcher: NameMatcher, searched: Searched) -> list[str]:
    """Return the names in the metadata of a picture, also in those that no library knows."""
    searched.pictures.append(place)
    try:
        texts, others = read_picture(content)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        searched.unread.append(f"{place}: it is no whole picture")
        return []
    names = [name for part in (content, *others) for name in matcher.find_in_bytes(part)]
    return [*names, *matcher.find("\n".join(texts))]


def _read_word_file(content: bytes) -> str | None:
    """Return the text of a Word file, whose runs may divide a name; None for any other archive."""
    try:
        return all_text(content)
    except InvalidWordFile:
        return None


def _search_archive(
    place: str,
    content: bytes,
    matcher: NameMatcher,
    searched: Searched,
    depth: int,
    *,
    without: tuple[str, ...],
) -> Iterator[Occurrence]:
    """Yield the members of an archive that hold a name, but for those whose names have one of these endings."""
    if depth >= MAX_DEPTH:
        searched.unread.append(f"{place}: archives within archives, more than {MAX_DEPTH}")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                inner = f"{place} → {entry.filename}"
                for name in matcher.find(entry.filename):
                    yield Occurrence(f"{inner}, its name", name)
                if entry.is_dir() or entry.filename.endswith(without):
                    continue
                if entry.file_size > MAX_MEMBER_BYTES or entry.flag_bits & 1:
                    searched.unread.append(f"{inner}: it is too large or encrypted")
                    continue
                yield from search_file(inner, archive.read(entry), matcher, searched, depth=depth + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        searched.unread.append(f"{place}: it is no whole archive ({error})")


def _search_compressed(
    place: str, content: bytes, matcher: NameMatcher, searched: Searched, depth: int
) -> Iterator[Occurrence]:
    stem, _dot, ending = place.rpartition(".")
    try:
        inner = gzip.decompress(content) if ending == "gz" else brotli.decompress(content)
    except (OSError, EOFError, zlib.error, brotli.error) as error:
        searched.unread.append(f"{place}: it is no whole compressed file ({error})")
        return
    for found in search_file(stem, inner, matcher, searched, depth=depth + 1):
        yield Occurrence(f"{found.place}, compressed as {ending}", found.name)
