"""Read the drawings of a Word file: images, charts, diagrams, objects and text boxes.

Images are validated, cropped as in Word and given a library key; other content is reported as a loss.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol
from xml.etree.ElementTree import Element

from publications import html_tree, images
from publications.manuscript import ManuscriptImage
from publications.ooxml import (
    MAX_IMAGE_BYTES,
    InvalidWordFile,
    Relation,
    WordPackage,
    child_elements,
    join_text,
)
from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from .blocks import InlineImage, one_line
from .losses import ConversionLosses

ImageKeyFor = Callable[[str], str]
"""Returns the key of an image by the digest of its content."""

SIDES = ("l", "t", "r", "b")
EQUATIONS = ("equation", "mathtype")
MAX_ALT_CHARACTERS = 300
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class DrawingPart(Protocol):
    """The interface of a part for reading its drawings."""

    package: WordPackage
    losses: ConversionLosses

    def relation(self, relation_id: str) -> Relation | None: ...


@dataclass
class DrawingContent:
    """The images and text boxes in a drawing."""

    pictures: list[InlineImage] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


def read_drawing(element: Element, part: DrawingPart) -> DrawingContent:
    """Return the images and text boxes of a drawing; report other content as losses."""
    content = DrawingContent()
    _DrawingReader(part, content, _read_description(element)).read(element)
    return content


@dataclass(frozen=True)
class DrawingDescription:
    """The alternative text of a drawing."""

    alt: str
    is_decorative: bool


def _read_description(element: Element) -> DrawingDescription:
    for descendant in element.iter():
        if descendant.tag == "wp:docPr":
            markers = descendant.iter("adec:decorative")
            decorative = any(marker.get("val") in ("1", "true") for marker in markers)
            return DrawingDescription(descendant.get("descr") or "", decorative)
    alt = next(
        (descendant.get("alt", "") for descendant in element.iter() if descendant.tag == "v:shape"), ""
    )
    return DrawingDescription(alt, False)


class _DrawingReader:
    def __init__(self, part: DrawingPart, content: DrawingContent, description: DrawingDescription) -> None:
        self.part, self.content, self.description = part, content, description
        self.handlers = {
            "pic:pic": self._picture, "c:chart": self._chart, "cx:chart": self._chart, "dgm:relIds": self._diagram,
            "w:txbxContent": self.content.boxes.append, "v:imagedata": self._older_picture, "o:OLEObject": self._object,
            "v:textpath": self._shaped_text,
        }  # fmt: skip

    def read(self, element: Element) -> None:
        for child in child_elements(element):
            if handler := self.handlers.get(child.tag):
                handler(child)
            else:
                self.read(child)

    def _picture(self, element: Element) -> None:
        blip = next(element.iter("a:blip"), None)
        if blip is None:
            return
        alt = next((descendant.get("descr") or "" for descendant in element.iter("pic:cNvPr")), "")
        crop_element = next(element.iter("a:srcRect"), None)
        crop = (
            tuple(_parse_crop_side(crop_element.get(side, "0")) for side in SIDES)
            if crop_element is not None
            else (0, 0, 0, 0)
        )
        self._add_image(blip.get("r:embed") or blip.get("r:link") or "", alt or self.description.alt, crop)

    def _older_picture(self, element: Element) -> None:
        self._add_image(element.get("r:id", ""), self.description.alt, (0, 0, 0, 0))

    def _add_image(self, relation: str, alt: str, crop: tuple) -> None:
        target = self.part.relation(relation)
        if target is None:
            return
        if target.is_external:
            self.part.losses.pictures.append(target.target)
            return
        self.content.pictures.append(
            InlineImage(target.target, " ".join(alt.split()), self.description.is_decorative, crop)
        )

    def _chart(self, element: Element) -> None:
        self.part.losses.charts.append(
            self._text_of_part(element.get("r:id", ""), "a:t", "c:v") or self.description.alt
        )

    def _diagram(self, element: Element) -> None:
        self.part.losses.diagrams.append(self._text_of_part(element.get("r:dm", ""), "a:t"))

    def _text_of_part(self, relation: str, *tags: str) -> str:
        target = self.part.relation(relation)
        if target is None or target.is_external or not self.part.package.has(target.target):
            return ""
        root = self.part.package.parse(target.target)
        return " ".join(
            descendant.text for descendant in root.iter() if descendant.tag in tags and descendant.text
        )

    def _object(self, element: Element) -> None:
        kind = element.get("ProgID", "") or "OLE"
        is_equation = kind.casefold().startswith(EQUATIONS)
        (self.part.losses.equations if is_equation else self.part.losses.objects).append(kind)

    def _shaped_text(self, element: Element) -> None:
        self.part.losses.objects.append(element.get("string", "") or join_text(element, "w:t"))


def _parse_crop_side(text: str) -> int:
    try:
        return max(0, min(100_000, int(text)))
    except ValueError:
        return 0


@dataclass(frozen=True)
class ExaminedImage:
    """An image of the file that is valid, with its key in the library."""

    key: str
    file: str
    digest: str
    content: bytes
    properties: images.ImageProperties


@dataclass
class WordImages:
    """Converts the images of one file. `image_key` returns the key of an image by the digest of its content."""

    package: WordPackage
    losses: ConversionLosses
    image_key: ImageKeyFor
    language: str
    examined_images: dict[tuple, ExaminedImage | None] = field(default_factory=dict)
    images_by_key: dict[str, ManuscriptImage] = field(default_factory=dict)

    def build_element(self, image: InlineImage, caption: str) -> html_tree.Element | None:
        """Return the element of an image with its caption, or None if the image cannot be kept."""
        stored = self._get_or_examine(image)
        if stored is None:
            return None
        alt = one_line(image.alt)[:MAX_ALT_CHARACTERS]
        self._record(stored, alt, image.is_decorative)
        attributes = {"data-image": stored.key, "alt": alt.replace("[", "(").replace("]", ")")}
        return html_tree.Element(
            "img", attributes | ({"title": caption.replace('"', "”")} if caption else {})
        )

    @property
    def files(self) -> dict[str, bytes]:
        return {stored.file: stored.content for stored in self.examined_images.values() if stored}

    @property
    def properties(self) -> dict[str, images.ImageProperties]:
        return {stored.file: stored.properties for stored in self.examined_images.values() if stored}

    def report_unplaced(self) -> None:
        """Report the images of the file that are not in the text, for example those in headers."""
        placed_parts = {part for part, _crop in self.examined_images}
        for part in sorted(self.package.entries):
            if "/media/" in part and part not in placed_parts:
                name = PurePath(part).name
                self.losses.pictures.append(_("%(name)s: it does not stand in the text.") % {"name": name})

    def _get_or_examine(self, image: InlineImage) -> ExaminedImage | None:
        key = (image.part, image.crop)
        if key not in self.examined_images:
            self.examined_images[key] = self._examine(image)
        return self.examined_images[key]

    def _examine(self, image: InlineImage) -> ExaminedImage | None:
        name, content = PurePath(image.part).name, b""
        try:
            content = self.package.read(image.part, MAX_IMAGE_BYTES) if self.package.has(image.part) else b""
            if any(image.crop):
                content = images.crop_edges(content, tuple(side / 100_000 for side in image.crop))
                self.losses.cropped.append(name)
            properties = images.read_properties(content)
        except (images.UnsuitableImage, InvalidWordFile) as error:
            self.losses.pictures.append(_describe_refusal(name, content, error))
            return None
        digest = hashlib.sha256(content).hexdigest()
        return ExaminedImage(self.image_key(digest), f"{digest[:12]}/{name}", digest, content, properties)

    def _record(self, stored: ExaminedImage, alt: str, is_decorative: bool) -> None:
        existing_image = self.images_by_key.get(stored.key)
        description = {self.language if self.language == "sv" else "en": alt} if alt else {}
        self.images_by_key[stored.key] = ManuscriptImage(
            key=stored.key,
            file=stored.file,
            digest=stored.digest,
            alt=existing_image.alt if existing_image and existing_image.alt else description,
            decorative=is_decorative and not alt,
        )


def _describe_refusal(name: str, content: bytes, error: Exception) -> str:
    """Return the message for an image that cannot be kept, by its format if that is the reason."""
    suffix = PurePath(name).suffix.lstrip(".").upper()
    if not content:
        return _("%(name)s: it is not in the file.") % {"name": name}
    if suffix in ("EMF", "WMF", "SVG", "TIF", "TIFF", "BMP", "EMZ", "WMZ") and not content.startswith(
        SIGNATURES
    ):
        return _("%(name)s: %(kind)s cannot be shown on a page. Save it as PNG.") % {
            "name": name,
            "kind": suffix,
        }
    return join_messages(f"{name}:", str(error))
