"""Archives of texts that people upload: checked before they are stored, and unpacked within limits.

An entry is refused if its name leads out of the folder, if it is a link or encrypted, or if the archive would unpack to
more than `MAX_UNPACKED_BYTES`. Sizes are counted as entries are unpacked, because those in an archive may be forged.
"""

import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zlib import error as ZlibError

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from publications.reserved_disk_space import MIN_FREE_BYTES
from publications.slugs import slugify

from .imported_file import ImportRefused
from .markdown import describe_unsupported_files
from .sources import MARKDOWN, SUBSTACK, find_source, has_supported_suffix, list_export_suffixes

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
MAX_NAME_BYTES = 255  # of a part of a path, on common file systems
MAX_DEPTH = 20
UTF8_FLAG = 1 << 11
IGNORED_FOLDERS = ("__MACOSX", ".git", "node_modules")
DRIVE = re.compile("[A-Za-z]:/")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CHUNK_BYTES = 64 * 1024


def check_archive(file: BinaryIO, *, name: str) -> None:
    """Check the directory of an archive; nothing is unpacked.

    Args:
        name: of the upload, for the message.

    Raises:
        ImportRefused: it is no ZIP archive, or would not be unpacked; the message names the entry.
    """
    with _open(file) as archive:
        entries = _list_entries(archive)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise ImportRefused(_too_large_message())
        if not any(has_supported_suffix(entry.filename) for entry in entries):
            paths = [zipfile.Path(archive, entry.filename) for entry in entries]
            raise ImportRefused(" ".join([describe_unsupported_files(paths, name), *_list_exports()]))


def _list_exports() -> list[str]:
    systems = ", ".join(f"{name} ({suffixes})" for name, suffixes in list_export_suffixes())
    return [_("Exports of these systems are read: %(systems)s.") % {"systems": systems}] if systems else []


def find_place(file: BinaryIO, path: str) -> str:
    """Return the path of a file or folder below the folder with the texts; "" if it is not there.

    Args:
        path: from the top of the archive, or below the folder with the texts.

    Raises:
        ImportRefused: it is no ZIP archive, or would not be unpacked.
    """
    with _open(file) as archive:
        entries = _list_entries(archive)
    root = PurePosixPath(_only_folder(entries))
    names = [PurePosixPath(entry.filename) for entry in entries]
    places = {place for name in names for place in (name, *name.parents) if place.is_relative_to(root)}
    found = next((place for place in (root / path, PurePosixPath(path)) if place in places - {root}), None)
    return str(found.relative_to(root)) if found else ""


def list_tables(file: BinaryIO) -> list[str]:
    """Return the names of the tables in an archive. Raises ImportRefused as `find_place` does."""
    with _open(file) as archive:
        return [entry.filename for entry in _list_entries(archive) if entry.filename.lower().endswith(".csv")]


def unpack_archive(file: BinaryIO, folder: Path, *, name: str) -> Path:
    """Unpack an archive into a folder and return the folder with its texts.

    That has the name of the only folder at the top of the archive, otherwise `name`: publications are recognized by it
    when the same archive is imported again.

    Raises:
        ImportRefused: the archive is damaged, is not what its directory says, or the disk has too little space.
    """
    with _open(file) as archive:
        entries = _list_entries(archive)
        only_folder = _only_folder(entries)
        root = folder / (only_folder or name)
        free = shutil.disk_usage(folder).free - MIN_FREE_BYTES
        remaining = min(MAX_UNPACKED_BYTES, free)
        if sum(entry.file_size for entry in entries) > free:
            raise ImportRefused(_("The disk of the server has too little space to unpack the archive."))
        for entry in entries:
            path = (folder if only_folder else root) / entry.filename
            remaining -= _unpack_entry(archive, entry, path, remaining)
    return root


