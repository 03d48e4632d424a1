"""PDFs and social images as files, found in the folder of their subject or made; few at once on a machine.

A rendition is made once by whoever asks first; others wait for it, but not long (`RenderingQueue`).
"""

import dataclasses
import fcntl
import io
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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

from .image_files import delete_folder, delete_others, get_image_file, rendition_path, write_rendition

COVER_SIZE = (400, 630)  # pixels, in a social image
MAX_SOCIAL_IMAGE_BYTES = 100_000  # what every messenger takes
COLOURS = (256, 128, 64, 32)
RETRY_SECONDS = 600  # before a failed rendering is tried again

MACHINE_SLOTS = 2  # renderings at once, in all processes of this machine
MAX_RENDERINGS = 3  # of one process, those that wait included
MAX_WAIT = 5.0  # seconds
MAX_WAIT_FOR_PLACE = 1.0  # seconds of them
POLL_SECONDS = 0.02  # between looks at the slots

Library = Mapping[str, Image]

log = logging.getLogger(__name__)


class RenderingBusy(Exception):
    """Too many renderings at once; trying again in a few seconds helps."""


@dataclasses.dataclass
class RenderingTask:
    """A rendition that is being made, and how that ended."""

    done: threading.Event = dataclasses.field(default_factory=threading.Event)
    error: Exception | None = None


