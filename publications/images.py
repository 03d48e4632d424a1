"""Validate, resize, crop and encode images with Pillow.

The size and the format of an upload are checked before it is decoded. Pages show re-encoded images only, which removes
metadata such as locations and names, and any other content of the file.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from publications.stored_messages import gettext as _

WIDTHS = (480, 960, 1600)
TEASER_ASPECT = (16, 9)
PORTRAIT_SIDE = 192  # pixels of the square that portraits are cropped to
PORTRAIT_SIZE = f"{PORTRAIT_SIDE}s"
"""The name of that size in URLs."""
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000
KEY_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""The characters of image keys: those that are easily confused are missing."""


@dataclass(frozen=True)
class ImageFormat:
    """An output format with its name in Pillow and its encoder options."""

    pillow_name: str
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
FORMAT_ALIASES = {"MPO": "JPEG"}
"""Phones append a second image (depth, brightness) to a JPEG, which Pillow reports as MPO."""


class UnsuitableImage(ValueError):
    """A file that is not accepted as an image; the message names the reason and the remedy."""


@dataclass(frozen=True)
class ImageProperties:
    """The size of an image in pixels as shown (after EXIF orientation), and its format."""

    width: int
    height: int
    format: str
    extension: str
    media_type: str


def read_properties(content: bytes) -> ImageProperties:
    """Return the size and format of an upload.

    Raises:
        UnsuitableImage: the file is too large, damaged, or not a JPEG, PNG, WebP or GIF.
    """
    image = _decode(content)
    format = FORMAT_ALIASES.get(image.format, image.format)
    return ImageProperties(*_apply_orientation(image).size, format, *ACCEPTED_FORMATS[format])


def too_large_message() -> str:
    """Return the error message for a file larger than MAX_UPLOAD_BYTES."""
    return _("The picture is larger than 20 MB. Save it smaller, then try again.")


def widths_for(image: ImageProperties) -> tuple[int, ...]:
    """Return the values of WIDTHS below the width of the image, and its own width up to the largest of them."""
    return _widths_up_to(image.width)


