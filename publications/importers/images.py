"""Pictures of a text: found beside it or in the folders of media, looked at, and named for the library."""

import hashlib
import hmac
import html
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from urllib.parse import unquote

from django.utils.translation import gettext as _

from publications import images
from publications.manuscript import Picture

from .arrival import Telling
from .spans import ATTRIBUTES

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
FOLDERS = ("", "media", "static", "public", "assets", "images", "src", "content", "source")
MARKDOWN = re.compile(
    r"""!\[((?:[^\[\]\n]++|\[[^\[\]\n]*+\]|\n(?!\n))*+)\]\([ \t]*+"""
    r"""(<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+)"""
    r"""(?:[ \t\n]++("[^"\n]*+"|'[^'\n]*+'))?+[ \t]*+\)"""
)
REFERRED = re.compile(r"!\[([^\[\]\n]*)\]\[([^\[\]\n]*)\]")
DEFINED = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:[ \t]*<?([^\s<>]+)>?[^\n]*$", re.MULTILINE)
ELEMENT = re.compile(rf"<img\b({ATTRIBUTES})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt|title)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
LONGEST_ALT = 300
SUFFIXES = ("", ".jpg", ".jpeg", ".png", ".webp", ".gif")  # of names that leave theirs to a shortcode


@dataclass(frozen=True)
class Found:
    """A picture that is there: its name in the library, its file, and what it is."""

    key: str
    digest: str
    path: Path
    facts: images.ImageFacts


@dataclass
class Gallery:
    """Where pictures are looked for, and what was found so far: one for all files of an import.

    `keys` are the names of pictures that the library has, by digest. Others get one from `secret`: the same
    bytes the same name in every run, and none that can be guessed.
    """

    roots: tuple[Path, ...]
    keys: Mapping[str, str]
    secret: bytes
    seen: dict[Path, Found | str] = field(default_factory=dict)

    def find(self, address: str, beside: Path) -> Found | str:
        """The picture, or a sentence that says why there is none."""
        path = self._path(unquote(re.split(r"[?#]", address)[0]), beside)
        if path is None:
            return _("The picture is missing.")
        if path not in self.seen:
            self.seen[path] = self._look(path)
        return self.seen[path]

    @cached_property
    def bases(self) -> tuple[Path, ...]:
        """The folders that addresses may begin at: of all there might be, those that are there."""
        found = (root / folder if folder else root for root in self.inside for folder in FOLDERS)
        return tuple(dict.fromkeys(base for base in found if base.is_dir()))

    @cached_property
    def inside(self) -> tuple[Path, ...]:
        return tuple(root.resolve() for root in self.roots)

    def _path(self, name: str, beside: Path) -> Path | None:
        """The file of that name in the first folder that has it; none that leads out of all of them."""
        bases = self.bases if name.startswith("/") else (beside.resolve(), *self.bases)
        for base in bases:
            for ending in ("",) if PurePath(name).suffix else SUFFIXES:
                path = base / f"{name.lstrip('/')}{ending}"
                try:
                    if not name or not path.is_file():
                        continue
                    real = path.resolve()
                except (OSError, ValueError):
                    continue
                if self._is_inside(real, path):
                    return real
        return None

    def _is_inside(self, real: Path, path: Path) -> bool:
        """Whether the file is below the nearest folder to look in that its path names: no link leads out of that."""
        named = Path(os.path.normpath(path))
        around = [root for root in self.inside if named.is_relative_to(root)]
        return bool(around) and real.is_relative_to(max(around, key=lambda root: len(root.parts)))

    def _look(self, path: Path) -> Found | str:
        try:
            if path.stat().st_size > images.MAX_UPLOAD_BYTES:
                return (
                    f"{path.name}: {_('The picture is larger than 20 MB. Save it smaller, then try again.')}"
                )
            content = path.read_bytes()
            facts = images.examine(content)
        except (images.UnsuitableImage, OSError) as reason:
            return str(reason)
        digest = hashlib.sha256(content).hexdigest()
        return Found(self.keys.get(digest) or name_of(digest, self.secret), digest, path, facts)


def name_of(digest: str, secret: bytes) -> str:
    """The name of a picture in the library: the same bytes the same in every run, and none that can be guessed."""
    letters = hmac.digest(secret, digest.encode(), "sha256")
    return "".join(ALPHABET[each % len(ALPHABET)] for each in letters[:20])


class Pictures:
    """The pictures of one file."""

    def __init__(self, gallery: Gallery, beside: Path, language: str, telling: Telling) -> None:
        self.gallery, self.beside, self.language, self.telling = gallery, beside, language, telling
        self.shown: dict[str, Picture] = {}
        self.found: dict[str, Found] = {}

    def place_all(self, text: str) -> str:
        """The text with its pictures as the library names them."""
        if "![" in text:
            defined = {name.casefold(): address for name, address in DEFINED.findall(text)}
            text = REFERRED.sub(lambda found: _by_name(found, defined), text)
            text = MARKDOWN.sub(self._written, text)
        return ELEMENT.sub(self._element, text) if "<img" in text.lower() else text

    def cover(self, address: str, alt: str) -> str:
        """The key of the picture that stands for the piece, or nothing, which is told."""
        found = self._look_up(address, "")
        if not found:
            return ""
        self._show(found, alt)
        return found.key

    def _written(self, found: re.Match[str]) -> str:
        return self._placed(" ".join(found[1].split()), found[2].strip("<>"), (found[3] or "")[1:-1])

    def _element(self, found: re.Match[str]) -> str:
        given = {
            each[0].lower(): html.unescape(each[1] or each[2] or each[3])
            for each in ATTRIBUTE.findall(found[1])
        }
        alt = " ".join(given.get("alt", "").split())
        return self._placed(
            alt.replace("[", "(").replace("]", ")"), given.get("src", ""), given.get("title", "")
        )

    def _placed(self, alt: str, address: str, title: str) -> str:
        address = address.strip()
        if re.match(r"(?:https?:)?//", address):
            whole = f"https:{address}" if address.startswith("//") else address
            self.telling.changed("image-elsewhere", _("A picture of another site became a link: %s") % whole)
            return f"[{alt or title or _last(whole)}]({whole.replace(' ', '%20')})"
        if address.startswith("image:"):
            return f"![{alt}]({address})"
        found = self._look_up(address, alt)
        if not found:
            shown = f"*{alt}*" if alt and "*" not in alt else alt
            return " ".join(filter(None, [shown, title if title != alt else ""]))
        self._show(found, alt)
        caption = f' "{title.replace(chr(34), "”")}"' if title and title != alt else ""
        return f"![{alt}](image:{found.key}{caption})"

    def _look_up(self, address: str, alt: str) -> Found | None:
        found = self.gallery.find(address, self.beside)
        if isinstance(found, Found):
            return found
        kept = _("Its words stay: %s") % alt if alt else ""
        self.telling.dropped("image-missing", " ".join(part for part in (f"{address}:", found, kept) if part))
        return None

    def _show(self, found: Found, alt: str) -> None:
        place = f"{found.digest[:12]}/{found.path.name}"
        known = self.shown.get(found.key)
        words = {self.language if self.language == "sv" else "en": alt[:LONGEST_ALT]} if alt else {}
        self.found[place] = found
        self.shown[found.key] = Picture(
            key=found.key, file=place, digest=found.digest, alt=(known.alt if known and known.alt else words)
        )


def _by_name(found: re.Match[str], defined: Mapping[str, str]) -> str:
    address = defined.get((found[2] or found[1]).casefold())
    return f"![{found[1]}]({address})" if address else found[0]


def _last(address: str) -> str:
    return unquote(re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]) or address