@contextmanager
def unpack_if_archive(path: Path) -> Iterator[Path]:
    """Yield the folder with the texts of a ZIP archive while it lasts; any other path as it is.

    An archive that a system reads itself stays one; that of Substack may have pictures in it. Raises ImportRefused as
    `check_archive`.
    """
    is_archive = path.suffix.lower() == ".zip" and path.is_file()
    if not is_archive or find_source(path)[0] not in (MARKDOWN, SUBSTACK):
        yield path
        return
    with TemporaryDirectory(prefix="import-") as temporary, path.open("rb") as file:
        check_archive(file, name=path.name)
        folder = Path(
            temporary, "files", "of"
        )  # an import looks for pictures in the two folders above its own, too
        folder.mkdir(parents=True)
        yield unpack_archive(file, folder, name=slugify(path.stem) or "texts")


def _only_folder(entries: list[zipfile.ZipInfo]) -> str:
    """Return the folder at the top of an archive that has everything in it, or ""."""
    tops = {PurePosixPath(entry.filename).parts[0] for entry in entries}
    has_folder = len(tops) == 1 and all("/" in entry.filename for entry in entries)
    return tops.pop() if has_folder else ""


def _open(file: BinaryIO) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ImportRefused(_("This is no ZIP archive, or it is damaged.")) from error
    for entry in archive.infolist():
        entry.filename = _decode_name(entry)
    return archive


def _decode_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a file: Linux and macOS write UTF-8, often without saying so, which is read as CP437."""
    if entry.flag_bits & UTF8_FLAG or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except UnicodeError:  # of another program
        return entry.filename


def _list_entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files of an archive, without those that programs leave there. Raises ImportRefused."""
    if len(archive.infolist()) > MAX_ENTRIES:
        message = _("The archive has more than %(limit)d files. Divide it, or use the command on the server.")
        raise ImportRefused(message % {"limit": MAX_ENTRIES})
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_ignored(entry)]
    for entry in entries:
        _check_entry(entry)
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names):
        raise ImportRefused(_("Two files in the archive have the same name."))
    return entries


def _is_ignored(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return not parts or parts[-1] == ".DS_Store" or bool(set(parts) & set(IGNORED_FOLDERS))


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Raise ImportRefused for an entry that is no plain file within the folder."""
    name, path = entry.filename[:120], PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or DRIVE.match(entry.filename):
        raise ImportRefused(_("“%(name)s” leads out of the archive.") % {"name": name})
    if CONTROL_CHARACTERS.search(entry.orig_filename + entry.filename):
        message = _("The name of “%(name)s” has characters that a file name cannot have. Rename it.")
        raise ImportRefused(message % {"name": CONTROL_CHARACTERS.sub("�", entry.orig_filename)[:120]})
    if len(path.parts) > MAX_DEPTH or any(len(part.encode()) > MAX_NAME_BYTES for part in path.parts):
        raise ImportRefused(_("The name of “%(name)s” is too long.") % {"name": name})
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise ImportRefused(_("“%(name)s” is a link, not a file. Pack the file itself.") % {"name": name})
    if entry.flag_bits & 1:
        raise ImportRefused(_("The archive is encrypted. Pack it without a password."))


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, limit: int) -> int:
    """Write an entry and return its size. Raises ImportRefused if it is damaged or larger than the limit."""
    size = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, path.open("xb") as target:
            while chunk := source.read(CHUNK_BYTES):
                size += len(chunk)
                if size > limit:
                    raise ImportRefused(_too_large_message())
                target.write(chunk)
    except (
        zipfile.BadZipFile,
        ZlibError,
        EOFError,
        NotImplementedError,
        FileExistsError,
        NotADirectoryError,
    ) as error:
        message = _("“%(name)s” in the archive is damaged.")
        raise ImportRefused(message % {"name": entry.filename[:120]}) from error
    return size


def _too_large_message() -> str:
    message = _("The archive unpacks to more than %(limit)s. Divide it, or make its pictures smaller.")
    return message % {"limit": filesizeformat(MAX_UNPACKED_BYTES)}
