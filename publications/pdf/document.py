"""The values of PDFs and social images, the data for their templates, and the fonts they need.

The values are plain, so that a file can be named by a digest of them.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .blocks import text_blocks
from .inline import clean_text

RUNNING_TITLE_CHARACTERS = 90  # of a title in the page header
FULL_WIDTH = 640  # pixels of an image that is as wide as the text
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
    """The text cannot be typeset within the limits of time and memory. The message is for the log."""


@dataclass(frozen=True)
class CreditedName:
    """A person in the byline; `detail` is a line below the name, such as title and affiliation."""

    name: str
    detail: str = ""


@dataclass(frozen=True)
class CreditGroup:
    """The people of one role with its label ("By"); `detail` is a line for all of them."""

    label: str
    names: tuple[CreditedName, ...]
    detail: str = ""


@dataclass(frozen=True)
class PdfSection:
    """A section after the text, with a heading and lines."""

    title: str
    lines: tuple["Notice", ...]


@dataclass(frozen=True)
class Notice:
    """A line of plain text with a heading in bold before it and the address of a link."""

    text: str
    heading: str = ""
    address: str = ""
    language: str = ""


@dataclass(frozen=True)
class PdfImage:
    """A library image, of which the largest copy that pages show is typeset; `digest` identifies its original."""

    digest: str
    width: int
    height: int
    extension: str = "jpg"
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True)
class PdfLabels:
    """The site's labels in a PDF, in the language of its locale."""

    language: str = "en"
    key_points: str = "Key points"
    contents: str = "Contents"
    notes: str = "Notes"


@dataclass(frozen=True)
class PdfDocument:
    """An edition as a PDF. All texts are plain except `html`, which is stored and sanitized.

    `stamp` is printed on every page, such as for whom it is, and `watermark` behind the text of every page. The lines
    of `editorial_notice` come first; with any, the title in the page header is in the signal colour.
    """

    address: str
    title: str
    language: str
    direction: str
    kind: str
    kind_description: str
    published_on: date
    imprint: tuple[str, ...]
    site: str
    publisher: str
    html: str
    labels: PdfLabels = PdfLabels()
    credits: tuple[CreditGroup, ...] = ()
    summary: str = ""
    key_points: tuple[str, ...] = ()
    has_contents: bool = False
    topics: tuple[str, ...] = ()
    notice: Notice | None = None
    editorial_notice: tuple[Notice, ...] = ()
    watermark: str = ""
    change_notes: tuple[Notice, ...] = ()
    disclaimer: str = ""
    sections: tuple[PdfSection, ...] = ()
    cover: PdfImage | None = None
    images: Mapping[str, PdfImage] = field(default_factory=dict)
    stamp: str = ""


@dataclass(frozen=True)
class SocialImage:
    """The image that messengers show for a link to an edition or a page: 1200 × 630 pixels.

    `authors` and `detail` are lines below the title: authors and date of an edition, the description of a page.
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
    """Return the data for the template, with all texts cleaned."""
    return _pdf_data(document) if isinstance(document, PdfDocument) else _social_image_data(document)


def image_files(document: PdfDocument | SocialImage) -> dict[str, PdfImage]:
    """Return the images by their file names in the job."""
    return {_file_name(image): image for image in _images(document).values()}


def _pdf_data(document: PdfDocument) -> dict[str, object]:
    text = text_blocks(document.html, address=document.address, images=document.images.keys())
    return _clean_values(asdict(document) | {"html": ""}) | {
        "text": text,
        "authors": [clean_text(name.name) for group in document.credits for name in group.names],
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
    return _clean_values(asdict(document)) | {
        "cover": _image_data(document.cover) if document.cover else None
    }


def _images(document: PdfDocument | SocialImage) -> dict[str, PdfImage]:
    cover = {"cover": document.cover} if document.cover else {}
    return {**document.images, **cover} if isinstance(document, PdfDocument) else cover


def _image_data(image: PdfImage) -> dict[str, object]:
    width_ratio = min(1, image.width / FULL_WIDTH, MAX_IMAGE_HEIGHT * image.width / max(1, image.height))
    return _clean_values(asdict(image)) | {"file": _file_name(image), "width_ratio": width_ratio}


def _file_name(image: PdfImage) -> str:
    return f"{image.digest[:40]}.{image.extension}"


def _clean_values(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {key: _clean_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_values(item) for item in value]
    return value


def shorten(text: str, max_characters: int) -> str:
    """Return the text, truncated after a whole word."""
    if len(text) <= max_characters:
        return text
    return f"{text[:max_characters].rpartition(' ')[0] or text[: max_characters - 1]} …"


def font_folders(text: str) -> list[Path]:
    """Return the font folders for the scripts of a text, so that English text loads no large fonts."""
    return [FONTS / "latin", *(FONTS / name for name, letters in SCRIPTS.items() if letters.search(text))]
