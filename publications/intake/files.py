"""Files that come with a manuscript: pictures go to the library, attachments to the piece."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from django.utils.translation import gettext as _

from publications import images, renditions
from publications.manuscript import Attachment, Manuscript, Picture
from publications.markup import images_in
from publications.models import Image, Publication, keep_original

from .register import Register

Files = Mapping[str, bytes]
LONGEST_NAME = 200
LONGEST_EXTENSION = 10


@dataclass(frozen=True)
class Bundle:
    """What comes with a manuscript: files by name, what pictures among them are, and which authors are staff.

    A rehearsal stores no file. Renditions that are not made at once are made when a page first asks for them.
    """

    files: Files = field(default_factory=dict)
    facts: Mapping[str, images.ImageFacts] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    renditions_at_once: bool = True
    is_rehearsal: bool = False


def hold_pictures(text: Manuscript, bundle: Bundle, register: Register) -> list[str]:
    """Take the pictures that the library does not have; says which could not be taken."""
    new = [picture for picture in text.images if picture.key not in register.images]
    return [told for picture in new if (told := _hold(picture, bundle, register))]


def _hold(picture: Picture, bundle: Bundle, register: Register) -> str:
    content = bundle.files.get(picture.file)
    if content is None or not is_nameable(picture):
        return _("Picture missing: %(file)s.") % {"file": picture.file or picture.key}
    image = _described(picture)
    try:
        image.hold(
            content,
            PurePath(picture.file).name,
            facts=bundle.facts.get(picture.file),
            store=not bundle.is_rehearsal,
        )
    except images.UnsuitableImage as reason:
        return f"{picture.file}: {reason}"
    image.save()
    register.images[image.key] = image
    if bundle.renditions_at_once and not bundle.is_rehearsal:
        renditions.make_image_files(image)
    return ""


def is_nameable(picture: Picture) -> bool:
    """Whether a text can refer to a picture of this key."""
    return images_in(f"image:{picture.key}") == (picture.key,)


def _described(picture: Picture) -> Image:
    return Image(
        key=picture.key,
        alt_en=picture.alt.get("en", "")[:300],
        alt_sv=picture.alt.get("sv", "")[:300],
        decorative=picture.decorative,
        credit=picture.credit[:200],
        licence=picture.licence[:200],
        focus_x=picture.focus[0],
        focus_y=picture.focus[1],
    )


def hold_attachments(piece: Publication, wanted: tuple[Attachment, ...], bundle: Bundle) -> None:
    """Let the piece have these attachments, in this order, and no others; those it has keep their file."""
    kept = {file.digest: file for file in piece.attachments.all()}
    gone = [file.pk for digest, file in kept.items() if digest not in {each.digest for each in wanted}]
    piece.attachments.filter(pk__in=gone).delete()
    for place, each in enumerate(wanted):
        words = {"filename": each.file[-LONGEST_NAME:], "label": each.label, "position": place}
        if each.digest in kept:
            piece.attachments.filter(pk=kept[each.digest].pk).update(**words)
        else:
            content = bundle.files[each.file]
            original = keep_original(content, _extension(each.file), store=not bundle.is_rehearsal)
            piece.attachments.create(original=original, size=len(content), **words)


def _extension(name: str) -> str:
    extension = PurePath(name).suffix.lstrip(".").lower()
    return extension if extension.isalnum() and len(extension) <= LONGEST_EXTENSION else "bin"
