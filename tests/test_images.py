"""Images: validation, and how they are resized, cropped and encoded."""

import io
import struct
import zlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from publications import images
from publications.images import (
    ImageProperties,
    UnsuitableImage,
    crop_edges,
    crop_square,
    read_properties,
    resize,
    widths_for,
)
from publications.presentation.authors import initials


def encode(picture: Image.Image, format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def make_image(mode: str = "RGB", size: tuple[int, int] = (1200, 800), colour="navy") -> Image.Image:
    return Image.new(mode, size, colour)


def decode(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def shown_pixel(content: bytes, format: str = "webp", at: tuple[int, int] = (5, 5)) -> tuple[int, ...]:
    """Return a pixel of the image as it is sent to readers."""
    return decode(resize(content, width=480, format=format)).getpixel(at)


def is_near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 6 for one, other in zip(pixel, colour, strict=True))


def make_png(header: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def make_huge_png(width: int, height: int) -> bytes:
    """Return a small file whose header names an enormous size."""
    return make_png(struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def gif_with_a_larger_frame(width: int, height: int) -> bytes:
    """A small GIF that says its first frame is larger than itself."""
    content = bytearray(encode(make_image("L", (9, 9), 0), "GIF"))
    frame = content.index(b",")
    content[frame + 5 : frame + 9] = struct.pack("<HH", width, height)
    return bytes(content)


def make_photo(**orientation) -> bytes:
    """A JPEG as a camera writes it: 400 × 300, red on the left, with a place and a name."""
    picture = make_image(size=(400, 300), colour="white")
    picture.paste("red", (0, 0, 200, 300))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation.get("orientation", 1), "SecretCamera"
    exif[0x8825] = {1: "N", 2: (59.0, 20.0, 0.0)}
    return encode(picture, "JPEG", exif=exif, quality=95, comment=b"SecretComment")


def profile_with_red_and_blue_exchanged() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    first, rest = profile.split(b"rXYZ", 1)
    return first + b"bXYZ" + rest.replace(b"bXYZ", b"rXYZ", 1)


@pytest.mark.parametrize(
    ("format", "facts"),
    [
        ("PNG", ImageProperties(1200, 800, "PNG", "png", "image/png")),
        ("JPEG", ImageProperties(1200, 800, "JPEG", "jpg", "image/jpeg")),
        ("WEBP", ImageProperties(1200, 800, "WEBP", "webp", "image/webp")),
        ("GIF", ImageProperties(1200, 800, "GIF", "gif", "image/gif")),
    ],
)
def test_four_formats_are_accepted(format, facts):
    assert read_properties(encode(make_image(), format)) == facts


def test_a_photo_with_a_second_image_is_a_jpeg():
    content = encode(make_image(), "MPO", save_all=True, append_images=[make_image(colour="red")])

    assert read_properties(content) == ImageProperties(1200, 800, "JPEG", "jpg", "image/jpeg")
    assert is_near(shown_pixel(content), (0, 0, 128))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a=1;alert(1)", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html></html>", b"%PDF-1.4", encode(make_image())[:200], encode(make_image(), "JPEG")[:3000],
        encode(make_image(), "BMP"), encode(make_image(), "TIFF"), b"%PDF-1.4\n" + encode(make_image(), "JPEG"),
        make_png(b"\0\0\0"),
    ],
    ids=["empty", "false gif", "svg", "html", "pdf", "truncated png", "truncated jpeg", "bmp", "tiff", "pdf first", "headless"],
)  # fmt: skip
def test_a_damaged_or_foreign_file_is_refused_with_a_message(content):
    with pytest.raises(UnsuitableImage, match="try again"):
        read_properties(content)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "content",
    [
        make_huge_png(7_100, 7_100), make_huge_png(12_001, 10), make_huge_png(10_000, 10_000), make_huge_png(60_000, 60_000),
        gif_with_a_larger_frame(8_000, 8_000), gif_with_a_larger_frame(60_000, 60_000),
    ],
    ids=["51 million", "too long", "bomb", "large bomb", "gif", "gif bomb"],
)  # fmt: skip
def test_an_image_with_too_many_pixels_is_refused_before_it_is_decoded(content, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda picture: pytest.fail("decoded"))

    for use in (read_properties, lambda it: resize(it, width=480, format="jpg")):
        with pytest.raises(UnsuitableImage, match="at most 50 million, and 12,000 a side"):
            use(content)


