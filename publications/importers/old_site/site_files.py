"""The files of an old site that its texts use, extracted from the copy into a folder in which the import finds them.

A picture has many addresses, one for each width: the largest is taken, and all lead to it. Files that only the query of
an address tells apart get a name of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from mimetypes import guess_extension
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit

from .addresses import address_key, decode_path, path_of
from .content_types import suffix_of
from .site_copy import CopiedResource, SiteCopy

MAX_FILE_BYTES = 200_000_000
NESTED_FOLDERS = Path("files/of/site")
"""Below the temporary folder, because an import also looks for pictures in the two folders above its own."""
MAX_NAME_BYTES = 200
PROGRAM_SUFFIXES = frozenset({"", ".aspx", ".ashx", ".asp", ".axd", ".php", ".jsp", ".do", ".cfm", ".cgi"})
"""Of programs that send files, so that only the query tells one from another."""


@dataclass
class SiteFiles:
    """The files of a copy by path.

    Args:
        folder: what is extracted; it is deleted with the import.
        used: the paths of the files that texts use.
    """

    copy: SiteCopy
    folder: TemporaryDirectory
    used: set[str] = field(default_factory=set)
    _variants: dict[str, list[CopiedResource]] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, copy: SiteCopy) -> "SiteFiles":
        files = cls(copy, TemporaryDirectory(prefix="old-site-"))
        files.root.mkdir(parents=True)
        groups: dict[str, list[CopiedResource]] = defaultdict(list)
        for key, resource in copy.resources.items():
            if resource.is_file:
                groups[_name_of(key, resource)].append(resource)
        for name, variants in groups.items():
            files._variants[name] = variants
            files._places |= {address_key(resource.address): name for resource in variants}
        return files

    @property
    def root(self) -> Path:
        return Path(self.folder.name) / NESTED_FOLDERS

    def find_path(self, address: str) -> str:
        """Return the path by which the import finds the file of an address, encoded, or "" if there is none.

        The file is extracted.
        """
        if not self.copy.is_own(address):
            return ""
        name = self._places.get(self.copy.find_key(address)) or self._places.get(
            self.copy.find_key(address.partition("?")[0])
        )
        if not name or not self._extract(name):
            return ""
        return quote(name)

    def addresses_of(self, path: str) -> list[str]:
        """Return the old addresses of the file that the import finds by a path: path and query, as they are written."""
        return [path_of(resource.address) for resource in self._variants.get(decode_path(path), ())]

    @property
    def paths(self) -> Iterable[str]:
        return (quote(name) for name in self._variants)

    @property
    def content_types(self) -> Mapping[str, str]:
        """The types of files by path."""
        return {quote(name): variants[0].content_type for name, variants in self._variants.items()}

    def _extract(self, name: str) -> bool:
        """Write a file, if it is not there yet; return whether it is there."""
        target = self.root / name.lstrip("/")
        if target.is_file():
            return True
        for resource in sorted(self._variants[name], key=lambda resource: -resource.size):
            try:
                content = self.copy.read_body(resource, MAX_FILE_BYTES)
                target.parent.mkdir(parents=True, exist_ok=True)
                part = target.with_name(f"{target.name[:50]}.part")
                part.write_bytes(content)
                part.replace(target)
            except OSError:
                continue
            return True
        return False


def _name_of(key: str, resource: CopiedResource) -> str:
    """Return the path that a file gets: its own, or one with the query if that tells files apart."""
    path = str(PurePosixPath("/", *PurePosixPath(decode_path(urlsplit(resource.address).path)).parts))
    if ".." in PurePosixPath(path).parts or "\0" in path:
        path = "/file"
    expected = guess_extension(resource.content_type) or ""
    has_own_name = suffix_of(resource.address) not in PROGRAM_SUFFIXES
    query = key.partition("?")[2]
    if not has_own_name:
        path = f"{path}-{quote(query, safe='')}{expected}" if query else f"{path}{expected}"
    head, _slash, last = path.rpartition("/")
    encoded = last.encode()
    if len(encoded) > MAX_NAME_BYTES:
        last = encoded[-MAX_NAME_BYTES:].decode(errors="ignore")
    return f"{head}/{last}"
