"""Sizes, formats and safety of images, as pure functions over Pillow.

The size and the format of an upload are checked before it is decoded, and pages only ever show it re-encoded, which
leaves behind what cameras write (places, names) and whatever else a file may hide.
"""

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

WIDTHS = (480, 960, 1600)
TEASER_ASPECT = (16, 9)
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000


@dataclass(frozen=True)
class ImageFormat:
    """A format in which pages show images."""

    pillow: str
    media_type: str
    options: dict


FORMATS = {
    "webp": ImageFormat("WEBP", "image/webp", {"quality": 80, "method": 4}),
    "jpg": ImageFormat("JPEG", "image/jpeg", {"quality": 82, "optimize": True, "progressive": True}),
}
ACCEPTED_FORMATS = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
    "GIF": ("gif", "image/gif"),
}
SEVERAL_IN_ONE = {"MPO": "JPEG"}
"""Phones append a second image (depth, brightness) to a JPEG; Pillow calls that MPO."""


class UnsuitableImage(ValueError):
    """A file that is not accepted as an image. The message says why and what to do."""


@dataclass(frozen=True)
class ImageFacts:
    """The size of an image in pixels as shown (after EXIF orientation), and its format."""

    width: int
    height: int
    format: str
    extension: str
    media_type: str


def examine(content: bytes) -> ImageFacts:
    """Return the facts of an upload.

    Raises:
        UnsuitableImage: it is no sound JPEG, PNG, WebP or GIF, or too large.
    """
    picture = _decoded(content)
    format = SEVERAL_IN_ONE.get(picture.format, picture.format)
    return ImageFacts(*_upright(picture).size, format, *ACCEPTED_FORMATS[format])


def too_large_message() -> str:
    """Return what an editor is told of a file above MAX_UPLOAD_BYTES."""
    return _("The picture is larger than 20 MB. Save it smaller, then try again.")


def widths_for(facts: ImageFacts) -> tuple[int, ...]:
    """Return the widths of WIDTHS up to that of the image, or its own when it is smaller: no image is enlarged."""
    return tuple(width for width in WIDTHS if width <= facts.width) or (facts.width,)


