"""Find the images of a text beside it or in media folders, validate them, and replace them by library keys."""

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
from publications.manuscript import ManuscriptImage

from ..report import ImportLog
from .placeholders import ATTRIBUTES

MEDIA_FOLDERS = ("", "media", "static", "public", "assets", "images", "src", "content", "source")
MARKDOWN = re.compile(
    r"""!\[((?:[^\[\]\n]++|\[[^\[\]\n]*+\]|\n(?!\n))*+)\]\([ \t]*+"""
    r"""(<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+)"""
    r"""(?:[ \t\n]++("[^"\n]*+"|'[^'\n]*+'))?+[ \t]*+\)"""
)
REFERRED = re.compile(r"!\[([^\[\]\n]*)\]\[([^\[\]\n]*)\]")
DEFINED = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:[ \t]*<?([^\s<>]+)>?[^\n]*$", re.MULTILINE)
ELEMENT = re.compile(rf"<img\b({ATTRIBUTES})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt|title)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
MAX_ALT = 300
SUFFIXES = ("", ".jpg", ".jpeg", ".png", ".webp", ".gif")  # of names that leave theirs to a shortcode


@dataclass(frozen=True)
class FoundImage:
    """An existing image with its library key, its path and its facts."""

    key: str
    digest: str
    path: Path
    facts: images.ImageProperties


@dataclass
class ImageFinder:
    """Finds images in folders, for all files of an import.

    Args:
        roots: the folders; links that lead out of them are not followed.
        keys: the keys of library images by digest.
        secret: the secret from which keys of other images are derived.
    """

    roots: tuple[Path, ...]
    keys: Mapping[str, str]
    secret: bytes
    _cache: dict[Path, FoundImage | str] = field(default_factory=dict)

    def find(self, address: str, beside: Path) -> FoundImage | str:
        """Return the image at an address, or a message why there is none."""
        path = self._find_path(unquote(re.split(r"[?#]", address)[0]), beside)
        if path is None:
            return _("The picture is missing.")
        if path not in self._cache:
            self._cache[path] = self._examine(path)
        return self._cache[path]

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        """Return the existing folders that addresses may be relative to."""
        folders = (root / name if name else root for root in self._resolved_roots for name in MEDIA_FOLDERS)
        return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))

    @cached_property
    def _resolved_roots(self) -> tuple[Path, ...]:
        return tuple(root.resolve() for root in self.roots)

    def _find_path(self, name: str, beside: Path) -> Path | None:
        """Return the file in the first folder that has it and whose roots contain it, or None."""
        bases = self._folders if name.startswith("/") else (beside.resolve(), *self._folders)
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
        """Whether a file, with links resolved, is below the nearest folder that its path names."""
        named = Path(os.path.normpath(path))
        around = [root for root in self._resolved_roots if named.is_relative_to(root)]
        return bool(around) and real.is_relative_to(max(around, key=lambda root: len(root.parts)))

    def _examine(self, path: Path) -> FoundImage | str:
        try:
            if path.stat().st_size > images.MAX_UPLOAD_BYTES:
                return f"{path.name}: {images.too_large_message()}"
            content = path.read_bytes()
            facts = images.read_properties(content)
        except (images.UnsuitableImage, OSError) as error:
            return str(error)
        digest = hashlib.sha256(content).hexdigest()
        return FoundImage(self.keys.get(digest) or image_key(digest, self.secret), digest, path, facts)


def image_key(digest: str, secret: bytes) -> str:
    """Return the library key of an image, derived from its digest: reproducible, but not guessable."""
    letters = hmac.digest(secret, digest.encode(), "sha256")
    return "".join(images.KEY_ALPHABET[byte % len(images.KEY_ALPHABET)] for byte in letters[:20])


class ImageRewriter:
    """Rewrites the images of one file; `shown` are the used images by key, `found` their paths by name."""

    def __init__(self, finder: ImageFinder, beside: Path, language: str, log: ImportLog) -> None:
        self.finder, self.beside, self.language, self.log = finder, beside, language, log
        self.shown: dict[str, ManuscriptImage] = {}
        self.found: dict[str, FoundImage] = {}

    def rewrite_images(self, text: str) -> str:
        """Return the text with images referenced by library keys."""
        if "![" in text:
            defined = {name.casefold(): address for name, address in DEFINED.findall(text)}
            text = REFERRED.sub(lambda match: _inline_reference(match, defined), text)
            text = MARKDOWN.sub(self._rewrite_markdown, text)
        return ELEMENT.sub(self._rewrite_element, text) if "<img" in text.lower() else text

    def cover(self, address: str, alt: str) -> str:
        """Return the key of the cover image, or "" if it is missing, which is reported."""
        image = self._find(address, "")
        if not image:
            return ""
        self._add(image, alt)
        return image.key

    def _rewrite_markdown(self, match: re.Match[str]) -> str:
        return self._rewrite(" ".join(match[1].split()), match[2].strip("<>"), (match[3] or "")[1:-1])

    def _rewrite_element(self, match: re.Match[str]) -> str:
        attributes = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in ATTRIBUTE.findall(match[1])
        }
        alt = " ".join(attributes.get("alt", "").split())
        return self._rewrite(
            alt.replace("[", "(").replace("]", ")"), attributes.get("src", ""), attributes.get("title", "")
        )

    def _rewrite(self, alt: str, address: str, title: str) -> str:
        address = address.strip()
        if re.match(r"(?:https?:)?//", address):
            absolute_url = f"https:{address}" if address.startswith("//") else address
            self.log.changed(
                "image-elsewhere", _("A picture of another site became a link: %s") % absolute_url
            )
            return f"[{alt or title or _file_name(absolute_url)}]({absolute_url.replace(' ', '%20')})"
        if address.startswith("image:"):
            return f"![{alt}]({address})"
        image = self._find(address, alt)
        if not image:
            shown = f"*{alt}*" if alt and "*" not in alt else alt
            return " ".join(filter(None, [shown, title if title != alt else ""]))
        self._add(image, alt)
        caption = f' "{title.replace(chr(34), "”")}"' if title and title != alt else ""
        return f"![{alt}](image:{image.key}{caption})"

    def _find(self, address: str, alt: str) -> FoundImage | None:
        image = self.finder.find(address, self.beside)
        if isinstance(image, FoundImage):
            return image
        rest = _("Its words stay: %s") % alt if alt else ""
        self.log.dropped("image-missing", " ".join(filter(None, (f"{address}:", image, rest))))
        return None

    def _add(self, image: FoundImage, alt: str) -> None:
        name = f"{image.digest[:12]}/{image.path.name}"
        shown_image = self.shown.get(image.key)
        words = {self.language if self.language == "sv" else "en": alt[:MAX_ALT]} if alt else {}
        self.found[name] = image
        self.shown[image.key] = ManuscriptImage(
            key=image.key,
            file=name,
            digest=image.digest,
            alt=(shown_image.alt if shown_image and shown_image.alt else words),
        )


def _inline_reference(match: re.Match[str], defined: Mapping[str, str]) -> str:
    address = defined.get((match[2] or match[1]).casefold())
    return f"![{match[1]}]({address})" if address else match[0]


def _file_name(address: str) -> str:
    return unquote(re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]) or address
