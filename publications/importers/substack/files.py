"""The pictures and files of an export of Substack, which has none of them: found by name in any of its folders."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from ..image_finder import MEDIA_FOLDERS
from ..imported_file import ImportedFile, ImportNote, NoteKind
from ..links import host_of
from .posts_list import POSTS

MAX_FILES = 100_000
IMAGE_HOST = re.compile(
    r"(?:[\w.-]+\.)?(?:substackcdn\.com|substack\.com|(?:substack|bucketeer)[\w.-]*\.amazonaws\.com)"
)
IMAGE_SOURCE = re.compile(r"<img\b[^<>]*>|<source\b[^<>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"https://[^\s\"'<>]+")
FILE_PATH = "/api/v1/file/"
FILE_SOURCE = re.compile(rf"(?<=href=[\"'])https://[\w.-]+(?={FILE_PATH}([^\s\"'<>/?#]+))")
FILE_ADDRESS = re.compile(rf"https://(?:[\w-]+\.)*substack\.com{FILE_PATH}[^\s\"'<>()?#]+")


def name_local_files(html: str, names: Container[str], site: str) -> str:
    """Return a text whose pictures and files have local addresses, if they are among the names.

    Args:
        site: the address of the old site, of which the files are then; "" if it is not known.
    """

    def rename(match: re.Match[str]) -> str:
        name = _name_of(match[0])
        return f"/{name}" if name in names and IMAGE_HOST.fullmatch(host_of(match[0])) else match[0]

    def move(match: re.Match[str]) -> str:
        is_local = site and _name_of(match[1]) in names and IMAGE_HOST.fullmatch(host_of(match[0]))
        return "" if is_local else match[0]

    html = IMAGE_SOURCE.sub(lambda match: ADDRESS.sub(rename, match[0]), html) if names else html
    return FILE_SOURCE.sub(move, html) if names else html


def _name_of(address: str) -> str:
    return normalize("NFC", unquote(address).partition("?")[0].rpartition("/")[2])


def list_files(path: Path, media: Iterable[Path]) -> dict[str, str]:
    """Return the files where pictures are looked for, by name: in any folder of the export, and those of `media`.

    Args:
        path: the folder of the export, its list of posts or its archive.
    """
    root = path if path.is_dir() else path.parent
    places = [folder / name for folder in (root, *media) for name in MEDIA_FOLDERS]
    files = [file for place in places if place.is_dir() for file in place.glob("*.*")]
    names = {normalize("NFC", file.name): f"/{file.name}" for file in files}
    is_whole = (root / POSTS).is_file()  # else the folder holds an archive, and what else there is
    for file in islice(root.rglob("*.*"), MAX_FILES) if is_whole else ():
        names.setdefault(normalize("NFC", file.name), f"/{file.relative_to(root).as_posix()}")
    return names


def find_place(path: str, names: Mapping[str, str]) -> str:
    """Return the place of a picture or a file in the export by its old path; "" if it is not there."""
    name = path.removeprefix(FILE_PATH).removeprefix("/")
    return names.get(normalize("NFC", name), "")


def list_missing(file: ImportedFile) -> Iterator[str]:
    """Yield the addresses of the pictures and files of a text that are links to the servers of Substack."""
    for note in file.notes:
        address = getattr(note.text, "values", "") if note.topic == "image-elsewhere" else ""
        if isinstance(address, str) and IMAGE_HOST.fullmatch(host_of(address)):
            yield address
    yield from FILE_ADDRESS.findall(file.manuscript.body if file.manuscript else "")


def note_missing(file: ImportedFile) -> None:
    """Note the files of a text that are links to the servers of Substack, if nothing names them yet."""
    named = " ".join(str(note.text) for note in file.notes if note.topic == "missing")
    for address in dict.fromkeys(FILE_ADDRESS.findall(file.manuscript.body if file.manuscript else "")):
        if address not in named:
            message = join_messages(f"{address}:", _("The file is missing."))
            file.notes.append(ImportNote(NoteKind.DROPPED, "missing", message))
