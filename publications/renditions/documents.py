"""PDFs and social images as files: read from the folder of their subject, or rendered, few at once on a machine.

The first request renders a file, and others wait for it for a limited time (`rendering_queue`).
"""

import dataclasses
import io
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from PIL import Image as Pixels
from PIL.PngImagePlugin import PngInfo

from publications import images
from publications.models import Edition, Image, ServedPdf
from publications.pdf import (
    PdfDocument,
    PdfImage,
    SocialImage,
    TypesettingError,
    document_digest,
    typeset_pdf,
    typeset_social_image,
)

from .image_files import delete_folder, delete_others, get_image_file, rendition_path, write_rendition
from .rendering_queue import RenderingBusy, RenderingFailed, rendering_queue

COVER_SIZE = (400, 630)  # pixels, in a social image
MAX_SOCIAL_IMAGE_BYTES = 100_000  # accepted by all messengers
COLOURS = (256, 128, 64, 32)
RETRY_SECONDS = 600  # until a failed rendering is tried again
RECORDED = "recorded-"
"""In the names of PDFs: those that older releases have rendered are not recorded, and are rendered again."""

ImagesByDigest = Mapping[str, Image]

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Rendition:
    """The content of a file, and the digest of the document it was rendered from."""

    content: bytes
    digest: str


@dataclasses.dataclass(frozen=True)
class RenditionSource:
    """The document of a rendition, and a function that builds it again from the current data.

    `folder` contains the renditions of this subject only; `address` identifies it in the log; `edition` is None for
    pages, which have no PDF.
    """

    folder: str
    address: str
    document: PdfDocument | SocialImage
    rebuild: Callable[[], PdfDocument | SocialImage]
    edition: Edition | None = None

    @classmethod
    def of_edition(
        cls,
        edition: Edition,
        document: PdfDocument | SocialImage,
        rebuild: Callable[[], PdfDocument | SocialImage],
    ) -> "RenditionSource":
        address = f"{edition.get_absolute_url()}, edition {edition.number}"
        return cls(_folder(edition.publication_id), address, document, rebuild, edition)

    @classmethod
    def of_page(
        cls, address: str, key: str, document: SocialImage, rebuild: Callable[[], SocialImage]
    ) -> "RenditionSource":
        """Return the source for a page that is not a publication; `key` identifies it independently of its address."""
        return cls(f"pages/{key}", address, document, rebuild)

    @property
    def is_pdf(self) -> bool:
        return isinstance(self.document, PdfDocument)


def get_pdf(source: RenditionSource, images: Iterable[Image]) -> Rendition:
    """Return the PDF of an edition. It is recorded (`ServedPdf`) before its file exists.

    Raises:
        DatabaseError: it cannot be recorded.
        RenderingBusy: too many renderings run at once.
        RenderingFailed: the document cannot be typeset.
    """
    images_by_digest = {image.digest: image for image in images}
    return _get_rendition(
        source, f"{source.edition.number}-", "pdf", lambda: _render_pdf(source.document, images_by_digest)
    )


def render_pdf(document: PdfDocument, images: Iterable[Image]) -> bytes:
    """Return a PDF that is neither stored nor recorded, as it is for one person alone.

    Raises:
        RenderingBusy: too many renderings run at once.
        RenderingFailed: the document cannot be typeset.
    """
    contents: list[bytes] = []
    images_by_digest = {image.digest: image for image in images}
    try:
        rendering_queue.run(
            f"not stored: {uuid4()}", lambda: contents.append(_render_pdf(document, images_by_digest))
        )
    except TypesettingError as error:
        log.error("No PDF of %s for one person: %s", document.address, error)
        raise RenderingFailed from error
    return contents[0]


def get_social_image(source: RenditionSource, cover: Image | None) -> Rendition:
    """Return the social image of an edition or a page. Raises RenderingBusy or RenderingFailed."""
    return _get_rendition(source, "card-", "png", lambda: _render_social_image(source.document, cover))


def delete_renditions(publication_id: int) -> None:
    """Delete all renditions of a publication, after a redaction."""
    delete_folder(_folder(publication_id))


def delete_all_documents() -> None:
    """Delete the PDFs and social images of all publications and pages, as after the removal of a name."""
    for folder in ("pieces", "pages"):
        delete_folder(folder)


def cover_digest(image: Image) -> str:
    """Return a value that identifies a cover in a social image: its content and focal point."""
    return f"{image.digest[:32]}-{image.focus_x}-{image.focus_y}"


def _folder(publication_id: int) -> str:
    return f"pieces/{publication_id}"


