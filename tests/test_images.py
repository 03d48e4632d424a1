"""Pictures: what is taken, what is refused, and what is left behind."""

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
    ImageFacts,
    UnsuitableImage,
    crop_square,
    examine,
    resize,
    widths_for,
)
from publications.presentation.authors import initials


def encoded(picture: Image.Image, format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (1200, 800), colour="navy") -> Image.Image:
    return Image.new(mode, size, colour)


def decoded(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def shown(content: bytes, format: str = "webp", at: tuple[int, int] = (5, 5)) -> tuple[int, ...]:
    """A pixel of the picture as readers get it."""
    return decoded(resize(content, width=480, format=format)).getpixel(at)


def is_near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 6 for one, other in zip(pixel, colour, strict=True))


def png(header: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""
    return png(struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def gif_with_a_larger_frame(width: int, height: int) -> bytes:
    """A small GIF that says its first frame is larger than itself."""
    content = bytearray(encoded(plain("L", (9, 9), 0), "GIF"))
    frame = content.index(b",")
    content[frame + 5 : frame + 9] = struct.pack("<HH", width, height)
    return bytes(content)


def photo(**orientation) -> bytes:
    """A JPEG as a camera writes it: 400 × 300, red on the left, with a place and a name."""
    picture = plain(size=(400, 300), colour="white")
    picture.paste("red", (0, 0, 200, 300))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation.get("orientation", 1), "SecretCamera"
    exif[0x8825] = {1: "N", 2: (59.0, 20.0, 0.0)}
    return encoded(picture, "JPEG", exif=exif, quality=95, comment=b"SecretComment")


def profile_with_red_and_blue_exchanged() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    first, rest = profile.split(b"rXYZ", 1)
    return first + b"bXYZ" + rest.replace(b"bXYZ", b"rXYZ", 1)


@pytest.mark.parametrize(
    ("format", "facts"),
    [
        ("PNG", ImageFacts(1200, 800, "PNG", "png", "image/png")),
        ("JPEG", ImageFacts(1200, 800, "JPEG", "jpg", "image/jpeg")),
        ("WEBP", ImageFacts(1200, 800, "WEBP", "webp", "image/webp")),
        ("GIF", ImageFacts(1200, 800, "GIF", "gif", "image/gif")),
    ],
)
def test_the_four_formats_are_taken(format, facts):
    assert examine(encoded(plain(), format)) == facts


def test_a_photo_that_a_telephone_wrote_with_a_second_picture_is_a_jpeg():
    content = encoded(plain(), "MPO", save_all=True, append_images=[plain(colour="red")])

    assert examine(content) == ImageFacts(1200, 800, "JPEG", "jpg", "image/jpeg")
    assert is_near(shown(content), (0, 0, 128))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a=1;alert(1)", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html></html>", b"%PDF-1.4", encoded(plain())[:200], encoded(plain(), "JPEG")[:3000],
        encoded(plain(), "BMP"), encoded(plain(), "TIFF"), b"%PDF-1.4\n" + encoded(plain(), "JPEG"),
        png(b"\0\0\0"),
    ],
    ids=["empty", "false gif", "svg", "html", "pdf", "cut png", "cut jpeg", "bmp", "tiff", "pdf first", "headless"],
)  # fmt: skip
def test_what_is_no_sound_picture_is_refused_in_a_sentence(content):
    with pytest.raises(UnsuitableImage, match="try again"):
        examine(content)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "content",
    [
        huge_png(7_100, 7_100), huge_png(12_001, 10), huge_png(10_000, 10_000), huge_png(60_000, 60_000),
        gif_with_a_larger_frame(8_000, 8_000), gif_with_a_larger_frame(60_000, 60_000),
    ],
    ids=["51 million", "too long", "bomb", "large bomb", "gif", "gif bomb"],
)  # fmt: skip
def test_a_picture_that_claims_to_be_enormous_is_refused_before_it_is_decoded(content, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda picture: pytest.fail("decoded"))

    for use in (examine, lambda it: resize(it, width=480, format="jpg")):
        with pytest.raises(UnsuitableImage, match="at most 50 million, and 12,000 a side"):
            use(content)


def test_a_file_above_twenty_megabytes_is_refused():
    with pytest.raises(UnsuitableImage, match="20 MB"):
        examine(b"\0" * (images.MAX_UPLOAD_BYTES + 1))


@pytest.mark.parametrize("format", images.FORMATS)
def test_what_the_camera_wrote_is_left_behind(format):
    made = resize(photo(), width=480, format=format)

    assert b"Secret" not in made
    assert not decoded(made).getexif()
    assert "icc_profile" not in decoded(made).info


def test_a_photo_is_turned_as_the_camera_was_held():
    content = photo(orientation=6)
    made = decoded(resize(content, width=480, format="jpg"))

    assert (examine(content).width, examine(content).height) == made.size == (300, 400)
    assert is_near(made.getpixel((150, 50)), (254, 0, 0))
    assert is_near(made.getpixel((150, 350)), (255, 255, 255))


