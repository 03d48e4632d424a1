"""File system storages that write files atomically (settings.STORAGES), and the files of any storage."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.responders import SlicedFile

from . import durable_files


def list_files(storage: Storage, folder: str = "", *, except_folders: Iterable[str] = ()) -> Iterator[str]:
    """Yield the names of all files in a storage, in a folder or in a bucket, those of unfinished uploads too.

    Args:
        except_folders: folders at the top that are left out.
    """
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    yield from (f"{folder}/{name}".lstrip("/") for name in sorted(files) if name)
    for name in sorted(set(folders).difference(except_folders)):
        yield from list_files(storage, f"{folder}/{name}".lstrip("/"))


class DurableStorageMixin:
    """A storage that gives a file its name only when all of its bytes are on the disk."""

    @property
    def temporary_folder(self) -> Path:
        """The folder of files that are being written, which backups exclude."""
        return Path(self.location) / "incoming"

    def _save(self, name: str, content) -> str:
        path = Path(self.path(name))
        durable_files.make_folder(path.parent)
        durable_files.write_file(path, content.chunks(), temporary_folder=self.temporary_folder)
        durable_files.sync_folder(path.parent)
        return name

    def remove_abandoned_files(self) -> int:
        """Remove temporary files of killed processes; return their number."""
        return durable_files.remove_abandoned_files(self.temporary_folder)


class FolderStorage(DurableStorageMixin, FileSystemStorage):
    """Originals in a folder. Saving under an existing name replaces the file atomically."""

    def __init__(self, **options) -> None:
        super().__init__(**options, allow_overwrite=True)

    def open_range(self, name: str, start: int, stop: int) -> BinaryIO:
        """Return the bytes of a file from `start` up to `stop` (exclusive) as a file. Raises FileNotFoundError."""
        return SlicedFile(Path(self.path(name)).open("rb"), start, stop - 1)