def test_a_file_above_twenty_megabytes_is_refused():
    with pytest.raises(UnsuitableImage, match="20 MB"):
        read_properties(b"\0" * (images.MAX_UPLOAD_BYTES + 1))


@pytest.mark.parametrize("format", images.FORMATS)
def test_metadata_of_the_camera_is_removed(format):
    made = resize(make_photo(), width=480, format=format)

    assert b"Secret" not in made
    assert not decode(made).getexif()
    assert "icc_profile" not in decode(made).info


def test_the_exif_orientation_is_applied():
    content = make_photo(orientation=6)
    made = decode(resize(content, width=480, format="jpg"))

    assert (read_properties(content).width, read_properties(content).height) == made.size == (300, 400)
    assert is_near(made.getpixel((150, 50)), (254, 0, 0))
    assert is_near(made.getpixel((150, 350)), (255, 255, 255))


def test_content_appended_to_an_image_is_removed():
    content = encode(make_image(), "JPEG") + b"%PDF-1.4 <script>alert(1)</script>"

    assert b"script" not in resize(content, width=480, format="jpg")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
@pytest.mark.parametrize("format", ["webp", "jpg"])
def test_pictures_of_every_mode_are_shown(mode, format):
    colour = (0, 0, 0, 0) if mode in ("RGBA", "CMYK") else (0, 0) if mode == "LA" else 0
    content = encode(Image.new(mode, (600, 300), colour), "JPEG" if mode == "CMYK" else "PNG")

    assert decode(resize(content, width=480, format=format)).size == (480, 240)


def test_grey_of_sixteen_bits_is_converted():
    assert is_near(shown_pixel(encode(Image.new("I;16", (60, 60), 0x8000))), (128, 128, 128))


def test_cmyk_is_converted_to_rgb():
    assert is_near(shown_pixel(encode(Image.new("CMYK", (60, 60), (0, 255, 255, 0)), "JPEG")), (254, 0, 0))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_of_another_profile_are_converted_to_srgb(mode):
    red = make_image(size=(60, 60), colour="red").convert(mode)

    made = shown_pixel(encode(red, icc_profile=profile_with_red_and_blue_exchanged()))

    assert is_near(made[:3], (0, 0, 254))


@pytest.mark.parametrize(
    "profile", [b"junk" * 40, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_an_unsuitable_profile_is_ignored(profile):
    assert is_near(
        shown_pixel(encode(make_image(size=(60, 60), colour="red"), icc_profile=profile)), (255, 0, 0)
    )


@pytest.mark.parametrize(
    ("mode", "options"), [("RGBA", {}), ("LA", {}), ("P", {"transparency": 0}), ("L", {"transparency": 0})]
)
def test_transparency_becomes_white_in_jpeg_and_stays_in_webp(mode, options):
    colour = {"RGBA": (0, 0, 0, 0), "LA": (0, 0)}.get(mode, 0)
    content = encode(Image.new(mode, (600, 300), colour), **options)

    assert shown_pixel(content, "jpg") == (255, 255, 255)
    assert shown_pixel(content, "webp")[3] == 0


def test_the_first_frame_of_an_animation_is_shown():
    frames = [make_image(size=(600, 300), colour=colour) for colour in ("red", "blue")]
    content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])

    made = decode(resize(content, width=480, format="webp"))

    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((9, 9))[0] > 200


