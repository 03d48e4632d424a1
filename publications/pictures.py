"""Pictures: sizes, formats and safety, as pure functions over Pillow.

What editors upload is looked at before it is decoded (size, format), and only ever shown re-encoded:
that leaves behind what cameras write (places, names) and whatever else a file may hide.
"""

import io
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

WIDTHS = (480, 960, 1600)
CARD = (16, 9)  # the shape in which cards show covers
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
SEVERAL_IN_ONE = {"MPO": "JPEG"}
"""Telephones write a JPEG with a second picture (depth, brightness) behind it; Pillow calls that MPO."""


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
    """Look at an upload. Raises Unsuitable for all but a sound JPEG, PNG, WebP or GIF of bearable size."""
    picture = _decoded(content)
    format = SEVERAL_IN_ONE.get(picture.format, picture.format)
    return Facts(*_upright(picture).size, format, *ACCEPTED[format])


def too_large() -> str:
    """What is said of a file above LARGEST_FILE, here or before it is sent."""
    return _("The picture is larger than 20 MB. Save it smaller, then try again.")


def widths_for(facts: Facts) -> tuple[int, ...]:
    """The widths a picture is shown in: those up to its own, or its own when it is small. Never enlarged."""
    return tuple(width for width in WIDTHS if width <= facts.width) or (facts.width,)


def card_widths(facts: Facts) -> tuple[int, ...]:
    """The widths of a picture cut to the shape of cards, of which none is larger than what is left of it."""
    within = max(1, min(facts.width, facts.height * CARD[0] // CARD[1]))
    return tuple(width for width in WIDTHS if width <= within) or (within,)


def card_height(width: int) -> int:
    return max(1, round(width * CARD[1] / CARD[0]))


def rendition(content: bytes, *, width: int, format: str) -> bytes:
    """The picture re-encoded at a width in pixels, in "webp" or "jpg", without what the camera wrote.

    Raises Unsuitable, like examine.
    """
    picture = _as_shown(_decoded(content))
    if width < picture.width:
        height = max(1, round(picture.height * width / picture.width))
        picture = _resized(picture, (width, height))
    return _encoded(picture, format)


def square(content: bytes, *, side: int, format: str, focus: tuple[int, int] = (50, 50)) -> bytes:
    """A square around the focal point (per cent from left and top), side pixels a side. Raises Unsuitable."""
    return cut(content, size=(side, side), format=format, focus=focus)


def cut(content: bytes, *, size: tuple[int, int], format: str, focus: tuple[int, int] = (50, 50)) -> bytes:
    """The picture in another shape, in pixels, with the focal point as near its middle as can be. Raises Unsuitable."""
    picture = _as_shown(_decoded(content))
    return _encoded(_resized(picture, size, box=_box_around(picture.size, focus, shape=size)), format)


def cropped(content: bytes, cut: tuple[float, float, float, float]) -> bytes:
    """The picture without what is cut off at left, top, right and bottom (shares of it), in its own format.

    Raises Unsuitable.
    """
    picture = _decoded(content)
    (width, height), (left, top, right, bottom) = picture.size, cut
    box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    if box[0] >= box[2] or box[1] >= box[3]:
        raise Unsuitable(_("Nothing is left of the picture: all of it is cropped away."))
    stream = io.BytesIO()
    is_photo = SEVERAL_IN_ONE.get(picture.format, picture.format) == "JPEG"
    picture.crop(box).save(stream, "JPEG" if is_photo else "PNG", **({"quality": 95} if is_photo else {}))
    return stream.getvalue()


def initials(name: str) -> str:
    """One or two letters that stand for a person without a portrait: "SA" for "Sample Author"."""
    words = unicodedata.normalize("NFC", name).replace("-", " ").split()
    letters = [letter for word in words if (letter := _first_letter(word))]
    return "".join(letters if len(letters) < 2 else (letters[0], letters[-1]))


def _first_letter(word: str) -> str:
    """Its first letter as a title has it: Georgian keeps its small letters there, Ǆ becomes ǅ."""
    return next((sign.title()[0] for sign in word if sign.isalpha()), "")


def _decoded(content: bytes) -> Image.Image:
    """The first frame of a picture whose size was found bearable before it was decoded. Raises Unsuitable."""
    if len(content) > LARGEST_FILE:
        raise Unsuitable(too_large())
    try:
        picture = Image.open(io.BytesIO(content), formats=tuple(ACCEPTED))
        _check_size(*picture.size)
        picture.load()
    except Unsuitable:
        raise
    except Exception as reason:  # Pillow has no list of what a broken file may raise
        raise Unsuitable(
            _(
                "This is not a picture that can be shown: only sound JPEG, PNG, WebP and GIF files are taken. "
                "Save it again in one of these, then try again."
            )
        ) from reason
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height <= MOST_PIXELS and max(width, height) <= LONGEST_SIDE:
        return
    raise Unsuitable(
        _(
            "The picture has %(width)d × %(height)d pixels; at most 50 million, and 12,000 a side, can be "
            "taken. Save it smaller, then try again."
        )
        % {"width": width, "height": height}
    )


def _as_shown(picture: Image.Image) -> Image.Image:
    """Upright, in sRGB, with its transparency where it has any."""
    shown = _upright(picture)
    if shown.mode.startswith("I"):
        shown = shown.point(lambda value: value / 256).convert("L")  # 16 bits of grey
    profile = shown.info.get("icc_profile")
    if shown.has_transparency_data:
        return _in_srgb(shown.convert("RGBA"), profile)
    return _in_srgb(shown if shown.mode in ("L", "CMYK") else shown.convert("RGB"), profile).convert("RGB")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as EXIF says; what no one can read turns nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the web shows them; a profile that cannot be read, or is for others, is passed over."""
    if not profile:
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return picture


def _box_around(
    size: tuple[int, int], focus: tuple[int, int], *, shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    """The largest box of a shape within a size that has the focal point as near its middle as can be."""
    scale = min(length / part for length, part in zip(size, shape, strict=True))
    width, height = (min(part * scale, length) for part, length in zip(shape, size, strict=True))
    left, top = (
        max(min(length * share / 100 - part / 2, length - part), 0)
        for length, share, part in zip(size, focus, (width, height), strict=True)
    )
    return left, top, min(left + width, size[0]), min(top + height, size[1])


def _resized(picture: Image.Image, size: tuple[int, int], box: tuple | None = None) -> Image.Image:
    """The picture, or a box of it, at a size. The gap saves five sixths of the time, and no eye sees it."""
    return picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _encoded(picture: Image.Image, format: str) -> bytes:
    chosen = FORMATS[format]
    clean = Image.new("RGB" if format == "jpg" else picture.mode, picture.size, "white")
    clean.paste(picture, mask=picture.getchannel("A") if clean.mode != picture.mode else None)
    stream = io.BytesIO()
    clean.save(stream, chosen.pillow, **chosen.options)
    return stream.getvalue()
