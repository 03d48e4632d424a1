"""What the links and pictures of an old site lead to: a text, or a file of its copy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..html.media import addresses_in_srcset
from .addresses import path_of, site_of
from .content_types import is_document
from .entries import uid_of
from .html_page import HtmlPage, parse_page
from .page_index import PageIndex
from .page_text import PageText
from .site_copy import SiteCopy
from .site_files import SiteFiles

LAYOUT_TYPES = ("text/css", "text/javascript", "application/javascript", "application/x-javascript", "font/")


@dataclass
class LinkTargets:
    """Finds what addresses lead to.

    Args:
        missing: the addresses of files that texts use and the copy does not have.
    """

    copy: SiteCopy
    index: PageIndex
    files: SiteFiles
    missing: set[str] = field(default_factory=set)

    def names_by_address(self, former_files: Mapping[str, str]) -> dict[str, str]:
        """Return the names of files by all old addresses: also of other widths and those that redirect."""
        names = dict(former_files)
        for path, name in former_files.items():
            for address in self.files.addresses_of(path):
                names[address] = name
                names |= dict.fromkeys(self._short_addresses.get(address, ()), name)
        return names

    @cached_property
    def _short_addresses(self) -> dict[str, list[str]]:
        """The addresses that redirect to others, by path and query of those."""
        addresses: dict[str, list[str]] = {}
        for key in self.index.redirects:
            target = self.index.follow(self.copy, key)
            if self.copy.is_own(target):
                addresses.setdefault(path_of(target), []).append(path_of(self.copy.resources[key].address))
        return addresses

    def link_files(self, text: PageText, address: str) -> str:
        """Return the HTML of a text with the addresses by which the import finds the targets of links and pictures."""
        page = parse_page(f"<body>{text.html}</body>", address)
        for tag, attribute, find_target in (
            ("a", "href", self._target_address),
            ("img", "src", self.file_address),
        ):
            for node in page.select(f"{tag}[{attribute}]"):
                target, mark, fragment = (node.attributes.get(attribute) or "").partition("#")
                if target and (absolute := page.resolve(target)):
                    node.attrs[attribute] = f"{find_target(absolute)}{mark}{fragment}"
        for image in page.select("img[srcset]"):
            image.attrs["srcset"] = self._sizes_in_copy(page, image.attributes.get("srcset") or "")
        return page.tree.body.inner_html or ""

    def _sizes_in_copy(self, page: HtmlPage, srcset: str) -> str:
        """Return those images of a `srcset` that the copy has, the largest first."""
        addresses = filter(None, map(page.resolve, addresses_in_srcset(srcset)))
        found = dict.fromkeys(self.file_address(each) for each in addresses if self.files.find_path(each))
        return ", ".join(f"{address} {len(found) - place}w" for place, address in enumerate(found))

    def _target_address(self, address: str) -> str:
        """Return the address of what an address leads to on the old site: the main one of a text, or that of a file."""
        if not self.copy.is_own(address):
            return address
        key = self.copy.find_key(address)
        address = self.index.follow(self.copy, key) or address
        if page := self.index.find_text(self.copy.find_key(address)):
            return site_of(page.address) + path_of(page.address)
        is_file = self.files.find_path(address) or is_document(address)
        return self.file_address(address) if is_file else address

    def file_address(self, address: str) -> str:
        """Return the address by which the import finds a file; one that is not in the copy stays, to be reported."""
        if self.copy.is_own(address):
            address = self.index.follow(self.copy, self.copy.find_key(address)) or address
        path = self.files.find_path(address) if address else ""
        if path:
            self.files.used.add(path)
            return f"{self.copy.site}{path}"
        if address and self.copy.is_own(address):
            self.missing.add(address)
        return address

    def name_of_text(self, address: str) -> str:
        """Return the name of a related text, or the address if it is none."""
        if self.copy.is_own(address):
            key = self.copy.find_key(self._target_address(address))
            if page := self.index.find_text(key):
                return f"/{uid_of(page, self.copy)}"
        return address

    def unused_files(self) -> list[str]:
        """Return the addresses of files that no text uses, without those of the layout."""
        types = self.files.content_types
        return [
            address
            for path in self.files.paths
            if path not in self.files.used and not types[path].startswith(LAYOUT_TYPES)
            for address in self.files.addresses_of(path)
        ]
