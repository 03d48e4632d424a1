"""Pictures of the library in the sizes that pages ask for."""

from publications import pictures
from publications.models import Image

from .shelf import find_or_make

SQUARE = 192
SIZES = (*(f"{width}{cut}" for cut in ("", "c") for width in pictures.WIDTHS), f"{SQUARE}s")
"""All that there may be: "960" as it is, "960c" cut for cards, "192s" a square."""


def picture(image: Image, size: str, extension: str) -> bytes | None:
    """The image at one of its sizes; None where no page asks for such a size."""
    if extension not in pictures.FORMATS or size not in sizes_of(image):
        return None
    name = f"{image.digest[:32]}-{size}-{image.focus_x}-{image.focus_y}.{extension}"
    return find_or_make(name, lambda: _make(image, size, extension))


def media_type_of(extension: str) -> str:
    """The media type of one of the formats in which pictures are made."""
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


def sizes_of(image: Image) -> tuple[str, ...]:
    whole = (str(width) for width in pictures.widths_for(image))
    return (*whole, *(f"{width}c" for width in pictures.card_widths(image)), f"{SQUARE}s")


def make_all(image: Image) -> None:
    """Make every size at once, so that no reader waits for one."""
    for extension in pictures.FORMATS:
        for size in sizes_of(image):
            picture(image, size, extension)


def _make(image: Image, size: str, extension: str) -> bytes:
    focus = (image.focus_x, image.focus_y)
    if size.endswith("s"):
        return pictures.square(image.content, side=SQUARE, format=extension, focus=focus)
    if size.endswith("c"):
        width = int(size[:-1])
        shape = (width, pictures.card_height(width))
        return pictures.cut(image.content, size=shape, format=extension, focus=focus)
    return pictures.rendition(image.content, width=int(size), format=extension)
