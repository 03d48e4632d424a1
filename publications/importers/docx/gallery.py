"""Pictures of the file: looked at, cropped as Word shows them, and named for the library; the rest is named."""

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePath

from django.utils.translation import gettext as _

from publications import images
from publications.html_tree import Element
from publications.manuscript import Picture

from ..report import ImportRefused
from .findings import Findings
from .outcome import Named
from .package import LARGEST_PICTURE, Package
from .parts import Shown, one_line

LONGEST_ALT = 300
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True)
class Kept:
    """A picture for the library."""

    key: str
    file: str
    digest: str
    content: bytes
    facts: images.ImageFacts


@dataclass
class Gallery:
    """Places the pictures of one file. `named` gives the key of a picture by the digest of its bytes."""

    package: Package
    findings: Findings
    named: Named
    language: str
    seen: dict[tuple, Kept | None] = field(default_factory=dict)
    shown: dict[str, Picture] = field(default_factory=dict)

    def place(self, shown: Shown, caption: str) -> Element | None:
        """Return the element of an image with its caption, or None where it cannot be kept."""
        kept = self._kept(shown)
        if kept is None:
            return None
        alt = one_line(shown.alt)[:LONGEST_ALT]
        self._note(kept, alt, shown.is_decorative)
        attributes = {"data-image": kept.key, "alt": alt.replace("[", "(").replace("]", ")")}
        return Element("img", attributes | ({"title": caption.replace('"', "”")} if caption else {}))

    @property
    def files(self) -> dict[str, bytes]:
        return {kept.file: kept.content for kept in self.seen.values() if kept}

    @property
    def facts(self) -> dict[str, images.ImageFacts]:
        return {kept.file: kept.facts for kept in self.seen.values() if kept}

    def name_the_rest(self) -> None:
        """Name the pictures of the file that stand nowhere in the text: in a header, or in what was left out."""
        shown = {part for part, _crop in self.seen}
        for part in sorted(self.package.entries):
            if "/media/" in part and part not in shown:
                name = PurePath(part).name
                self.findings.pictures.append(_("%(name)s: it does not stand in the text.") % {"name": name})

    def _kept(self, shown: Shown) -> Kept | None:
        wanted = (shown.part, shown.crop)
        if wanted not in self.seen:
            self.seen[wanted] = self._look(shown)
        return self.seen[wanted]

    def _look(self, shown: Shown) -> Kept | None:
        name, content = PurePath(shown.part).name, b""
        try:
            content = self.package.read(shown.part, LARGEST_PICTURE) if self.package.has(shown.part) else b""
            if any(shown.crop):
                content = images.crop_edges(content, tuple(side / 100_000 for side in shown.crop))
                self.findings.cropped.append(name)
            facts = images.examine(content)
        except (images.UnsuitableImage, ImportRefused) as reason:
            self.findings.pictures.append(_why(name, content, reason))
            return None
        digest = hashlib.sha256(content).hexdigest()
        return Kept(self.named(digest), f"{digest[:12]}/{name}", digest, content, facts)

    def _note(self, kept: Kept, alt: str, is_decorative: bool) -> None:
        known = self.shown.get(kept.key)
        words = {self.language if self.language == "sv" else "en": alt} if alt else {}
        self.shown[kept.key] = Picture(
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