def _get_rendition(
    source: RenditionSource, prefix: str, extension: str, render: Callable[[], bytes]
) -> Rendition:
    digest = document_digest(source.document)
    mark = RECORDED if source.is_pdf else ""
    path = rendition_path(f"{prefix}{mark}{digest}.{extension}", folder=source.folder)
    if not path.exists():
        rendering_queue.run(str(path), lambda: _store_rendition(source, path, prefix, render))
    return Rendition(_read_file(path), digest)


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:  # deleted since, because the document changed
        raise RenderingBusy from error


def _store_rendition(source: RenditionSource, path: Path, prefix: str, render: Callable[[], bytes]) -> None:
    """Render and store the file, unless that failed less than RETRY_SECONDS ago."""
    if path.exists():
        return
    failure_marker = path.with_suffix(".failed")
    if failure_marker.exists() and time.time() - failure_marker.stat().st_mtime < RETRY_SECONDS:
        raise RenderingFailed
    try:
        content = render()
    except TypesettingError as error:
        log.error("No %s of %s: %s", path.suffix[1:], source.address, error)
        _write_file(failure_marker, b"")
        raise RenderingFailed from error
    if source.is_pdf:
        ServedPdf.record(source.edition, content)
    _write_file(path, content)
    delete_others(path, prefix=prefix)
    _check_unchanged(source, path, content)


def _write_file(path: Path, content: bytes) -> None:
    try:
        write_rendition(path, content)
    except FileNotFoundError as error:  # the folder was deleted between two steps
        raise RenderingBusy from error
    except OSError as error:
        log.error("%s cannot be stored: %s", path.name, error)
        raise RenderingFailed from error


def _check_unchanged(source: RenditionSource, path: Path, content: bytes) -> None:
    """Delete the file and its record if the data changed during rendering.

    A redaction, which deletes both, may have done so before they were stored.
    """
    if document_digest(source.rebuild()) != document_digest(source.document):
        path.unlink(missing_ok=True)
        if source.is_pdf:
            ServedPdf.objects.of_content(content).delete()
        raise RenderingBusy


def _without_missing_images(document: PdfDocument, images_by_digest: ImagesByDigest) -> PdfDocument:
    """Return the document without images whose files are missing or cannot be read."""
    readable = {
        key: image for key, image in document.images.items() if _read_image(images_by_digest[image.digest])
    }
    cover = (
        document.cover if document.cover and _read_image(images_by_digest[document.cover.digest]) else None
    )
    return dataclasses.replace(document, images=readable, cover=cover)


def _read_image(image: Image) -> bytes | None:
    """Return an image in the largest size that pages show, or None if it is missing or damaged."""
    try:
        return get_image_file(image, str(images.widths_for(image)[-1]), "jpg")
    except (OSError, images.UnsuitableImage) as error:
        log.warning("Image %s cannot be shown: %s", image.key, error)
        return None


def _render_pdf(document: PdfDocument, images_by_digest: ImagesByDigest) -> bytes:
    def read_image(image: PdfImage) -> bytes:
        return _read_image(images_by_digest[image.digest])

    document = _without_missing_images(document, images_by_digest)
    return typeset_pdf(document, read_image, seconds=settings.PDF_TIMEOUT)


def _render_social_image(document: SocialImage, cover: Image | None) -> bytes:
    def read_image(image: PdfImage) -> bytes:
        focus = (cover.focus_x, cover.focus_y)
        return images.crop_to_size(cover.content, size=COVER_SIZE, format="jpg", focus=focus)

    try:
        content = typeset_social_image(document, read_image, seconds=settings.PDF_TIMEOUT)
    except (OSError, images.UnsuitableImage) as error:
        log.warning("Cover %s cannot be shown in a social image: %s", cover.key, error)
        content = typeset_social_image(
            dataclasses.replace(document, cover=None), read_image, seconds=settings.PDF_TIMEOUT
        )
    texts = {"Title": document.title, "Author": document.authors, "Source": document.publisher}
    return reduce_colours(content, texts)


def reduce_colours(png: bytes, texts: Mapping[str, str]) -> bytes:
    """Return the PNG with as many colours as fit into MAX_SOCIAL_IMAGE_BYTES, and with texts as metadata."""
    with Pixels.open(io.BytesIO(png)) as image:
        rgb_image = image.convert("RGB")
    metadata = PngInfo()
    for name, text in texts.items():
        metadata.add_itxt(name, text)
    for colours in COLOURS:
        stream = io.BytesIO()
        reduced = rgb_image.quantize(
            colours, method=Pixels.Quantize.MEDIANCUT, kmeans=1, dither=Pixels.Dither.NONE
        )
        reduced.save(stream, "PNG", optimize=True, pnginfo=metadata)
        if len(stream.getvalue()) < MAX_SOCIAL_IMAGE_BYTES:
            break
    return stream.getvalue()
