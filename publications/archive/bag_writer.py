"""Write a bag so that it is complete or visibly unfinished at every moment, and that an unchanged file stays as it is.

Changed files are first written into a folder of their own in the bag. Only when all are there is the manifest removed,
are the files moved into place, those that are gone deleted, and the manifest written again. So a full disk, or a kill
before that, leaves the last archive as it was.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from publications.durable_files import FOLDER_MODE

from .bag import (
    CHUNK_BYTES,
    DECLARATION,
    DECLARATION_TEXT,
    INFO,
    MANIFEST,
    PAYLOAD,
    TAG_MANIFEST,
    UNFINISHED,
    FileDigest,
    digest_of_file,
    list_files,
    parse_info,
    payload_oxum,
    render_info,
    render_manifest,
)

FILE_MODE = 0o600
FORMAT_KEY, FORMAT = "Archive-Format", "1"
"""In bag-info.txt, by which a folder is known to be an archive."""


class NotAnArchive(Exception):
    """The folder contains files and is no archive."""


class DamagedFile(Exception):
    """A file holds other bytes than its name says."""


class BagWriter:
    """One run of writing a bag. Raises NotAnArchive for a folder that is used for something else.

    Attributes:
        files: those of the payload so far, by name.
        written: how many files of the bag were new or had changed.
        removed: names of files that were in the last bag.
    """

    def __init__(self, root: Path) -> None:
        self.root, self._staging = root, root / UNFINISHED
        self.files: dict[str, FileDigest] = {}
        self.written, self.removed = 0, list[str]()
        make_folder(root)
        if any(root.iterdir()) and not self._staging.is_dir() and not _is_archive(root):
            raise NotAnArchive(root)
        root.chmod(FOLDER_MODE)
        make_folder(self._staging)

    def store(self, name: str, content: bytes) -> None:
        """Add a file to the payload."""
        name = f"{PAYLOAD}/{name}"
        self.files[name] = FileDigest(hashlib.sha256(content).hexdigest(), len(content))
        self._stage(name, content)

    def store_lines(self, name: str, lines: Iterable[bytes]) -> None:
        """Add a file of lines, unless there are none."""
        if content := b"".join(lines):
            self.store(name, content)

    def copy(self, name: str, source: BinaryIO, digest: str) -> None:
        """Add a file to the payload from a stream, without reading all of it into memory.

        Raises:
            DamagedFile: its SHA-256 is another one; the file is not added.
        """
        name = f"{PAYLOAD}/{name}"
        path, staged = self.root / name, self._staging / name
        if _has_digest(path, digest):
            staged.unlink(missing_ok=True)
        elif not _has_digest(staged, digest):
            _write(staged, iter(lambda: source.read(CHUNK_BYTES), b""))
            if digest_of_file(staged) != digest:
                staged.unlink()
                raise DamagedFile(name)
        size = (staged if staged.exists() else path).stat().st_size
        self.files[name] = FileDigest(digest, size)

    def digest_of(self, name: str) -> str:
        """Return the SHA-256 of a file of the payload."""
        return self.files[f"{PAYLOAD}/{name}"].digest

    def discard(self, name: str) -> None:
        """Leave out a file that was added to the payload."""
        del self.files[f"{PAYLOAD}/{name}"]

    def finish(self, info: Mapping[str, str], tag_files: Mapping[str, bytes]) -> None:
        """Make the bag complete.

        Args:
            info: what bag-info.txt has besides what it has always.
            tag_files: the contents of further files beside the payload.
        """
        values = {**info, FORMAT_KEY: FORMAT, "Payload-Oxum": payload_oxum(self.files)}
        tags = {
            DECLARATION: DECLARATION_TEXT,
            INFO: render_info(values),
            **tag_files,
            MANIFEST: render_manifest(self.files),
        }
        digests = {
            name: FileDigest(hashlib.sha256(content).hexdigest(), len(content))
            for name, content in tags.items()
        }
        tags[TAG_MANIFEST] = render_manifest(digests)
        for name, content in tags.items():
            self._stage(name, content)
        listed = self.files.keys() | tags.keys()
        staged = [name for name in list_files(self._staging) if name in listed]
        self.removed = sorted(
            f"{PAYLOAD}/{name}"
            for name in list_files(self.root / PAYLOAD)
            if f"{PAYLOAD}/{name}" not in self.files
        )
        self.written = len(staged)
        if staged or self.removed:
            self._replace(staged)
        shutil.rmtree(self._staging)

    def _replace(self, staged: list[str]) -> None:
        """Move the staged files into place, the manifest last; until then the folder is visibly unfinished."""
        os.sync()
        manifests = (TAG_MANIFEST, MANIFEST)
        for name in manifests:
            self._keep_if_unchanged(name, staged)
            (self.root / name).unlink(missing_ok=True)
        for name in staged:
            if name not in manifests:
                _move(self._staging / name, self.root / name)
        for name in self.removed:
            (self.root / name).unlink()
        _remove_empty_folders(self.root / PAYLOAD)
        os.sync()
        for name in manifests:
            _move(self._staging / name, self.root / name)

    def _keep_if_unchanged(self, name: str, staged: list[str]) -> None:
        """Stage a manifest that stays the same, too: it is absent while the others are moved."""
        if name not in staged:
            _write(self._staging / name, [(self.root / name).read_bytes()])

    def _stage(self, name: str, content: bytes) -> None:
        """Write a file beside the bag, unless the bag or an interrupted run has it as it is."""
        staged = self._staging / name
        if _has_content(self.root / name, content):
            staged.unlink(missing_ok=True)
        elif not _has_content(staged, content):
            _write(staged, [content])


def _is_archive(root: Path) -> bool:
    try:
        return FORMAT_KEY in parse_info((root / INFO).read_bytes())
    except OSError:
        return False


def make_folder(folder: Path) -> None:
    """Make a private folder, and those above it, unless it is there. There are thousands: they are not flushed."""
    folder.parent.is_dir() or make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    make_folder(path.parent)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        file.writelines(chunks)


def _move(source: Path, target: Path) -> None:
    make_folder(target.parent)
    source.replace(target)


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _has_digest(path: Path, digest: str) -> bool:
    try:
        return digest_of_file(path) == digest
    except OSError:
        return False


def _remove_empty_folders(folder: Path) -> None:
    for parent, _folders, _files in os.walk(folder, topdown=False):
        if not any(_children(Path(parent))):
            Path(parent).rmdir()


def _children(folder: Path) -> Iterator[Path]:
    yield from folder.iterdir()
