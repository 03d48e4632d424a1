"""Find the images of an import in folders, examine them, and give them library keys."""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from unicodedata import normalize
from urllib.parse import unquote

from publications import images
from publications.stored_messages import gettext as _

MEDIA_FOLDERS = ("", "media", "static", "public", "assets", "images", "src", "content", "source")
DRAWING_SUFFIXES = (".svg", ".svgz", ".eps")
"""Of drawings, which are not shown: a picture of the same name beside one was saved from it."""
DEFAULT_SUFFIXES = ("", ".jpg", ".jpeg", ".png", ".webp", ".gif")  # of names that leave theirs to a shortcode


@dataclass(frozen=True)
class FoundImage:
    """An image file with the key that it has, or will have, in the library."""

    key: str
    digest: str
    path: Path
    properties: images.ImageProperties


def same_name(name: str) -> Iterable[str]:
    return (name,)


@dataclass
class ImageFinder:
    """Finds images and other files in folders, for all texts of an import.

    Args:
        roots: the folders; links that lead out of them are not followed.
        keys: the keys of library images by digest.
        secret: the secret from which keys of other images are derived.
        names_of: returns the names by which a file of an old path may be in the folders, the best first.
    """

    roots: tuple[Path, ...]
    keys: Mapping[str, str]
    secret: bytes
    names_of: Callable[[str], Iterable[str]] = same_name
    _cache: dict[Path, FoundImage | str] = field(default_factory=dict)
    _names: dict[Path, dict[str, str]] = field(default_factory=dict)

    def find(self, address: str, folder: Path) -> FoundImage | str:
        """Return the image at an address relative to a folder, or a message why there is none."""
        path = self.find_file(address, folder)
        if path is None:
            return _("The picture is missing.")
        if path not in self._cache:
            self._cache[path] = self._examine_with_copies(path)
        return self._cache[path]

    def _examine_with_copies(self, path: Path) -> FoundImage | str:
        """Return the image in a file, or of a drawing that is not shown (map.svg) the one saved from it (map.png)."""
        image = self._examine(path)
        if isinstance(image, str) and path.suffix.lower() in DRAWING_SUFFIXES:
            copies = (path.with_suffix(suffix) for suffix in DEFAULT_SUFFIXES if suffix != path.suffix)
            images_of_copies = (
                self._examine(copy) for copy in copies if copy.is_file() and not copy.is_symlink()
            )
            image = next((copy for copy in images_of_copies if isinstance(copy, FoundImage)), image)
        return image

    def find_file(self, address: str, folder: Path) -> Path | None:
        """Return the file at an address relative to a folder, or None."""
        names = self.names_of(unquote(re.split(r"[?#]", address)[0]))
        return next(filter(None, (self._find_path(name, folder) for name in names)), None)

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        """Return the existing folders that addresses may be relative to."""
        folders = (root / name if name else root for root in self._resolved_roots for name in MEDIA_FOLDERS)
        return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))

    @cached_property
    def _resolved_roots(self) -> tuple[Path, ...]:
        return tuple(root.resolve() for root in self.roots)

    def _find_path(self, name: str, folder: Path) -> Path | None:
        """Return the file in the first folder that has it and whose roots contain it, or None."""
        bases = self._folders if name.startswith("/") else (folder.resolve(), *self._folders)
        for base in bases:
            for suffix in ("",) if PurePath(name).suffix else DEFAULT_SUFFIXES:
                for path in self._spellings(base, f"{name.lstrip('/')}{suffix}"):
                    try:
                        if not name or not path.is_file():
                            continue
                        real_path = path.resolve()
                    except (OSError, ValueError):
                        continue
                    if self._is_inside(real_path, path):
                        return real_path
        return None

    def _spellings(self, base: Path, name: str) -> Iterator[Path]:
        """Yield the path of a name, and the one that a Mac writes: with “å” as “a” and “°”, or the other way round."""
        yield base / name
        if name.isascii():
            return
        path = base
        for part in PurePath(name).parts:
            path /= part if part.isascii() else self._names_in(path).get(normalize("NFC", part), part)
        yield path

    def _names_in(self, folder: Path) -> dict[str, str]:
        """Return the names in a folder by their composed form."""
        if folder not in self._names:
            try:
                self._names[folder] = {normalize("NFC", path.name): path.name for path in folder.iterdir()}
            except (OSError, ValueError):
                self._names[folder] = {}
        return self._names[folder]

    def _is_inside(self, real_path: Path, path: Path) -> bool:
        """Whether a file, with links resolved, is below the nearest folder that its path names."""
        normalized_path = Path(os.path.normpath(path))
        roots = [root for root in self._resolved_roots if normalized_path.is_relative_to(root)]
        return bool(roots) and real_path.is_relative_to(max(roots, key=lambda root: len(root.parts)))

    def _examine(self, path: Path) -> FoundImage | str:
        try:
            if path.stat().st_size > images.MAX_UPLOAD_BYTES:
                return images.too_large_message()
            content = path.read_bytes()
            properties = images.read_properties(content)
        except images.UnsuitableImage as error:
            return str(error)
        except OSError as error:
            return error.strerror or type(error).__name__  # without the path on the server
        digest = hashlib.sha256(content).hexdigest()
        return FoundImage(self.keys.get(digest) or image_key(digest, self.secret), digest, path, properties)


def image_key(digest: str, secret: bytes) -> str:
    """Return the library key of an image, derived from its digest: reproducible, but not guessable."""
    letters = hmac.digest(secret, digest.encode(), "sha256")
    return "".join(images.KEY_ALPHABET[byte % len(images.KEY_ALPHABET)] for byte in letters[:20])
