"""Checks of originals: uploaded files, and the rows that refer to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import models

from publications.folder_storage import list_files
from publications.models import (
    AUDIT_FOLDER,
    FILE_DIGEST,
    OriginalFault,
    Revision,
    find_original_fault,
    models_with_originals,
    original_storage,
)

from .report import Progress

OTHER_FOLDERS = ("waiting", "incoming", "reach", "imports", AUDIT_FOLDER)
"""Folders of other files: of unsaved forms, uploads in progress, reachability checks, archives to be imported, and of
the public audit log."""


class FileReference(NamedTuple):
    """A row that refers to a file, and the size of the file when it was uploaded."""

    name: str
    size: int | None
    model: type[models.Model]
    pk: int

    @property
    def row(self) -> models.Model | None:
        """The row, if it still refers to the file."""
        return self.model._default_manager.filter(pk=self.pk, original=self.name).first()


def read_references() -> dict[str, list[FileReference]]:
    """Return the references to each file by its name."""
    references: dict[str, list[FileReference]] = defaultdict(list)
    for model in models_with_originals():
        names = [field.name for field in model._meta.fields if field.name in ("original", "size")]
        for pk, name, *size in model._default_manager.exclude(original="").values_list("pk", *sorted(names)):
            references[name].append(FileReference(name, size[0] if size else None, model, pk))
    return references


def find_missing(progress: Progress) -> Iterator[str]:
    """Yield the files that rows refer to and the storage lacks."""
    existing = set(list_originals())
    for name, references in sorted(read_references().items()):
        if name not in existing and find_original_fault(name) is OriginalFault.MISSING:
            yield from _describe(references, OriginalFault.MISSING)


def find_damaged(progress: Progress) -> Iterator[str]:
    """Yield files whose bytes differ from the upload. Each is read once, unless its size differs."""
    references = read_references()
    for done, name in enumerate(sorted(references), start=1):
        sizes = [reference.size for reference in references[name] if reference.size is not None] or [None]
        faults = (find_original_fault(name, size=size) for size in dict.fromkeys(sizes))
        fault = next((fault for fault in faults if fault), None)
        if fault and fault is not OriginalFault.MISSING:
            yield from _describe(references[name], fault)
        progress(done, len(references))


def _describe(references: Iterable[FileReference], fault: OriginalFault) -> Iterator[str]:
    """Yield a fault for each row that still refers to the file, as a redaction may have deleted both."""
    for reference in references:
        if row := reference.row:
            owner = getattr(row, "publication", None) or getattr(row, "edition", None)
            place = f", {type(owner)._meta.verbose_name} {owner.pk} “{owner}”" if owner else ""
            yield (
                f"{reference.name} {fault.label}. It is {reference.model._meta.verbose_name} {reference.pk} "
                f"“{row}”{place}."
            )


def find_unused(progress: Progress) -> Iterator[str]:
    """Yield the files that no row and no revision refers to."""
    used = read_references()
    unused = [name for name in list_originals() if name not in used]
    if not unused:
        return
    digests = Revision.objects.file_digests()
    yield from sorted(name for name in unused if not digests & set(FILE_DIGEST.findall(name)))


def list_originals() -> Iterator[str]:
    """Yield the names of all originals."""
    return list_files(original_storage(), except_folders=OTHER_FOLDERS)
