"""Pictures: what is taken, what is refused, and what is left behind."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from publications import pictures
from publications.pictures import Unsuitable, examine, initials, rendition, square, widths_for


def encoded(picture: Image.Image, format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (1200, 800), colour="navy") -> Image.Image:
    return Image.new(mode, size, colour)


def decoded(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("format", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "gif")]
)
def test_the_four_formats_are_taken(format, extension):
    facts = examine(encoded(plain(), format))

    assert (facts.width, facts.height, facts.extension) == (1200, 800, extension)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a=1;alert(1)", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html></html>", b"%PDF-1.4", encoded(plain())[:200], encoded(plain(), "BMP"), encoded(plain(), "TIFF"),
    ],
    ids=["empty", "false gif", "svg", "html", "pdf", "cut off", "bmp", "tiff"],
)  # fmt: skip
def test_what_is_no_sound_picture_is_refused_in_a_sentence(content):
    with pytest.raises(Unsuitable, match="try again"):
        examine(content)


@pytest.mark.parametrize(("width", "height"), [(10_000, 10_000), (60_000, 60_000), (12_001, 10)])
def test_a_picture_that_claims_to_be_enormous_is_refused_before_it_is_decoded(width, height):
    with pytest.raises(Unsuitable):
        examine(huge_png(width, height))


def test_a_file_above_twenty_megabytes_is_refused():
    with pytest.raises(Unsuitable, match="20 MB"):
        examine(b"\0" * (pictures.LARGEST_FILE + 1))


def test_what_the_camera_wrote_is_left_behind_and_its_orientation_kept():
    photo = plain(size=(400, 300))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "SecretCamera", {1: "N", 2: (59.0, 20.0, 0.0)}
    content = encoded(photo, "JPEG", exif=exif)

    assert (examine(content).width, examine(content).height) == (300, 400)
    for format in pictures.FORMATS:
        made = rendition(content, width=480, format=format)
        assert b"SecretCamera" not in made
        assert not decoded(made).getexif()
        assert decoded(made).size == (300, 400)


def test_what_hides_behind_a_picture_is_left_behind():
    content = encoded(plain(), "JPEG") + b"%PDF-1.4 <script>alert(1)</script>"

    assert b"script" not in rendition(content, width=480, format="jpg")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
@pytest.mark.parametrize("format", ["webp", "jpg"])
def test_pictures_of_every_mode_are_shown(mode, format):
    colour = (0, 0, 0, 0) if mode in ("RGBA", "CMYK") else (0, 0) if mode == "LA" else 0
    content = encoded(Image.new(mode, (600, 300), colour), "JPEG" if mode == "CMYK" else "PNG")

    assert decoded(rendition(content, width=480, format=format)).size == (480, 240)


def test_transparency_lies_on_white_in_jpeg_and_stays_in_webp():
    content = encoded(Image.new("RGBA", (600, 300), (0, 0, 0, 0)))

    assert decoded(rendition(content, width=480, format="jpg")).getpixel((5, 5)) == (255, 255, 255)
    assert decoded(rendition(content, width=480, format="webp")).mode == "RGBA"


def test_of_a_moving_picture_the_first_frame_is_shown():
    frames = [plain(size=(600, 300), colour=colour) for colour in ("red", "blue")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    made = decoded(rendition(content, width=480, format="webp"))

    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((9, 9))[0] > 200


def test_nothing_is_enlarged():
    small = encoded(plain(size=(200, 100)))

    assert widths_for(examine(small)) == (200,)
    assert decoded(rendition(small, width=480, format="webp")).size == (200, 100)


def test_a_large_picture_is_shown_in_three_widths():
    assert widths_for(examine(encoded(plain(size=(2000, 100))))) == (480, 960, 1600)


def test_the_same_picture_is_always_the_same_bytes():
    content = encoded(plain())

    assert rendition(content, width=480, format="jpg") == rendition(content, width=480, format="jpg")


def test_a_square_is_cut_around_the_focal_point():
    picture = plain(size=(900, 300), colour="white")
    picture.paste("red", (600, 0, 900, 300))

    made = decoded(square(encoded(picture), side=96, format="jpg", focus=(100, 50)))

    assert made.size == (96, 96)
    assert made.getpixel((48, 48))[1] < 60


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400)
    | st.binary(max_size=200).map(lambda tail: encoded(plain(size=(9, 9)))[:60] + tail)
)
def test_no_bytes_do_more_than_being_refused(content):
    try:
        examine(content)
    except Unsuitable as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sample Author", "SA"),
        ("Ann", "A"),
        ("Anna-Karin von Berg", "AB"),
        ("Жанна Ивановна Б", "ЖБ"),
        ("", ""),
        ("“X” y", "Y"),
    ],
)
def test_initials_stand_for_a_person_without_a_portrait(name, letters):
    assert initials(name) == letters
