"""Library images in the sizes that pages ask for, stored as files: found or made.

A rendition is named by what it was made from, so that none is ever out of date, and may be deleted at any time.
"""

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from publications import durable_files, images
from publications.models import Image, OriginalFault, find_original_fault, originals

SQUARE_SIDE = 192
IMAGE_SIZES = (*(f"{width}{cut}" for cut in ("", "c") for width in images.WIDTHS), f"{SQUARE_SIDE}s")
"""All sizes that there are: "960" as it is, "960c" cropped for teasers, "192s" a square."""

log = logging.getLogger(__name__)
MAX_DAMAGED = 1_000
NO_FILE = ()
_damaged: dict[str, tuple] = {}
"""Originals found damaged, by name, with the state of the file that was looked at."""


class KnownDamage(Exception):
    """The original is the one that was found damaged before."""


def get_image_file(image: Image, size: str, extension: str) -> bytes | None:
    """Return an image at one of its sizes; None if no page asks for the size, or the original is damaged.

    The latter is logged for an administrator. A file that holds other bytes than were uploaded is read once, and again
    when another has taken its place; one that cannot be read may be readable next time.
    """
    if extension not in images.FORMATS or size not in sizes_of(image):
        return None
    name = f"{image.digest[:32]}-{size}-{image.focus_x}-{image.focus_y}.{extension}"
    try:
        return get_or_make(name, lambda: _make(image, size, extension))
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
    """Return the media type of a format in which image files are made."""
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


def sizes_of(image: Image) -> tuple[str, ...]:
    whole = (str(width) for width in images.widths_for(image))
    return (*whole, *(f"{width}c" for width in images.teaser_widths(image)), f"{SQUARE_SIDE}s")


def make_image_files(image: Image) -> None:
    """Make every size of an image, so that no reader waits for one."""
    for extension in images.FORMATS:
        for size in sizes_of(image):
            get_image_file(image, size, extension)


def _make(image: Image, size: str, extension: str) -> bytes:
    if image.original in _damaged and _damaged[image.original] == _file_state(image.original):
        raise KnownDamage
    focus = (image.focus_x, image.focus_y)
    if size.endswith("s"):
        return images.crop_square(image.content, side=SQUARE_SIDE, format=extension, focus=focus)
    if size.endswith("c"):
        width = int(size[:-1])
        shape = (width, images.teaser_height(width))
        return images.crop_to_size(image.content, size=shape, format=extension, focus=focus)
    return images.resize(image.content, width=int(size), format=extension)


def get_or_make(name: str, make: Callable[[], bytes]) -> bytes:
    """Return the file of that name; make it if it is not there. Two processes may make it at once.

    Where it cannot be stored, as on a full disk, it is made for this once.
    """
    path = rendition_path(name)
    with suppress(OSError):
        return path.read_bytes()
    content = make()
    try:
        write_rendition(path, content)
    except OSError as error:
        log.warning("The rendition %s cannot be stored: %s", name, error)
    return content


def rendition_path(name: str, *, folder: str = "") -> Path:
    """Return the path of a rendition, whether it is there or not."""
    return Path(settings.RENDITIONS) / (folder or name[:2]) / name


def write_rendition(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    durable_files.write_file(path, [content], incoming=_incoming())


def remove_unfinished() -> int:
    """Remove what killed processes have left; return how many files."""
    return durable_files.remove_unfinished(_incoming())


def _incoming() -> Path:
    return Path(settings.RENDITIONS) / "incoming"


def delete_others(path: Path, *, prefix: str) -> None:
    """Delete the other files of the folder whose names have this prefix: they are out of date."""
    for other in path.parent.glob(f"{prefix}*"):
        if other != path:
            other.unlink(missing_ok=True)


def delete_folder(folder: str) -> None:
    """Delete a folder of renditions."""
    shutil.rmtree(Path(settings.RENDITIONS) / folder, ignore_errors=True)