def test_what_hides_behind_a_picture_is_left_behind():
    content = encoded(plain(), "JPEG") + b"%PDF-1.4 <script>alert(1)</script>"

    assert b"script" not in resize(content, width=480, format="jpg")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
@pytest.mark.parametrize("format", ["webp", "jpg"])
def test_pictures_of_every_mode_are_shown(mode, format):
    colour = (0, 0, 0, 0) if mode in ("RGBA", "CMYK") else (0, 0) if mode == "LA" else 0
    content = encoded(Image.new(mode, (600, 300), colour), "JPEG" if mode == "CMYK" else "PNG")

    assert decoded(resize(content, width=480, format=format)).size == (480, 240)


def test_grey_of_sixteen_bits_keeps_its_shade():
    assert is_near(shown(encoded(Image.new("I;16", (60, 60), 0x8000))), (128, 128, 128))


def test_printing_inks_become_the_colours_they_make():
    assert is_near(shown(encoded(Image.new("CMYK", (60, 60), (0, 255, 255, 0)), "JPEG")), (254, 0, 0))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_of_another_profile_are_shown_as_the_web_shows_them(mode):
    red = plain(size=(60, 60), colour="red").convert(mode)

    made = shown(encoded(red, icc_profile=profile_with_red_and_blue_exchanged()))

    assert is_near(made[:3], (0, 0, 254))


@pytest.mark.parametrize(
    "profile", [b"junk" * 40, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_does_not_fit_is_passed_over(profile):
    assert is_near(shown(encoded(plain(size=(60, 60), colour="red"), icc_profile=profile)), (255, 0, 0))


@pytest.mark.parametrize(
    ("mode", "options"), [("RGBA", {}), ("LA", {}), ("P", {"transparency": 0}), ("L", {"transparency": 0})]
)
def test_transparency_lies_on_white_in_jpeg_and_stays_in_webp(mode, options):
    colour = {"RGBA": (0, 0, 0, 0), "LA": (0, 0)}.get(mode, 0)
    content = encoded(Image.new(mode, (600, 300), colour), **options)

    assert shown(content, "jpg") == (255, 255, 255)
    assert shown(content, "webp")[3] == 0


def test_of_a_moving_picture_the_first_frame_is_shown():
    frames = [plain(size=(600, 300), colour=colour) for colour in ("red", "blue")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    made = decoded(resize(content, width=480, format="webp"))

    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((9, 9))[0] > 200


def test_nothing_is_enlarged():
    small = encoded(plain(size=(200, 100)))

    assert widths_for(examine(small)) == (200,)
    assert decoded(resize(small, width=480, format="webp")).size == (200, 100)


@pytest.mark.parametrize(
    ("width", "widths"),
    [(2000, (480, 960, 1600)), (1600, (480, 960, 1600)), (1599, (480, 960)), (480, (480,)), (479, (479,))],
)
def test_a_picture_is_shown_in_the_widths_it_has(width, widths):
    assert widths_for(ImageFacts(width, 100, "PNG", "png", "image/png")) == widths


def test_a_strip_keeps_at_least_one_line():
    assert decoded(resize(encoded(plain(size=(2000, 1))), width=480, format="jpg")).size == (480, 1)


@pytest.mark.parametrize("format", images.FORMATS)
def test_the_same_picture_is_always_the_same_bytes(format):
    assert resize(photo(), width=200, format=format) == resize(photo(), width=200, format=format)


@pytest.mark.parametrize(("size", "focus"), [((900, 300), (70, 50)), ((300, 900), (50, 70))])
def test_a_square_is_cut_around_the_focal_point(size, focus):
    picture = plain(size=size, colour="white")
    x, y = (length * share // 100 for length, share in zip(size, focus, strict=True))
    picture.paste("red", (x - 20, y - 20, x + 20, y + 20))

    made = decoded(crop_square(encoded(picture), side=96, format="jpg", focus=focus))

    assert made.size == (96, 96)
    assert made.getpixel((48, 48))[1] < 60


@pytest.mark.parametrize("focus", [(0, 0), (100, 100), (0, 100)])
def test_a_square_never_leaves_the_picture(focus):
    content = encoded(plain(size=(300, 200), colour="red"))

    assert is_near(
        decoded(crop_square(content, side=64, format="webp", focus=focus)).getpixel((0, 63)), (255, 0, 0)
    )


@cache
def samples() -> list[bytes]:
    """One small sound file of each format, to be broken."""
    small = plain(size=(9, 9))
    return [photo(), *(encoded(small, format) for format in images.ACCEPTED_FORMATS)]


@st.composite
def broken(draw) -> bytes:
    content = bytearray(draw(st.sampled_from(samples())))
    for place in draw(st.lists(st.integers(0, min(len(content), 400) - 1), max_size=6)):
        content[place] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))])


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | broken())
def test_no_bytes_do_more_than_being_refused(content):
    for use in (
        examine,
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