def test_nothing_is_enlarged():
    small = encode(make_image(size=(200, 100)))

    assert widths_for(read_properties(small)) == (200,)
    assert decode(resize(small, width=480, format="webp")).size == (200, 100)


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (2000, (480, 960, 1600)),
        (1600, (480, 960, 1600)),
        (1599, (480, 960, 1599)),
        (960, (480, 960)),
        (800, (480, 800)),
        (480, (480,)),
        (479, (479,)),
    ],
)
def test_an_image_has_the_widths_below_its_own_and_its_own(width, widths):
    assert widths_for(ImageProperties(width, 100, "PNG", "png", "image/png")) == widths


def test_a_narrow_image_keeps_at_least_one_row():
    assert decode(resize(encode(make_image(size=(2000, 1))), width=480, format="jpg")).size == (480, 1)


@pytest.mark.parametrize("format", images.FORMATS)
def test_the_same_image_is_encoded_to_the_same_bytes(format):
    assert resize(make_photo(), width=200, format=format) == resize(make_photo(), width=200, format=format)


@pytest.mark.parametrize(("size", "focus"), [((900, 300), (70, 50)), ((300, 900), (50, 70))])
def test_a_square_is_cropped_around_the_focal_point(size, focus):
    picture = make_image(size=size, colour="white")
    x, y = (length * share // 100 for length, share in zip(size, focus, strict=True))
    picture.paste("red", (x - 20, y - 20, x + 20, y + 20))

    made = decode(crop_square(encode(picture), side=96, format="jpg", focus=focus))

    assert made.size == (96, 96)
    assert made.getpixel((48, 48))[1] < 60


@pytest.mark.parametrize("focus", [(0, 0), (100, 100), (0, 100)])
def test_a_square_stays_within_the_image(focus):
    content = encode(make_image(size=(300, 200), colour="red"))

    assert is_near(
        decode(crop_square(content, side=64, format="webp", focus=focus)).getpixel((0, 63)), (255, 0, 0)
    )


def test_a_cropped_photo_keeps_its_orientation_and_its_colours():
    profile = profile_with_red_and_blue_exchanged()
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(make_image(size=(400, 300), colour="red"), "JPEG", icc_profile=profile, exif=exif)

    cropped = crop_edges(content, (0, 0, 0.5, 0))

    assert decode(resize(cropped, width=480, format="jpg")).size == (300, 200)
    assert is_near(shown_pixel(cropped), (0, 0, 254))


@cache
def samples() -> list[bytes]:
    """Return a small valid file of each format."""
    small = make_image(size=(9, 9))
    return [make_photo(), *(encode(small, format) for format in images.ACCEPTED_FORMATS)]


@st.composite
def damaged_images(draw) -> bytes:
    content = bytearray(draw(st.sampled_from(samples())))
    for place in draw(st.lists(st.integers(0, min(len(content), 400) - 1), max_size=6)):
        content[place] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))])


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | damaged_images())
def test_damaged_files_raise_unsuitable_image_only(content):
    for use in (
        read_properties,
        lambda it: resize(it, width=20, format="jpg"),
        lambda it: crop_square(it, side=8, format="webp"),
    ):
        try:
            use(content)
        except UnsuitableImage as refusal:
            assert "try again" in str(refusal)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sample Author", "SA"),
        ("Ann", "A"),
        ("Anna-Karin von Berg", "AB"),
        ("Жанна Ивановна Б", "ЖБ"),
        ("“Ann” (Stockholm) berg", "AB"),
        ("E\u0301mile Zola", "ÉZ"),
        ("ანა ბერიძე", "აბ"),
        ("ßen Öst", "SÖ"),
        ("习近平", "习"),
        ("Agent 007", "A"),
        ("", ""),
        ("– 1", ""),
    ],
)
def test_initials_stand_for_a_person_without_a_portrait(name, letters):
    assert initials(name) == letters


@given(st.text(max_size=40))
def test_initials_are_never_more_than_two_letters(name):
    assert len(initials(name)) <= 2
