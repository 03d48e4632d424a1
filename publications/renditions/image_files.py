"""Library images in the sizes that pages request: read from files, or rendered and stored.

The name of a file is derived from its source, so that it is never out of date. Files can be deleted at any time.
"""

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from publications import durable_files, images
from publications.models import Image, OriginalFault, find_original_fault, original_storage

log = logging.getLogger(__name__)
MAX_DAMAGED = 1_000
NO_FILE = ()
_damaged: dict[str, tuple] = {}
"""Damaged originals by name, with the state of the file that was read."""


class KnownDamagedOriginal(Exception):
    """The original is a file that is known to be damaged."""


def get_image_file(image: Image, size: str, extension: str) -> bytes | None:
    """Return an image in one of its sizes, or None if the size is unknown or the original is damaged.

    Damage is logged. A file whose content differs from the upload is not read again until it is replaced; a file that
    cannot be read is tried again.
    """
    if extension not in images.FORMATS or size not in sizes_of(image):
        return None
    name = f"{image.digest[:32]}-{size}-{image.focus_x}-{image.focus_y}.{extension}"
    try:
        return get_or_render(name, lambda: _render(image, size, extension))
    except KnownDamagedOriginal:
        return None
    except Exception:  # Pillow raises various errors for damaged files
        if not (fault := _find_damage(image.original)):
            raise
        log.exception("The original %s of image %s is damaged: %s.", image.original, image.key, fault.value)
        return None


def _find_damage(name: str) -> OriginalFault | None:
    """Return the fault of an original, and remember it if the file is missing or has the wrong content."""
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
    """Return size and time of a file, which change when it is replaced; an empty tuple if it is missing."""
    try:
        return original_storage().size(name), original_storage().get_modified_time(name)
    except FileNotFoundError:
        return NO_FILE


def media_type_of(extension: str) -> str:
    """Return the media type of an output format."""
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


def sizes_of(image: Image) -> tuple[str, ...]:
    """Return the sizes of an image: "960" is the whole image, "960c" cropped for teasers, "192s" a square."""
    uncropped = (str(width) for width in images.widths_for(image))
    return (*uncropped, *(f"{width}c" for width in images.teaser_widths(image)), images.PORTRAIT_SIZE)


def make_image_files(image: Image) -> None:
    """Render every size of an image in advance."""
    for extension in images.FORMATS:
        for size in sizes_of(image):
            get_image_file(image, size, extension)


def _render(image: Image, size: str, extension: str) -> bytes:
    if image.original in _damaged and _damaged[image.original] == _file_state(image.original):
        raise KnownDamagedOriginal
    focus = (image.focus_x, image.focus_y)
    if size.endswith("s"):
        return images.crop_square(image.content, side=images.PORTRAIT_SIDE, format=extension, focus=focus)
    if size.endswith("c"):
        width = int(size[:-1])
        teaser_size = (width, images.teaser_height(width))
        return images.crop_to_size(image.content, size=teaser_size, format=extension, focus=focus)
    return images.resize(image.content, width=int(size), format=extension)


def get_or_render(name: str, render: Callable[[], bytes]) -> bytes:
    """Return the content of a file, which is rendered if it does not exist. Two processes may render it at once.

    If it cannot be stored, for example on a full disk, its content is returned nevertheless.
    """
    path = rendition_path(name)
    with suppress(OSError):
        return path.read_bytes()
    content = render()
    try:
        write_rendition(path, content)
    except OSError as error:
        log.warning("The rendition %s cannot be stored: %s", name, error)
    return content


def rendition_path(name: str, *, folder: str = "") -> Path:
    """Return the path of a rendition, which need not exist."""
    return Path(settings.RENDITIONS) / (folder or name[:2]) / name


def write_rendition(path: Path, content: bytes) -> None:
    """Write a file atomically. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    durable_files.write_file(path, [content], temporary_folder=_temporary_folder())


def remove_abandoned_files() -> int:
    """Remove files left by killed processes; return their number."""
    return durable_files.remove_abandoned_files(_temporary_folder())


def _temporary_folder() -> Path:
    return Path(settings.RENDITIONS) / "incoming"


def delete_others(path: Path, *, prefix: str) -> None:
    """Delete outdated files: the others in the folder whose names have this prefix."""
    for outdated in path.parent.glob(f"{prefix}*"):
        if outdated != path:
            outdated.unlink(missing_ok=True)


def delete_folder(folder: str) -> None:
    """Delete a folder of renditions."""
    shutil.rmtree(Path(settings.RENDITIONS) / folder, ignore_errors=True)
