"""The files of a manuscript: its images are added to the library, its attachments to the publication."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from publications import images, renditions
from publications.manuscript import Manuscript, ManuscriptFile, ManuscriptImage
from publications.markup import image_keys_in
from publications.models import Image, Publication, store_original
from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from .import_cache import ImportCache

Files = Mapping[str, bytes]
"""Contents by the names that the manuscript uses."""
MAX_FILE_NAME_CHARACTERS = 200
MAX_EXTENSION_CHARACTERS = 10


class LazyFiles(Mapping[str, bytes]):
    """A mapping of file names to contents, which are read on access."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.paths = paths

    def __getitem__(self, name: str) -> bytes:
        try:
            return self.paths[name].read_bytes()
        except OSError as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True)
class ManuscriptFiles:
    """The files of a manuscript, and what reading it has found out.

    Args:
        contents: the files by name.
        image_properties: size and format of the images among them, by name.
        non_guest_authors: slugs of the authors in the author list; other new authors become guests.
        make_renditions: whether image sizes are rendered now, or when a page first requests them.
        is_dry_run: whether no files are stored.
        is_hidden: whether the source hid the text: its words are no words of pictures, which public texts share.
    """

    contents: Files = field(default_factory=dict)
    image_properties: Mapping[str, images.ImageProperties] = field(default_factory=dict)
    non_guest_authors: frozenset[str] = frozenset()
    make_renditions: bool = True
    is_dry_run: bool = False
    is_hidden: bool = False


def store_images(manuscript: Manuscript, files: ManuscriptFiles, import_cache: ImportCache) -> list[str]:
    """Add new images of a manuscript to the library; return a message for each that cannot be added."""
    new = [image for image in manuscript.images if image.key not in import_cache.images]
    return [message for image in new if (message := _store_image(image, files, import_cache))]


def describe_missing_images(manuscript: Manuscript, import_cache: ImportCache) -> list[str]:
    """Return a message for each image of a manuscript that is not in the library."""
    return [_describe_missing(image) for image in manuscript.images if image.key not in import_cache.images]


def add_image_words(manuscript: Manuscript, import_cache: ImportCache) -> None:
    """Give images that only hidden texts have shown the words of a text that readers of its source saw."""
    for image in manuscript.images:
        row, words = import_cache.images.get(image.key), _words_of(image)
        if row and row.pk in import_cache.images_without_words and any(words.values()):
            unchanged = Image.objects.filter(pk=row.pk, **{name: getattr(row, name) for name in words})
            if unchanged.update(**words):  # unless an editor has described it since the import began
                for name, value in words.items():
                    setattr(row, name, value)
            import_cache.images_without_words.discard(row.pk)


def describe_other_words(
    manuscript: Manuscript, import_cache: ImportCache, *, is_hidden: bool = False
) -> list[str]:
    """Return a message for each credit, and alternative text of the cover, that the library has otherwise.

    It has one of each picture, which texts share. What was written at the desk since counts, and is no loss.

    Args:
        is_hidden: whether the source hid the text, so that the library takes none of its words.
    """
    messages = []
    for image in manuscript.images:
        row = import_cache.images.get(image.key)
        if row is None:
            continue
        pairs = [(image.credit[:200], row.credit)]
        if image.key == manuscript.cover:
            alts = (image.alt.get("en", ""), row.alt_en), (image.alt.get("sv", ""), row.alt_sv)
            pairs += [pair for pair in alts if pair[1] or is_hidden]  # the desk asks for one that is missing
        lost = [(own, kept) for own, kept in pairs if own and own != kept]
        if lost and row.pk not in import_cache.edited_images:
            name = PurePath(image.file).name or image.key
            messages += [_describe_other_words(name, own, kept, is_hidden=is_hidden) for own, kept in lost]
    return messages


def _describe_other_words(name: str, own: str, kept: str, *, is_hidden: bool) -> str:
    values = {"name": name, "own": own, "kept": kept}
    if kept:
        return _("The library says of the picture %(name)s “%(kept)s”; this was left out: %(own)s") % values
    if is_hidden:
        message = _("The picture %(name)s got no words of this hidden text; this was left out: %(own)s")
        return message % values
    return _("The library has no credit for the picture %(name)s; this was left out: %(own)s") % values


def _describe_missing(image: ManuscriptImage) -> str:
    return _("Picture missing: %(file)s.") % {"file": image.file or image.key}


def _store_image(image: ManuscriptImage, files: ManuscriptFiles, import_cache: ImportCache) -> str:
    content = files.contents.get(image.file)
    if content is None or not has_valid_key(image):
        return _describe_missing(image)
    row = _unsaved_image(image, {} if files.is_hidden else _words_of(image))
    try:
        row.store_upload(
            content,
            PurePath(image.file).name,
            properties=files.image_properties.get(image.file),
            write=not files.is_dry_run,
        )
    except images.UnsuitableImage as error:
        return join_messages(f"{image.file}:", str(error))
    row.save()
    import_cache.images[row.key] = row
    if files.is_hidden:
        import_cache.images_without_words.add(row.pk)
    if files.make_renditions and not files.is_dry_run:
        renditions.make_image_files(row)
    return ""


def has_valid_key(image: ManuscriptImage) -> bool:
    """Whether the key of an image is valid, so that texts can refer to it."""
    return image_keys_in(f"image:{image.key}") == (image.key,)


def _unsaved_image(image: ManuscriptImage, words: Mapping[str, str | bool]) -> Image:
    return Image(key=image.key, focus_x=image.focus[0], focus_y=image.focus[1], **words)


def _words_of(image: ManuscriptImage) -> dict[str, str | bool]:
    """Return what a manuscript says of an image, by the columns of the library."""
    return {
        "alt_en": image.alt.get("en", "")[:300],
        "alt_sv": image.alt.get("sv", "")[:300],
        "is_decorative": image.decorative,
        "credit": image.credit[:200],
        "licence": image.licence[:200],
    }


def replace_attachments(
    publication: Publication, attachments: tuple[ManuscriptFile, ...], files: ManuscriptFiles
) -> None:
    """Set the attachments of a publication, in this order; existing ones keep their file."""
    rows = {row.digest: row for row in publication.attachments.all()}
    digests = {attachment.digest for attachment in attachments}
    removed = [row.pk for digest, row in rows.items() if digest not in digests]
    publication.attachments.filter(pk__in=removed).delete()
    for position, attachment in enumerate(attachments):
        name = attachment.file
        values = {
            "filename": name[-MAX_FILE_NAME_CHARACTERS:],
            "label": attachment.label,
            "position": position,
        }
        if attachment.digest in rows:
            publication.attachments.filter(pk=rows[attachment.digest].pk).update(**values)
        else:
            content = _read_attachment(name, files)
            original = store_original(content, _extension(name), write=not files.is_dry_run)
            publication.attachments.create(original=original, size=len(content), **values)


def _read_attachment(name: str, files: ManuscriptFiles) -> bytes:
    """Return the content of a file. Raises FileNotFoundError if it was deleted since it was listed."""
    try:
        return files.contents[name]
    except KeyError as error:
        raise FileNotFoundError(_("Attachment missing: %(file)s.") % {"file": name}) from error


def _extension(name: str) -> str:
    extension = PurePath(name).suffix.lstrip(".").lower()
    return extension if extension.isalnum() and len(extension) <= MAX_EXTENSION_CHARACTERS else "bin"
