"""Uploaded files that hold a name: attachments are taken away, and pictures lose their metadata."""

from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from publications import images
from publications.folder_storage import list_files
from publications.markup import Redaction
from publications.models import (
    ARCHIVE_FOLDER,
    AUDIT_FOLDER,
    Attachment,
    EditionAttachment,
    Image,
    Publication,
    models_with_originals,
    original_storage,
)
from publications.name_search import ExactNameMatcher, Searched, search_file

UNTOUCHED_FOLDERS = (ARCHIVE_FOLDER, AUDIT_FOLDER)
"""Folders of files with rows of their own, and of the public audit log, which holds no names."""


def is_in_file(content: bytes, filename: str, redaction: Redaction) -> bool:
    """Return whether a file holds the name: its text, its metadata, a file within it, or bytes that are no text.

    It is then deleted, so that only whole words count, as in texts.
    """
    found = search_file(filename, content, ExactNameMatcher(redaction.passages), Searched())
    return any(True for _occurrence in found)


def is_in_file_name(filename: str, redaction: Redaction) -> bool:
    """Return whether the name of a file has the name in it, also as addresses spell it, as whole words."""
    return bool(ExactNameMatcher(redaction.passages).find(filename))


def is_in_original(name: str, filename: str, redaction: Redaction) -> bool:
    """Return whether an original holds the name. Each is searched once for a redaction; a missing one holds nothing."""
    if name not in redaction.searched_files:
        content = read_original(name)
        redaction.searched_files[name] = content is not None and is_in_file(content, filename, redaction)
    return redaction.searched_files[name]


def search_files_of(publication: Publication, redaction: Redaction) -> None:
    """Search the files of a publication before the transaction that removes them, in which nobody else can write."""
    for rows in (
        publication.attachments.all(),
        EditionAttachment.objects.filter(edition__publication=publication),
        publication.word_files.exclude(original=""),
    ):
        for row in rows:
            is_in_original(row.original, row.filename, redaction)


def remove_attachments(rows: Iterable[Attachment | EditionAttachment], redaction: Redaction) -> bool:
    """Take away the attachments whose file holds the name; return whether there were any."""
    is_changed = False
    for row in rows if redaction.searches_files else ():
        if is_in_original(row.original, row.filename, redaction):
            redaction.files.add(row.filename)
            row.delete()
            delete_unused_original(row.original)
            is_changed = True
    return is_changed


def is_in_image(image: Image, redaction: Redaction) -> bool:
    """Return whether the original of an image holds the name, as in its metadata."""
    content = read_original(image.original)
    return content is not None and is_in_file(content, image.filename, redaction)


def remove_image_metadata(image: Image) -> bool:
    """Replace the original of an image by one without metadata; return False where it is damaged and stays."""
    before = image.original
    try:
        image.store_upload(images.remove_metadata(image.content), image.filename)
    except (OSError, images.UnsuitableImage):
        return False
    image.save()
    delete_unused_original(before)
    return True


def read_original(name: str) -> bytes | None:
    """Return the bytes of an original, or None if it is missing."""
    try:
        with original_storage().open(name) as file:
            return file.read()
    except OSError:
        return None


def delete_unused_original(name: str) -> None:
    """Delete the file of an original after the transaction, unless a row has it then."""
    transaction.on_commit(lambda: _delete_unused(name))


def _delete_unused(name: str) -> bool:
    """Delete the file of an original that no row has; return whether it was."""
    is_unused = bool(name) and name not in used_originals(name)
    if is_unused:
        original_storage().delete(name)
    return is_unused


def used_originals(name: str | None = None) -> set[str]:
    """Return the names of the originals that rows refer to: all, or the one with this name."""
    condition = {} if name is None else {"original": name}
    return {
        original
        for model in models_with_originals()
        for original in model._base_manager.filter(**condition).values_list("original", flat=True)
    }


def delete_unused_files(redaction: Redaction, progress: Callable[[], None]) -> int:
    """Delete the files that no row refers to and that hold the name, as of unfinished uploads; return their number.

    Reading takes long: whether a row has taken a file on is looked up again for each.
    """
    return sum(_delete_unused(name) for name in list(_unused_files(redaction, progress)))


def _unused_files(redaction: Redaction, progress: Callable[[], None]) -> Iterator[str]:
    used = used_originals()
    for name in list_files(original_storage()):
        if name in used or name.partition("/")[0] in UNTOUCHED_FOLDERS:
            continue
        progress()
        content = read_original(name)
        if is_in_file_name(name, redaction) or (content is not None and is_in_file(content, name, redaction)):
            yield name
