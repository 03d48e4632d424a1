"""Storages in a folder in which no file is ever half-written (settings.STORAGES)."""

from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import FileSystemStorage
from whitenoise.responders import SlicedFile

from . import durable_files


class DurableFilesMixin:
    """For storages in a folder: a file has its name once all of its bytes are on the disk."""

    @property
    def incoming(self) -> Path:
        """The folder of files that are being written; a backup leaves it out."""
        return Path(self.location) / "incoming"

    def _save(self, name: str, content) -> str:
        path = Path(self.path(name))
        durable_files.make_folder(path.parent)
        durable_files.write_file(path, content.chunks(), incoming=self.incoming)
        durable_files.sync_folder(path.parent)
        return name

    def remove_unfinished(self) -> int:
        """Remove what processes that were killed have left; returns how many files."""
        return durable_files.remove_unfinished(self.incoming)


class FolderStorage(DurableFilesMixin, FileSystemStorage):
    """Originals in a folder. Saving under a name that exists replaces the file in one step."""

    def __init__(self, **options) -> None:
        super().__init__(**options, allow_overwrite=True)

    def open_range(self, name: str, start: int, stop: int) -> BinaryIO:
        """The bytes of a file from `start` up to `stop`, to be read once and closed. Raises FileNotFoundError."""
        return SlicedFile(Path(self.path(name)).open("rb"), start, stop - 1)