class RenderingQueue:
    """Makes each rendition once in this process; who asks for one that is being made waits for it.

    Nobody waits long, and few at a time: a server answers with a handful of threads, and one slow text must leave
    most of them to other readers.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tasks: dict[str, RenderingTask] = {}
        self.count = 0
        self.place = threading.Condition()

    def make(self, name: str, work: Callable[[], None]) -> None:
        """Do the work, or wait until another thread has done it.

        Raises RenderingBusy, or what the work raised.
        """
        with self._take_place():
            task, is_mine = self._task(name)
            if not is_mine:
                return self._wait_for(task)
            try:
                with machine_slot():
                    work()
            except Exception as error:
                task.error = error
                raise
            finally:
                with self.lock:
                    del self.tasks[name]
                task.done.set()

    @contextmanager
    def _take_place(self) -> Iterator[None]:
        with self.place:
            if not self.place.wait_for(lambda: self.count < MAX_RENDERINGS, MAX_WAIT_FOR_PLACE):
                raise RenderingBusy
            self.count += 1
        try:
            yield
        finally:
            with self.place:
                self.count -= 1
                self.place.notify()

    def _task(self, name: str) -> tuple[RenderingTask, bool]:
        with self.lock:
            if name in self.tasks:
                return self.tasks[name], False
            self.tasks[name] = RenderingTask()
            return self.tasks[name], True

    def _wait_for(self, task: RenderingTask) -> None:
        if not task.done.wait(MAX_WAIT):
            raise RenderingBusy
        if task.error:
            raise task.error


@contextmanager
def machine_slot(max_wait: float = MAX_WAIT) -> Iterator[None]:
    """Hold one of the slots of this machine, which is free again when its process ends. Raises RenderingBusy."""
    folder = Path(settings.RENDITIONS)
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + max_wait
    while time.monotonic() < until:
        for number in range(MACHINE_SLOTS):
            with (folder / f".slot-{number}").open("w") as file:
                if _is_locked(file):
                    yield
                    return
        time.sleep(POLL_SECONDS)
    raise RenderingBusy


def _is_locked(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


rendering_queue = RenderingQueue()


class RenderingFailed(Exception):
    """The rendition cannot be made now; the log says why."""


@dataclasses.dataclass(frozen=True)
class Rendition:
    """A made file: its content and the digest of what it was made from."""

    content: bytes
    digest: str


@dataclasses.dataclass(frozen=True)
class RenditionSource:
    """What a rendition is made from: the document now, and how to build it again once the file is made.

    `folder` holds the renditions of this subject only; `address` names it in the log.
    """

    folder: str
    address: str
    document: PdfDocument | SocialImage
    rebuild: Callable[[], PdfDocument | SocialImage]

    @classmethod
    def of_edition(
        cls,
        edition: Edition,
        document: PdfDocument | SocialImage,
        rebuild: Callable[[], PdfDocument | SocialImage],
    ) -> "RenditionSource":
        address = f"{edition.get_absolute_url()}, edition {edition.number}"
        return cls(_folder(edition.publication_id), address, document, rebuild)

    @classmethod
    def of_page(
        cls, address: str, key: str, document: SocialImage, rebuild: Callable[[], SocialImage]
    ) -> "RenditionSource":
        """A page that is no publication; `key` names it for good, whatever its address."""
        return cls(f"pages/{key}", address, document, rebuild)


def get_pdf(source: RenditionSource, images: Iterable[Image], *, number: int) -> Rendition:
    """Return the PDF of the edition of this number.

    Raises:
        RenderingBusy: too many are made at once.
        RenderingFailed: it cannot be typeset.
    """
    library = {image.digest: image for image in images}
    return _get_rendition(source, f"{number}-", "pdf", lambda: _render_pdf(source.document, library))


def get_social_image(source: RenditionSource, cover: Image | None) -> Rendition:
    """Return the social image of an edition or a page. Raises RenderingBusy or RenderingFailed."""
    return _get_rendition(source, "card-", "png", lambda: _render_social_image(source.document, cover))


def delete_renditions(publication: int) -> None:
    """Delete what was made of a publication: a passage was redacted."""
    delete_folder(_folder(publication))


def cover_digest(image: Image) -> str:
    """Return what stands for a cover as a social image shows it."""
    return f"{image.digest[:32]}-{image.focus_x}-{image.focus_y}"


def _folder(publication: int) -> str:
    return f"pieces/{publication}"


def _get_rendition(
    source: RenditionSource, prefix: str, extension: str, make: Callable[[], bytes]
) -> Rendition:
    digest = document_digest(source.document)
    path = rendition_path(f"{prefix}{digest}.{extension}", folder=source.folder)
    if not path.exists():
        rendering_queue.make(str(path), lambda: _make_rendition(source, path, prefix, make))
    return Rendition(_read(path), digest)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as reason:  # deleted at this moment, as something else is true now
        raise RenderingBusy from reason


def _make_rendition(source: RenditionSource, path: Path, prefix: str, make: Callable[[], bytes]) -> None:
    """Make the file, unless it failed a while ago."""
    if path.exists():
        return
    failed = path.with_suffix(".failed")
    if failed.exists() and time.time() - failed.stat().st_mtime < RETRY_SECONDS:
        raise RenderingFailed
    try:
        content = make()
    except TypesettingError as reason:
        log.error("No %s of %s: %s", path.suffix[1:], source.address, reason)
        _write(failed, b"")
        raise RenderingFailed from reason
    _write(path, content)
    delete_others(path, prefix=prefix)
    _check_still_true(source, path)


def _write(path: Path, content: bytes) -> None:
    try:
        write_rendition(path, content)
    except FileNotFoundError as reason:  # the folder was deleted between two steps
        raise RenderingBusy from reason
    except OSError as reason:
        log.error("%s cannot be stored: %s", path.name, reason)
        raise RenderingFailed from reason


def _check_still_true(source: RenditionSource, path: Path) -> None:
    """Keep nothing that an action took out while it was made: `delete_renditions` may have run before it was stored."""
    if document_digest(source.rebuild()) != document_digest(source.document):
        path.unlink(missing_ok=True)
        raise RenderingBusy


def _without_lost_images(document: PdfDocument, library: Library) -> PdfDocument:
    """Return the document without images whose files are gone or cannot be read: the words are what it is for."""
    kept = {key: each for key, each in document.images.items() if _pixels(library[each.digest])}
    cover = document.cover if document.cover and _pixels(library[document.cover.digest]) else None
    return dataclasses.replace(document, images=kept, cover=cover)


def _pixels(image: Image) -> bytes | None:
    """Return an image in the largest size that pages show; None where it cannot be shown."""
    try:
        return get_image_file(image, str(images.widths_for(image)[-1]), "jpg")
    except (OSError, images.UnsuitableImage) as reason:
        log.warning("Picture %s cannot be shown: %s", image.key, reason)
        return None


def _render_pdf(document: PdfDocument, library: Library) -> bytes:
    def pixels(shown: PdfImage) -> bytes:
        return _pixels(library[shown.digest])

    shown = _without_lost_images(document, library)
    return typeset_pdf(shown, pixels, seconds=settings.PRESS_SECONDS)


def _render_social_image(document: SocialImage, cover: Image | None) -> bytes:
    def pixels(shown: PdfImage) -> bytes:
        focus = (cover.focus_x, cover.focus_y)
        return images.crop_to_size(cover.content, size=COVER_SIZE, format="jpg", focus=focus)

    try:
        content = typeset_social_image(document, pixels, seconds=settings.PRESS_SECONDS)
    except (OSError, images.UnsuitableImage) as reason:
        log.warning("Cover %s cannot be shown on a card: %s", cover.key, reason)
        content = typeset_social_image(
            dataclasses.replace(document, cover=None), pixels, seconds=settings.PRESS_SECONDS
        )
    texts = {"Title": document.title, "Author": document.authors, "Source": document.publisher}
    return reduce_colours(content, texts)


def reduce_colours(png: bytes, texts: Mapping[str, str]) -> bytes:
    """Return the PNG with as many colours as keep it small, and with texts for machines that do not see it."""
    with Pixels.open(io.BytesIO(png)) as opened:
        full = opened.convert("RGB")
    words = PngInfo()
    for name, text in texts.items():
        words.add_itxt(name, text)
    for colours in COLOURS:
        stream = io.BytesIO()
        few = full.quantize(colours, method=Pixels.Quantize.MEDIANCUT, kmeans=1, dither=Pixels.Dither.NONE)
        few.save(stream, "PNG", optimize=True, pnginfo=words)
        if len(stream.getvalue()) < MAX_SOCIAL_IMAGE_BYTES:
            break
    return stream.getvalue()
