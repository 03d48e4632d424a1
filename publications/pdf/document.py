"""What PDFs and social images are made from: plain values, the data of their templates, and the fonts they need.

Being plain values, what is made can be named by a digest of them.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from .blocks import text_blocks
from .inline import clean_text

RUNNING_TITLE_CHARACTERS = 90  # of a title in the head of a page
FULL_WIDTH = 640  # pixels of an image that is as wide as the text, on screen and in a PDF
MAX_IMAGE_HEIGHT = 1.35  # times the width of the text
FONTS = Path(__file__).resolve().parent / "fonts"
SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
    "hebrew": re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]"),
    "georgian": re.compile("[\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2d]"),
    "armenian": re.compile("[\u0530-\u058f\ufb13-\ufb17]"),
    "ideographs": re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"),
    "emoji": re.compile("[\u203c\u2049\u2100-\u27bf\u2900-\u2bff\ufe0f\U0001f000-\U0001faff]"),
}


class TypesettingError(Exception):
    """The text cannot be typeset, or not within the bounds of time and memory. The message is for the log."""


@dataclass(frozen=True)
class CreditedName:
    """A person in the byline, with the line below the name."""

    name: str
    below: str = ""


@dataclass(frozen=True)
class CreditGroup:
    """The people of one role, headed by a word ("By"); `below` is a line that they share."""

    label: str
    names: tuple[CreditedName, ...]
    below: str = ""


@dataclass(frozen=True)
class PdfSection:
    """A heading and lines behind the text."""

    title: str
    lines: tuple["Notice", ...]


@dataclass(frozen=True)
class Notice:
    """A line of plain text: an opening in bold, the text, and an address that it links to."""

    text: str
    opening: str = ""
    address: str = ""
    language: str = ""


@dataclass(frozen=True)
class PdfImage:
    """A library image at the size that is used; `digest` stands for its pixels."""

    digest: str
    width: int
    height: int
    extension: str = "jpg"
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True)
class PdfLabels:
    """The site's own words in a PDF, in the language of its locale."""

    language: str = "en"
    key_points: str = "Key points"
    contents: str = "Contents"
    notes: str = "Notes"


@dataclass(frozen=True)
class PdfDocument:
    """An edition as a PDF. All texts are plain but `html`, which is stored and sanitised."""

    address: str
    title: str
    language: str
    direction: str
    kind: str
    kind_rest: str
    published_on: date
    imprint: tuple[str, ...]
    site: str
    publisher: str
    html: str
    labels: PdfLabels = PdfLabels()
    roles: tuple[CreditGroup, ...] = ()
    summary: str = ""
    key_points: tuple[str, ...] = ()
    has_contents: bool = False
    topics: tuple[str, ...] = ()
    notice: Notice | None = None
    change_notes: tuple[Notice, ...] = ()
    disclaimer: str = ""
    sections: tuple[PdfSection, ...] = ()
    cover: PdfImage | None = None
    images: Mapping[str, PdfImage] = field(default_factory=dict)


@dataclass(frozen=True)
class SocialImage:
    """The image that messengers show for the address of an edition or a page: 1200 × 630 pixels.

    `authors` and `detail` are lines below the title: who wrote it and when; of a page (`is_page`), what it is about.
    """

    title: str
    language: str
    direction: str
    kind: str
    authors: str
    detail: str
    site: str
    publisher: str
    locale: str = "en"
    cover: PdfImage | None = None
    is_page: bool = False


def template_data(document: PdfDocument | SocialImage) -> dict[str, object]:
    """Return everything that the template reads, with every text clean."""
    return _pdf_data(document) if isinstance(document, PdfDocument) else _social_image_data(document)


def image_files(document: PdfDocument | SocialImage) -> dict[str, PdfImage]:
    """Return the images by the names of the files that the template reads."""
    return {_file_name(image): image for image in _images(document).values()}


def _pdf_data(document: PdfDocument) -> dict[str, object]:
    text = text_blocks(document.html, address=document.address, images=document.images.keys())
    return _cleaned(asdict(document) | {"html": ""}) | {
        "text": text,
        "authors": [clean_text(name.name) for role in document.roles for name in role.names],
        "published_on": {
            "year": document.published_on.year,
            "month": document.published_on.month,
            "day": document.published_on.day,
        },
        "host": urlsplit(document.address).hostname or "",
        "running_title": shorten(clean_text(document.title), RUNNING_TITLE_CHARACTERS),
        "images": {key: _image_data(image) for key, image in _images(document).items()},
    }


def _social_image_data(document: SocialImage) -> dict[str, object]:
    return _cleaned(asdict(document)) | {"cover": _image_data(document.cover) if document.cover else None}


def _images(document: PdfDocument | SocialImage) -> dict[str, PdfImage]:
    cover = {"cover": document.cover} if document.cover else {}
    return {**document.images, **cover} if isinstance(document, PdfDocument) else cover


def _image_data(image: PdfImage) -> dict[str, object]:
    share = min(1, image.width / FULL_WIDTH, MAX_IMAGE_HEIGHT * image.width / max(1, image.height))
    return _cleaned(asdict(image)) | {"file": _file_name(image), "share": share}


def _file_name(image: PdfImage) -> str:
    return f"{image.digest[:40]}.{image.extension}"


def _cleaned(value):
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    return value


def shorten(text: str, max_characters: int) -> str:
    """Return the text, or as many of its whole words as there is room for."""
    if len(text) <= max_characters:
        return text
    return f"{text[:max_characters].rpartition(' ')[0] or text[: max_characters - 1]} …"


def font_folders(text: str) -> list[Path]:
    """Return the folders of fonts that the scripts of a text need: a page in English opens no large file."""
    return [FONTS / "latin", *(FONTS / name for name, letters in SCRIPTS.items() if letters.search(text))]
