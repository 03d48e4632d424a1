"""Pictures of the library in the sizes that pages ask for."""

from pathlib import Path

from publications import pictures
from publications.models import Image

from .shelf import find_or_make

SQUARE = 192
SIZES = (*(str(width) for width in pictures.WIDTHS), f"{SQUARE}s")


def picture(image: Image, size: str, extension: str) -> Path | None:
    """The file of an image at one of its sizes; nothing where no page asks for such a size."""
    if extension not in pictures.FORMATS or size not in sizes_of(image):
        return None
    name = f"{image.digest[:32]}-{size}-{image.focus_x}-{image.focus_y}.{extension}"
    return find_or_make(name, lambda: _make(image, size, extension))


def sizes_of(image: Image) -> tuple[str, ...]:
    return (*(str(width) for width in pictures.widths_for(image)), f"{SQUARE}s")


def make_all(image: Image) -> None:
    """Make every size at once, so that no reader waits for one."""
    for extension in pictures.FORMATS:
        for size in sizes_of(image):
            picture(image, size, extension)


def _make(image: Image, size: str, extension: str) -> bytes:
    if size.endswith("s"):
        focus = (image.focus_x, image.focus_y)
        return pictures.square(image.content, side=SQUARE, format=extension, focus=focus)
    return pictures.rendition(image.content, width=int(size), format=extension)
