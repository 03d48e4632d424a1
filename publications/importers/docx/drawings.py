"""Drawings: the pictures, charts, diagrams, objects and text boxes in them, of today's and of the older kind."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .parts import Shown
from .tree import children, text_in

if TYPE_CHECKING:
    from .reading import Reading

SIDES = ("l", "t", "r", "b")
EQUATIONS = ("equation", "mathtype")


@dataclass
class Drawn:
    """What a drawing holds that a text can have."""

    pictures: list[Shown] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


def look(element: Element, reading: "Reading") -> Drawn:
    """Look through one drawing; what cannot be kept goes to the findings."""
    drawn = Drawn()
    _Look(reading, drawn, _words_of(element)).through(element)
    return drawn


@dataclass(frozen=True)
class Words:
    """What a drawing says of itself."""

    alt: str
    is_decorative: bool


def _words_of(element: Element) -> Words:
    for each in element.iter():
        if each.tag == "wp:docPr":
            decorative = any(
                one.tag == "adec:decorative" and one.get("val") in ("1", "true") for one in each.iter()
            )
            return Words(each.get("descr") or "", decorative)
    alt = next((each.get("alt", "") for each in element.iter() if each.tag == "v:shape"), "")
    return Words(alt, False)


class _Look:
    def __init__(self, reading: "Reading", drawn: Drawn, words: Words) -> None:
        self.reading, self.drawn, self.words = reading, drawn, words
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
        target = self.reading.relation(relation)
        if target is None:
            return
        if target.is_outside:
            self.reading.findings.pictures.append(target.target)
            return
        self.drawn.pictures.append(
            Shown(target.target, " ".join(alt.split()), self.words.is_decorative, crop)
        )

    def _chart(self, element: Element) -> None:
        self.reading.findings.charts.append(
            self._words_of_part(element.get("r:id", ""), "a:t", "c:v") or self.words.alt
        )

    def _diagram(self, element: Element) -> None:
        self.reading.findings.diagrams.append(self._words_of_part(element.get("r:dm", ""), "a:t"))

    def _words_of_part(self, relation: str, *tags: str) -> str:
        target = self.reading.relation(relation)
        if target is None or target.is_outside or not self.reading.package.has(target.target):
            return ""
        root = self.reading.package.tree(target.target)
        return " ".join(each.text for each in root.iter() if each.tag in tags and each.text)

    def _object(self, element: Element) -> None:
        kind = element.get("ProgID", "") or "OLE"
        is_equation = kind.casefold().startswith(EQUATIONS)
        (self.reading.findings.equations if is_equation else self.reading.findings.objects).append(kind)

    def _shaped_text(self, element: Element) -> None:
        self.reading.findings.objects.append(element.get("string", "") or text_in(element, "w:t"))


def _share(text: str) -> int:
    try:
        return max(0, min(100_000, int(text)))
    except ValueError:
        return 0
