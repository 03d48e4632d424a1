"""Pictures of the library in the sizes that pages ask for."""

import logging

from publications import images
from publications.models import Image, OriginalFault, find_original_fault, originals

from .shelf import find_or_make

SQUARE = 192
SIZES = (*(f"{width}{cut}" for cut in ("", "c") for width in images.WIDTHS), f"{SQUARE}s")
"""All that there may be: "960" as it is, "960c" cut for cards, "192s" a square."""


log = logging.getLogger(__name__)
MAX_DAMAGED = 1_000
NO_FILE = ()
_damaged: dict[str, tuple] = {}
"""Originals found damaged, by name, with the state of the file that was looked at."""


class KnownDamage(Exception):
    """The original is the one that was found damaged before."""


def picture(image: Image, size: str, extension: str) -> bytes | None:
    """The image at one of its sizes; None where no page asks for such a size, or where its original is damaged.

    The latter is logged for an administrator. A file that holds other bytes than were uploaded is read once, and again
    when another has taken its place; one that cannot be read may be readable next time.
    """
    if extension not in images.FORMATS or size not in sizes_of(image):
        return None
    name = f"{image.digest[:32]}-{size}-{image.focus_x}-{image.focus_y}.{extension}"
    try:
        return find_or_make(name, lambda: _make(image, size, extension))
    except KnownDamage:
        return None
    except Exception:  # what an image library says of damaged bytes is not one kind of error
        if not (fault := _find_damage(image.original)):
            raise
        log.exception("The original %s of picture %s is damaged: %s.", image.original, image.key, fault.value)
        return None


def _find_damage(name: str) -> OriginalFault | None:
    """Return what is wrong with an original, and remember it where the file that is there was read, or none is."""
    state = _file_state(name)
    fault = find_original_fault(name)
    if fault == OriginalFault.WRONG_DIGEST:
        _remember_damage(name, state)
    elif fault == OriginalFault.MISSING:
        _remember_damage(name, NO_FILE)
    return fault


def _remember_damage(name: str, state: tuple) -> None:
    if len(_damaged) >= MAX_DAMAGED:
        _damaged.clear()
    _damaged[name] = state


def _file_state(name: str) -> tuple:
    """What changes when another file takes the name; empty where there is none."""
    try:
        return originals().size(name), originals().get_modified_time(name)
    except FileNotFoundError:
        return NO_FILE


def media_type_of(extension: str) -> str:
    """The media type of one of the formats in which pictures are made."""
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


def sizes_of(image: Image) -> tuple[str, ...]:
    whole = (str(width) for width in images.widths_for(image))
    return (*whole, *(f"{width}c" for width in images.teaser_widths(image)), f"{SQUARE}s")


def make_all(image: Image) -> None:
    """Make every size at once, so that no reader waits for one."""
    for extension in images.FORMATS:
        for size in sizes_of(image):
            picture(image, size, extension)


def _make(image: Image, size: str, extension: str) -> bytes:
    if image.original in _damaged and _damaged[image.original] == _file_state(image.original):
        raise KnownDamage
    focus = (image.focus_x, image.focus_y)
    if size.endswith("s"):
        return images.crop_square(image.content, side=SQUARE, format=extension, focus=focus)
    if size.endswith("c"):
        width = int(size[:-1])
        shape = (width, images.teaser_height(width))
        return images.crop_to_size(image.content, size=shape, format=extension, focus=focus)
    return images.resize(image.content, width=int(size), format=extension)