def teaser_widths(image: ImageProperties) -> tuple[int, ...]:
    """Return the same for the width of the image cropped to TEASER_ASPECT."""
    return _widths_up_to(max(1, min(image.width, image.height * TEASER_ASPECT[0] // TEASER_ASPECT[1])))


def _widths_up_to(own_width: int) -> tuple[int, ...]:
    largest = min(own_width, WIDTHS[-1])
    return (*(width for width in WIDTHS if width < largest), largest)


def width_up_to(image: ImageProperties, width: int) -> int:
    """Return the largest of the widths of the image up to this one, or the smallest if all are larger."""
    widths = widths_for(image)
    return max((each for each in widths if each <= width), default=widths[0])


def teaser_height(width: int) -> int:
    return max(1, round(width * TEASER_ASPECT[1] / TEASER_ASPECT[0]))


def resize(content: bytes, *, width: int, format: str) -> bytes:
    """Return the image re-encoded in a format of FORMATS, without metadata, at most `width` pixels wide.

    Raises:
        UnsuitableImage: as for `read_properties`.
    """
    image = _normalize(_decode(content))
    if width < image.width:
        height = max(1, round(image.height * width / image.width))
        image = _resize(image, (width, height))
    return _encode(image, format)


def crop_square(content: bytes, *, side: int, format: str, focus: tuple[int, int] = (50, 50)) -> bytes:
    """Return a square of `side` pixels around the focal point (per cent from left and top). Raises UnsuitableImage."""
    return crop_to_size(content, size=(side, side), format=format, focus=focus)


def crop_to_size(
    content: bytes, *, size: tuple[int, int], format: str, focus: tuple[int, int] = (50, 50)
) -> bytes:
    """Return the image cropped and scaled to `size` around the focal point (per cent from left and top).

    Raises:
        UnsuitableImage: as for `read_properties`.
    """
    image = _normalize(_decode(content))
    return _encode(_resize(image, size, box=_crop_box(image.size, focus, target=size)), format)


def crop_edges(content: bytes, margins: tuple[float, float, float, float]) -> bytes:
    """Return the image without its margins, as JPEG (with the orientation and colour profile of the photo) or PNG.

    Args:
        margins: shares of the width and height (0 to 1) to remove at left, top, right and bottom.

    Raises:
        UnsuitableImage: as for `read_properties`, or the margins leave nothing.
    """
    image = _decode(content)
    (width, height), (left, top, right, bottom) = image.size, margins
    box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    if box[0] >= box[2] or box[1] >= box[3]:
        raise UnsuitableImage(_("Nothing is left of the picture: all of it is cropped away."))
    stream = io.BytesIO()
    if FORMAT_ALIASES.get(image.format, image.format) == "JPEG":
        metadata = {name: image.info[name] for name in ("exif", "icc_profile") if name in image.info}
        image.crop(box).save(stream, "JPEG", quality=95, **metadata)
    else:
        image.crop(box).save(stream, "PNG")
    return stream.getvalue()


def remove_metadata(content: bytes) -> bytes:
    """Return the image in its full size without metadata: a JPEG as JPEG of high quality, any other as PNG.

    Of an animation the first frame is left, which is all that pages show.

    Raises:
        UnsuitableImage: as for `read_properties`.
    """
    decoded = _decode(content)
    image, stream = _normalize(decoded), io.BytesIO()
    canvas = Image.new(image.mode, image.size)
    canvas.paste(image)
    if FORMAT_ALIASES.get(decoded.format, decoded.format) == "JPEG":
        canvas.save(stream, "JPEG", quality=95)
    else:
        canvas.save(stream, "PNG")
    return stream.getvalue()


def _decode(content: bytes) -> Image.Image:
    """Return the first frame, after checks of size and format. Raises UnsuitableImage."""
    if len(content) > MAX_UPLOAD_BYTES:
        raise UnsuitableImage(too_large_message())
    try:
        image = Image.open(io.BytesIO(content), formats=tuple(ACCEPTED_FORMATS))
        _check_size(*image.size)
        image.load()
    except UnsuitableImage:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit, checked on opening
        raise UnsuitableImage(
            _(
                "The picture has too many pixels: at most 50 million, and 12,000 a side, can be taken. "
                "Save it smaller, then try again."
            )
        ) from error
    except Exception as error:  # Pillow does not document what a damaged file raises
        raise UnsuitableImage(
            _(
                "This is not a picture that can be shown: only sound JPEG, PNG, WebP and GIF files are taken. "
                "Save it again in one of these, then try again."
            )
        ) from error
    return image


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


def _normalize(image: Image.Image) -> Image.Image:
    """Return the image in its orientation, in sRGB, with transparency if it has any."""
    image = _apply_orientation(image)
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")  # 16 bits of grey
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        return _convert_to_srgb(image.convert("RGBA"), profile)
    return _convert_to_srgb(image if image.mode in ("L", "CMYK") else image.convert("RGB"), profile).convert(
        "RGB"
    )


def _apply_orientation(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; invalid EXIF is ignored."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert the colours to sRGB; an invalid or unsuitable profile is ignored."""
    if not profile:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source_profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(
            image, source_profile, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image


def _crop_box(
    size: tuple[int, int], focus: tuple[int, int], *, target: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return the largest box with the aspect ratio of `target`, its centre as near the focal point as possible."""
    scale = min(length / side for length, side in zip(size, target, strict=True))
    width, height = (min(side * scale, length) for side, length in zip(target, size, strict=True))
    left, top = (
        max(min(length * per_cent / 100 - side / 2, length - side), 0)
        for length, per_cent, side in zip(size, focus, (width, height), strict=True)
    )
    return left, top, min(left + width, size[0]), min(top + height, size[1])


def _resize(image: Image.Image, size: tuple[int, int], box: tuple | None = None) -> Image.Image:
    """Scale the image, or a box of it; `reducing_gap` saves five sixths of the time without a visible difference."""
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _encode(image: Image.Image, format: str) -> bytes:
    image_format = FORMATS[format]
    canvas = Image.new("RGB" if format == "jpg" else image.mode, image.size, "white")
    canvas.paste(image, mask=image.getchannel("A") if canvas.mode != image.mode else None)
    stream = io.BytesIO()
    canvas.save(stream, image_format.pillow_name, **image_format.options)
    return stream.getvalue()
