"""Find the images and files of the old site in the media folders of an import, by their addresses."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from urllib.parse import unquote, urljoin, urlsplit

from ..image_finder import FoundImage, ImageFinder
from ..links import host_of, without_account

SIZE_VARIANT = re.compile(r"(?:-\d{2,5}x\d{2,5}|-scaled|-rotated|-e\d{10,13})+(?=\.[a-zA-Z]{3,4}$)")
SIZE_FOLDERS = re.compile(r"/size/w\d+(?:h\d+)?(?=/)|/format/\w+(?=/)|/styles/[^/]+/(?:public|private)(?=/)")
"""Folders of the sizes that Ghost and Drupal make of an image."""
PHOTON_HOST = re.compile(r"i\d\.wp\.com")
CDN_TARGET = re.compile(r"/image/fetch/[^/]*/(https?(?::|%3A).*)", re.IGNORECASE)
"""The address of the original in one of Cloudinary, as Substack has them."""
MAX_SRCSET = 50


class SourceMedia:
    """Finds files by their addresses on the old site.

    Args:
        finder: has the media folders.
        url: the address of the text.
        site: the address of the old site.
    """

    def __init__(self, finder: ImageFinder, url: str, site: str) -> None:
        self.finder, self.base = finder, url or site
        self.hosts = {host for address in (url, site) if (host := host_of(address))}

    def resolve(self, address: str) -> str:
        """Return the absolute address, or one from the root of the old site if its host is not known."""
        address = address.strip()
        if match := CDN_TARGET.search(address):
            address = unquote(match[1])
        try:
            parts = urlsplit(address)
            if PHOTON_HOST.fullmatch(parts.netloc):
                address = f"https:/{parts.path}"
            address = f"https:{address}" if address.startswith("//") else address
            return without_account(urljoin(self.base or "/", address))
        except ValueError:
            return address

    def is_own(self, address: str) -> bool:
        """Whether a resolved address is one of the old site; no host is, as long as that of the site is not known."""
        if host := host_of(address):
            return host in self.hosts
        return not re.match(r"[a-z][a-z0-9+.-]*:(?!//)", address, re.I)

    def may_be_own(self, address: str) -> bool:
        """Whether a resolved address is one of the old site, or one on the web while its host is not known."""
        return self.is_own(address) or (not self.hosts and bool(host_of(address)))

    def find_image(self, addresses: Iterable[str]) -> tuple[FoundImage | None, str]:
        """Return the first image that is there, or the reason why none is."""
        reason = ""
        for address in addresses:
            for path in self._paths(address, originals=True):
                image = self.finder.find(path, Path())
                if isinstance(image, FoundImage):
                    return image, ""
                reason = reason or image
        return None, reason

    def find_file(self, address: str) -> Path | None:
        paths = (self.finder.find_file(path, Path()) for path in self._paths(address, originals=False))
        return next((path for path in paths if path), None)

    def _paths(self, address: str, *, originals: bool) -> Iterator[str]:
        """Yield the paths below a media folder that an address may mean, the most exact first."""
        path = path_of(address)
        whole = SIZE_FOLDERS.sub("", path)
        versions = (SIZE_VARIANT.sub("", whole), whole, path) if originals else (path,)
        for version in dict.fromkeys(versions):
            parts = version.strip("/").split("/")
            for start in range(max(1, len(parts) - 1)):
                yield f"/{'/'.join(parts[start:])}"
            if len(parts) > 1 and parts[-2] in {root.name for root in self.finder.roots}:
                yield f"/{parts[-1]}"


def path_of(address: str) -> str:
    """Return the path of an address, or ""."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def suffix_of(address: str) -> str:
    """Return the suffix of the file at an address in lower case, without its dot."""
    return PurePath(unquote(path_of(address))).suffix.lstrip(".").lower()


def addresses_in_srcset(srcset: str) -> list[str]:
    """Return the addresses of a `srcset`, that of the largest image first."""
    sizes: list[tuple[float, str]] = []
    for candidate in re.split(r",\s+|,(?=https?:|/)", srcset)[:MAX_SRCSET]:
        address, _space, size = candidate.strip().partition(" ")
        number = re.match(r"\s*(\d{1,6}(?:\.\d{1,3})?)", size)
        if address:
            sizes.append((float(number[1]) if number else 0.0, address))
    return [address for _size, address in sorted(sizes, key=lambda pair: -pair[0])]
