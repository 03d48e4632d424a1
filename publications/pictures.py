"""Pictures: sizes, formats and safety, as pure functions over Pillow.

What editors upload is looked at before it is decoded (size, format), and only ever shown re-encoded:
that leaves behind what cameras write (places, names) and whatever else a file may hide.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

WIDTHS = (480, 960, 1600)
LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 12_000


@dataclass(frozen=True)
class Format:
    """A format that pages show pictures in."""

    pillow: str
    media_type: str
    options: dict


FORMATS = {
    "webp": Format("WEBP", "image/webp", {"quality": 80, "method": 4}),
    "jpg": Format("JPEG", "image/jpeg", {"quality": 82, "optimize": True, "progressive": True}),
}
ACCEPTED = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
    "GIF": ("gif", "image/gif"),
}


class Unsuitable(ValueError):
    """A file that is not taken as a picture, with a sentence that says why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What a picture is: its size in pixels as shown (after EXIF orientation), and its format."""

    width: int
    height: int
    format: str
    extension: str
    media_type: str


def examine(content: bytes) -> Facts:
    """Look at an upload. Raises Unsuitable for anything but a sound JPEG, PNG, WebP or GIF of bearable size."""
    if len(content) > LARGEST_FILE:
        raise Unsuitable(_("The picture is larger than 20 MB. Save it smaller, then try again."))
    with _opened(content) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
            raise Unsuitable(
                _(
                    "The picture has %(width)d × %(height)d pixels; at most 50 million, and 12,000 a side, can be "
                    "taken. Save it smaller, then try again."
                )
                % {"width": width, "height": height}
            )
        picture.load()
        shown = ImageOps.exif_transpose(picture)
        extension, media_type = ACCEPTED[picture.format]
        return Facts(*shown.size, picture.format, extension, media_type)


def widths_for(facts: Facts) -> tuple[int, ...]:
    """The widths a picture is shown in: those below its own, or its own when it is small. Never enlarged."""
    return tuple(width for width in WIDTHS if width <= facts.width) or (facts.width,)


def rendition(content: bytes, *, width: int, format: str) -> bytes:
    """The picture re-encoded at a width in pixels, in "webp" or "jpg", without what the camera wrote."""
    with _opened(content) as picture:
        shown = _as_shown(picture)
        if width < shown.width:
            height = max(1, round(shown.height * width / shown.width))
            shown = shown.resize((width, height), Image.Resampling.LANCZOS)
        return _encoded(shown, format)


def square(content: bytes, *, side: int, format: str, focus: tuple[int, int] = (50, 50)) -> bytes:
    """A square around the focal point (per cent from left and top), side pixels a side."""
    with _opened(content) as picture:
        shown = _as_shown(picture)
        around = (focus[0] / 100, focus[1] / 100)
        return _encoded(ImageOps.fit(shown, (side, side), Image.Resampling.LANCZOS, centering=around), format)


def initials(name: str) -> str:
    """One or two letters that stand for a person without a portrait: "SA" for "Sample Author"."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in chosen)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """The picture, not yet decoded; whatever Pillow makes of a bad file becomes one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # sizes are checked by examine
            with Image.open(io.BytesIO(content), formats=tuple(ACCEPTED)) as picture:
                yield picture
    except Unsuitable:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError,
            struct.error,
        KeyError, IndexError, TypeError, OverflowError, MemoryError) as reason:  # fmt: skip
        raise Unsuitable(
            _(
                "This is not a picture that can be shown: only sound JPEG, PNG, WebP and GIF files are taken. "
                "Save it again in one of these, then try again."
            )
        ) from reason


def _as_shown(picture: Image.Image) -> Image.Image:
    """The first frame, upright, in sRGB, with its transparency where it has any."""
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode == "CMYK" or upright.info.get("icc_profile"):
        upright = _in_srgb(upright)
    if upright.mode.startswith("I"):
        upright = upright.point(lambda value: value / 256).convert("L")
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Colours as the web shows them; a profile that cannot be read is passed over."""
    profile = picture.info.get("icc_profile")
    try:
        if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
            return picture
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _encoded(picture: Image.Image, format: str) -> bytes:
    chosen = FORMATS[format]
    if format == "jpg" and picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    stream = io.BytesIO()
    clean.save(stream, chosen.pillow, **chosen.options)
    return stream.getvalue()