def teaser_widths(facts: ImageFacts) -> tuple[int, ...]:
    """Return the widths of an image cropped to TEASER_ASPECT; none is larger than what the crop leaves."""
    within = max(1, min(facts.width, facts.height * TEASER_ASPECT[0] // TEASER_ASPECT[1]))
    return tuple(width for width in WIDTHS if width <= within) or (within,)


def teaser_height(width: int) -> int:
    return max(1, round(width * TEASER_ASPECT[1] / TEASER_ASPECT[0]))


def resize(content: bytes, *, width: int, format: str) -> bytes:
    """Return the image re-encoded in a format of FORMATS, without metadata, at most `width` pixels wide.

    Raises UnsuitableImage, like `examine`.
    """
    picture = _as_shown(_decoded(content))
    if width < picture.width:
        height = max(1, round(picture.height * width / picture.width))
        picture = _resized(picture, (width, height))
    return _encoded(picture, format)


def crop_square(content: bytes, *, side: int, format: str, focus: tuple[int, int] = (50, 50)) -> bytes:
    """Return a square of `side` pixels around the focal point (per cent from left and top).

    Raises UnsuitableImage.
    """
    return crop_to_size(content, size=(side, side), format=format, focus=focus)


def crop_to_size(
    content: bytes, *, size: tuple[int, int], format: str, focus: tuple[int, int] = (50, 50)
) -> bytes:
    """Return the image cropped and scaled to `size`, with the focal point as near the middle as possible.

    Raises UnsuitableImage.
    """
    picture = _as_shown(_decoded(content))
    return _encoded(_resized(picture, size, box=_box_around(picture.size, focus, shape=size)), format)


def crop_edges(content: bytes, shares: tuple[float, float, float, float]) -> bytes:
    """Return the image without shares of its width and height at left, top, right and bottom, as JPEG or PNG.

    Raises UnsuitableImage.
    """
    picture = _decoded(content)
    (width, height), (left, top, right, bottom) = picture.size, shares
    box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    if box[0] >= box[2] or box[1] >= box[3]:
        raise UnsuitableImage(_("Nothing is left of the picture: all of it is cropped away."))
    stream = io.BytesIO()
    is_photo = SEVERAL_IN_ONE.get(picture.format, picture.format) == "JPEG"
    picture.crop(box).save(stream, "JPEG" if is_photo else "PNG", **({"quality": 95} if is_photo else {}))
    return stream.getvalue()


def _decoded(content: bytes) -> Image.Image:
    """Return the first frame; size and format are checked before it is decoded. Raises UnsuitableImage."""
    if len(content) > MAX_UPLOAD_BYTES:
        raise UnsuitableImage(too_large_message())
    try:
        picture = Image.open(io.BytesIO(content), formats=tuple(ACCEPTED_FORMATS))
        _check_size(*picture.size)
        picture.load()
    except UnsuitableImage:
        raise
    except Image.DecompressionBombError as reason:  # Pillow's own limit: it opens nothing beyond
        raise UnsuitableImage(
            _(
                "The picture has too many pixels: at most 50 million, and 12,000 a side, can be taken. "
                "Save it smaller, then try again."
            )
        ) from reason
    except Exception as reason:  # Pillow has no list of what a broken file may raise
        raise UnsuitableImage(
            _(
                "This is not a picture that can be shown: only sound JPEG, PNG, WebP and GIF files are taken. "
                "Save it again in one of these, then try again."
            )
        ) from reason
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height <= MAX_PIXELS and max(width, height) <= MAX_SIDE:
        return
    raise UnsuitableImage(
        _(
            "The picture has %(width)d × %(height)d pixels; at most 50 million, and 12,000 a side, can be "
            "taken. Save it smaller, then try again."
        )
        % {"width": width, "height": height}
    )


def _as_shown(picture: Image.Image) -> Image.Image:
    """Return the image upright, in sRGB, with its transparency if it has any."""
    shown = _upright(picture)
    if shown.mode.startswith("I"):
        shown = shown.point(lambda value: value / 256).convert("L")  # 16 bits of grey
    profile = shown.info.get("icc_profile")
    if shown.has_transparency_data:
        return _in_srgb(shown.convert("RGBA"), profile)
    return _in_srgb(shown if shown.mode in ("L", "CMYK") else shown.convert("RGB"), profile).convert("RGB")


def _upright(picture: Image.Image) -> Image.Image:
    """Turn the image as its EXIF orientation says; unreadable EXIF is ignored."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert the colours to sRGB; a profile that cannot be read or does not fit is ignored."""
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
    """Return the largest box of a shape within a size with the focal point as near its middle as possible."""
    scale = min(length / part for length, part in zip(size, shape, strict=True))
    width, height = (min(part * scale, length) for part, length in zip(shape, size, strict=True))
    left, top = (
        max(min(length * share / 100 - part / 2, length - part), 0)
        for length, share, part in zip(size, focus, (width, height), strict=True)
    )
    return left, top, min(left + width, size[0]), min(top + height, size[1])


def _resized(picture: Image.Image, size: tuple[int, int], box: tuple | None = None) -> Image.Image:
    """Scale the image, or a box of it. `reducing_gap` saves five sixths of the time without a visible difference."""
    return picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _encoded(picture: Image.Image, format: str) -> bytes:
    chosen = FORMATS[format]
    clean = Image.new("RGB" if format == "jpg" else picture.mode, picture.size, "white")
    clean.paste(picture, mask=picture.getchannel("A") if clean.mode != picture.mode else None)
    stream = io.BytesIO()
    clean.save(stream, chosen.pillow, **chosen.options)
    return stream.getvalue()
