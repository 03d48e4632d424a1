"""Drawings of Word: the images, charts, diagrams, objects and text boxes in them. Images are examined, cropped as
Word shows them and named for the library; what cannot be kept is named as a loss.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from publications import html_tree, images
from publications.manuscript import ManuscriptImage
from publications.ooxml import (
    MAX_IMAGE_BYTES,
    InvalidWordFile,
    Relation,
    WordPackage,
    children,
    join_text,
)

from .blocks import InlineImage, one_line
from .losses import ConversionLosses

ImageKeyFor = Callable[[str], str]
"""Gives the key of an image by the digest of its bytes."""

SIDES = ("l", "t", "r", "b")
EQUATIONS = ("equation", "mathtype")
MAX_ALT_CHARACTERS = 300
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class DrawingPart(Protocol):
    """What reading a drawing needs of the part that it stands in."""

    package: WordPackage
    losses: ConversionLosses

    def relation(self, identity: str) -> Relation | None: ...


@dataclass
class DrawingContent:
    """What a drawing holds that a text can have."""

    pictures: list[InlineImage] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


def read_drawing(element: Element, part: DrawingPart) -> DrawingContent:
    """Look through one drawing; what cannot be kept goes to the losses."""
    drawn = DrawingContent()
    _DrawingReader(part, drawn, _words_of(element)).through(element)
    return drawn


@dataclass(frozen=True)
class DrawingDescription:
    """What a drawing says of itself."""

    alt: str
    is_decorative: bool


def _words_of(element: Element) -> DrawingDescription:
    for each in element.iter():
        if each.tag == "wp:docPr":
            decorative = any(
                one.tag == "adec:decorative" and one.get("val") in ("1", "true") for one in each.iter()
            )
            return DrawingDescription(each.get("descr") or "", decorative)
    alt = next((each.get("alt", "") for each in element.iter() if each.tag == "v:shape"), "")
    return DrawingDescription(alt, False)


class _DrawingReader:
    def __init__(self, part: DrawingPart, drawn: DrawingContent, words: DrawingDescription) -> None:
        self.part, self.drawn, self.words = part, drawn, words
        self.handlers = {
            "pic:pic": self._picture, "c:chart": self._chart, "cx:chart": self._chart, "dgm:relIds": self._diagram,
            "w:txbxContent": self.drawn.boxes.append, "v:imagedata": self._older_picture, "o:OLEObject": self._object,
            "v:textpath": self._shaped_text,
        }  # fmt: skip

    def through(self, element: Element) -> None:
        for child in children(element):
            if handler := self.handlers.get(child.tag):
                handler(child)
            else:
                self.through(child)

    def _picture(self, element: Element) -> None:
        blip = next(element.iter("a:blip"), None)
        if blip is None:
            return
        own = next((each.get("descr") or "" for each in element.iter("pic:cNvPr")), "")
        cut = next(element.iter("a:srcRect"), None)
        crop = tuple(_share(cut.get(side, "0")) for side in SIDES) if cut is not None else (0, 0, 0, 0)
        self._show(blip.get("r:embed") or blip.get("r:link") or "", own or self.words.alt, crop)

    def _older_picture(self, element: Element) -> None:
        self._show(element.get("r:id", ""), self.words.alt, (0, 0, 0, 0))

    def _show(self, relation: str, alt: str, crop: tuple) -> None:
        target = self.part.relation(relation)
        if target is None:
            return
        if target.is_external:
            self.part.losses.pictures.append(target.target)
            return
        self.drawn.pictures.append(
            InlineImage(target.target, " ".join(alt.split()), self.words.is_decorative, crop)
        )

    def _chart(self, element: Element) -> None:
        self.part.losses.charts.append(
            self._words_of_part(element.get("r:id", ""), "a:t", "c:v") or self.words.alt
        )

    def _diagram(self, element: Element) -> None:
        self.part.losses.diagrams.append(self._words_of_part(element.get("r:dm", ""), "a:t"))

    def _words_of_part(self, relation: str, *tags: str) -> str:
        target = self.part.relation(relation)
        if target is None or target.is_external or not self.part.package.has(target.target):
            return ""
        root = self.part.package.parse(target.target)
        return " ".join(each.text for each in root.iter() if each.tag in tags and each.text)

    def _object(self, element: Element) -> None:
        kind = element.get("ProgID", "") or "OLE"
        is_equation = kind.casefold().startswith(EQUATIONS)
        (self.part.losses.equations if is_equation else self.part.losses.objects).append(kind)

    def _shaped_text(self, element: Element) -> None:
        self.part.losses.objects.append(element.get("string", "") or join_text(element, "w:t"))


def _share(text: str) -> int:
    try:
        return max(0, min(100_000, int(text)))
    except ValueError:
        return 0


@dataclass(frozen=True)
class KeptImage:
    """A picture for the library."""

    key: str
    file: str
    digest: str
    content: bytes
    facts: images.ImageFacts


@dataclass
class WordImages:
    """Places the pictures of one file. `image_key` gives the key of an image by the digest of its bytes."""

    package: WordPackage
    losses: ConversionLosses
    image_key: ImageKeyFor
    language: str
    seen: dict[tuple, KeptImage | None] = field(default_factory=dict)
    shown: dict[str, ManuscriptImage] = field(default_factory=dict)

    def place(self, shown: InlineImage, caption: str) -> html_tree.Element | None:
        """Return the element of an image with its caption, or None where it cannot be kept."""
        kept = self._kept(shown)
        if kept is None:
            return None
        alt = one_line(shown.alt)[:MAX_ALT_CHARACTERS]
        self._note(kept, alt, shown.is_decorative)
        attributes = {"data-image": kept.key, "alt": alt.replace("[", "(").replace("]", ")")}
        return html_tree.Element(
            "img", attributes | ({"title": caption.replace('"', "”")} if caption else {})
        )

    @property
    def files(self) -> dict[str, bytes]:
        return {kept.file: kept.content for kept in self.seen.values() if kept}

    @property
    def facts(self) -> dict[str, images.ImageFacts]:
        return {kept.file: kept.facts for kept in self.seen.values() if kept}

    def report_unplaced(self) -> None:
        """Name the pictures of the file that stand nowhere in the text: in a header, or in what was left out."""
        shown = {part for part, _crop in self.seen}
        for part in sorted(self.package.entries):
            if "/media/" in part and part not in shown:
                name = PurePath(part).name
                self.losses.pictures.append(_("%(name)s: it does not stand in the text.") % {"name": name})

    def _kept(self, shown: InlineImage) -> KeptImage | None:
        identity = (shown.part, shown.crop)
        if identity not in self.seen:
            self.seen[identity] = self._examine(shown)
        return self.seen[identity]

    def _examine(self, shown: InlineImage) -> KeptImage | None:
        name, content = PurePath(shown.part).name, b""
        try:
            content = self.package.read(shown.part, MAX_IMAGE_BYTES) if self.package.has(shown.part) else b""
            if any(shown.crop):
                content = images.crop_edges(content, tuple(side / 100_000 for side in shown.crop))
                self.losses.cropped.append(name)
            facts = images.examine(content)
        except (images.UnsuitableImage, InvalidWordFile) as reason:
            self.losses.pictures.append(_why(name, content, reason))
            return None
        digest = hashlib.sha256(content).hexdigest()
        return KeptImage(self.image_key(digest), f"{digest[:12]}/{name}", digest, content, facts)

    def _note(self, kept: KeptImage, alt: str, is_decorative: bool) -> None:
        known = self.shown.get(kept.key)
        words = {self.language if self.language == "sv" else "en": alt} if alt else {}
        self.shown[kept.key] = ManuscriptImage(
            key=kept.key,
            file=kept.file,
            digest=kept.digest,
            alt=known.alt if known and known.alt else words,
            decorative=is_decorative and not alt,
        )


def _why(name: str, content: bytes, reason: Exception) -> str:
    """What kind of picture it is where that says more than the reason."""
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
    return f"{name}: {reason}"
