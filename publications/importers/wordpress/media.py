"""The files of an export: where they are beside it, and which of them are not there."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..image_finder import ImageFinder
from .index import ExportIndex
from .posts import UPLOADS, LibraryFile, upload_of

UPLOAD_FOLDERS = ("/wp-content/uploads/", "/uploads/", "/")
"""Where files may be below the folder of the export, or below one given by --media."""
VARIANTS = ("-scaled", "-rotated")
"""What WordPress adds to the name of a picture that it has made smaller or turned round."""


def find_names(path: str) -> Iterator[str]:
    """Yield the names under which a file of an old path may be found, the largest picture first."""
    _before, folder, name = path.partition(UPLOADS)
    if not folder:
        yield path
        return
    upload = PurePosixPath(upload_of(path) or name)
    if not upload.name or ".." in upload.parts:  # the folder itself, or a file outside of it
        return
    originals = (str(upload), *(str(upload.with_stem(upload.stem + variant)) for variant in VARIANTS))
    for candidate in dict.fromkeys((*originals, name)):
        yield from (f"{place}{candidate}" for place in UPLOAD_FOLDERS)


def find_missing(index: ExportIndex, finder: ImageFinder) -> tuple[str, ...]:
    """Return the addresses of files that texts use and that are not there, each once."""
    urls = {attachment.upload: attachment.url for attachment in used_attachments(index) if attachment.upload}
    urls = {upload: f"{index.address}{UPLOADS}{upload}" for upload in sorted(index.used_files)} | urls
    missing = (url for upload, url in urls.items() if finder.find_file(f"{UPLOADS}{upload}", Path()) is None)
    return tuple(sorted(missing))


def used_attachments(index: ExportIndex) -> Iterator[LibraryFile]:
    """Yield the attachments that a text names."""
    for attachment in index.attachments.values():
        if (
            attachment.post_id in index.used_ids
            or attachment.upload in index.used_files
            or attachment.parent in index.galleries
        ):
            yield attachment


def unused_attachments(index: ExportIndex) -> Iterator[LibraryFile]:
    """Yield the attachments that no text names, and no custom field by their number."""
    used = {attachment.post_id for attachment in used_attachments(index)} | index.field_ids
    return (attachment for attachment in index.attachments.values() if attachment.post_id not in used)
