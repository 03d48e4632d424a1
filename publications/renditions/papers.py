"""PDFs and social images of editions, social images of pages: found in the folder of their subject, or made."""

import dataclasses
import io
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from PIL import Image as Pixels
from PIL.PngImagePlugin import PngInfo

from publications import images
from publications.models import Edition, Image
from publications.pdf import (
    PdfDocument,
    PdfImage,
    SocialImage,
    TypesettingError,
    document_digest,
    typeset_pdf,
    typeset_social_image,
)

from . import shelf
from .picture import picture
from .workshop import Busy, workshop

COVER_OF_CARD = (400, 630)
LIGHT = 100_000  # bytes of a card that every messenger takes
COLOURS = (256, 128, 64, 32)
SEEN_AGAIN = 600  # seconds before a text that could not be set is tried again

Library = Mapping[str, Image]

log = logging.getLogger(__name__)


class Unmade(Exception):
    """It cannot be made now; the log tells why."""


@dataclasses.dataclass(frozen=True)
class Made:
    """A made file: what it holds, and the name of exactly that."""

    content: bytes
    digest: str


@dataclasses.dataclass(frozen=True)
class Told:
    """What is to be set of a subject, and its telling again: whether it still holds once it is made.

    `folder` holds what is made of the subject alone; `address` names it in the log.
    """

    folder: str
    address: str
    now: PdfDocument | SocialImage
    again: Callable[[], PdfDocument | SocialImage]

    @classmethod
    def of_edition(
        cls, edition: Edition, now: PdfDocument | SocialImage, again: Callable[[], PdfDocument | SocialImage]
    ) -> "Told":
        address = f"{edition.get_absolute_url()}, edition {edition.number}"
        return cls(_folder(edition.publication_id), address, now, again)

    @classmethod
    def of_page(cls, address: str, key: str, now: SocialImage, again: Callable[[], SocialImage]) -> "Told":
        """A page that is no publication; `key` names it for good, whatever its address."""
        return cls(f"pages/{key}", address, now, again)


def pdf(told: Told, images: Iterable[Image], *, number: int) -> Made:
    """The PDF of an edition of this number. Raises Busy, or Unmade where it cannot be set."""
    library = {image.digest: image for image in images}
    return _made(told, f"{number}-", "pdf", lambda: _set_paper(told.now, library))


def card(told: Told, cover: Image | None) -> Made:
    """The social image of an edition or a page. Raises Busy, or Unmade."""
    return _made(told, "card-", "png", lambda: _set_card(told.now, cover))


def forget(publication: int) -> None:
    """Throw away what was made of a publication: a passage was taken out of it."""
    shelf.clear(_folder(publication))


def cover_digest(image: Image) -> str:
    """What stands for a cover as a card shows it."""
    return f"{image.digest[:32]}-{image.focus_x}-{image.focus_y}"


def _folder(publication: int) -> str:
    return f"pieces/{publication}"


def _made(told: Told, start: str, extension: str, make: Callable[[], bytes]) -> Made:
    digest = document_digest(told.now)
    path = shelf.place(f"{start}{digest}.{extension}", folder=told.folder)
    if not path.exists():
        workshop.make(str(path), lambda: _make(told, path, start, make))
    return Made(_read(path), digest)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as reason:  # thrown away in this moment, as something else is true now
        raise Busy from reason


def _make(told: Told, path: Path, start: str, make: Callable[[], bytes]) -> None:
    """Make it, unless it was found a while ago that it cannot be made."""
    if path.exists():
        return
    failed = path.with_suffix(".failed")
    if failed.exists() and time.time() - failed.stat().st_mtime < SEEN_AGAIN:
        raise Unmade
    try:
        content = make()
    except TypesettingError as reason:
        log.error("No %s of %s: %s", path.suffix[1:], told.address, reason)
        _put(failed, b"")
        raise Unmade from reason
    _put(path, content)
    shelf.keep_only(path, of=start)
    _check_that_it_holds(told, path)


def _put(path: Path, content: bytes) -> None:
    try:
        shelf.put(path, content)
    except FileNotFoundError as reason:  # the folder was thrown away between two steps
        raise Busy from reason
    except OSError as reason:
        log.error("%s cannot be kept: %s", path.name, reason)
        raise Unmade from reason


def _check_that_it_holds(told: Told, path: Path) -> None:
    """Keep nothing that a deed took out while it was being made: `forget` may have come before it stood there."""
    if document_digest(told.again()) != document_digest(told.now):
        path.unlink(missing_ok=True)
        raise Busy


def _with_what_can_be_shown(paper: PdfDocument, library: Library) -> PdfDocument:
    """The paper without the pictures whose files are gone or cannot be read: the words are what it is for."""
    kept = {key: each for key, each in paper.images.items() if _pixels(library[each.digest])}
    cover = paper.cover if paper.cover and _pixels(library[paper.cover.digest]) else None
    return dataclasses.replace(paper, images=kept, cover=cover)


def _pixels(image: Image) -> bytes | None:
    """A picture in the largest size that pages show; None where it cannot be shown."""
    try:
        return picture(image, str(images.widths_for(image)[-1]), "jpg")
    except (OSError, images.UnsuitableImage) as reason:
        log.warning("Picture %s cannot be shown: %s", image.key, reason)
        return None


def _set_paper(paper: PdfDocument, library: Library) -> bytes:
    def pixels(shown: PdfImage) -> bytes:
        return _pixels(library[shown.digest])

    shown = _with_what_can_be_shown(paper, library)
    return typeset_pdf(shown, pixels, seconds=settings.PRESS_SECONDS)


def _set_card(told: SocialImage, cover: Image | None) -> bytes:
    def pixels(shown: PdfImage) -> bytes:
        focus = (cover.focus_x, cover.focus_y)
        return images.crop_to_size(cover.content, size=COVER_OF_CARD, format="jpg", focus=focus)

    try:
        content = typeset_social_image(told, pixels, seconds=settings.PRESS_SECONDS)
    except (OSError, images.UnsuitableImage) as reason:
        log.warning("Cover %s cannot be shown on a card: %s", cover.key, reason)
        content = typeset_social_image(
            dataclasses.replace(told, cover=None), pixels, seconds=settings.PRESS_SECONDS
        )
    return lightened(content, {"Title": told.title, "Author": told.authors, "Source": told.publisher})


def lightened(png: bytes, told: Mapping[str, str]) -> bytes:
    """The picture with as many colours as make a light file, and with words for machines that do not see it."""
    with Pixels.open(io.BytesIO(png)) as opened:
        full = opened.convert("RGB")
    words = PngInfo()
    for name, text in told.items():
        words.add_itxt(name, text)
    for colours in COLOURS:
        stream = io.BytesIO()
        few = full.quantize(colours, method=Pixels.Quantize.MEDIANCUT, kmeans=1, dither=Pixels.Dither.NONE)
        few.save(stream, "PNG", optimize=True, pnginfo=words)
        if len(stream.getvalue()) < LIGHT:
            break
    return stream.getvalue()
