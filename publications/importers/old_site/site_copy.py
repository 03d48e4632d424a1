"""A copy of an old site: what its server answered for each address, from WARC files or from a folder."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from .addresses import address_key, host_of, site_of

MAX_PAGE_BYTES = 5_000_000
HTML_TYPES = ("text/html", "application/xhtml+xml")
PARTIAL_STATUSES = (204, 206, 304)
"""Of answers without a body, or with a part of it."""
EMPTY_BYTES = 5
"""The size of an empty body that is sent in chunks."""
REDIRECT_STATUSES = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedResource:
    """What the server answered for an address.

    Args:
        address: absolute, without fragment.
        location: the target of a redirect, as the server sent it.
        path, offset: where its body is: a file, or a record of a WARC file that begins at the offset.
        is_page: whether it is a page of HTML with status 200.
        size: of its body in bytes, as far as the copy says it.
    """

    address: str
    status: int = 200
    content_type: str = ""
    charset: str = ""
    location: str = ""
    path: Path = Path()
    offset: int = 0
    size: int = 0

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.content_type in HTML_TYPES

    @property
    def is_file(self) -> bool:
        return self.status == 200 and self.content_type not in HTML_TYPES

    @property
    def is_redirect(self) -> bool:
        return self.status in REDIRECT_STATUSES and bool(self.location)


@dataclass(kw_only=True)
class SiteCopy(ABC):
    """The resources of a site by key; those of other hosts are left out.

    Args:
        site: scheme and host of the site.
        resources: by `address_key`, in the order of the copy.
        aliases: keys by other names that links in the copy use, such as those of saved files.
        other_hosts: the number of resources left out, by host.
        damaged: what of the copy could not be read, with the reasons.
    """

    site: str = ""
    resources: dict[str, CopiedResource] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    other_hosts: Counter[str] = field(default_factory=Counter)
    damaged: dict[str, str] = field(default_factory=dict)

    @abstractmethod
    def read_body(self, resource: CopiedResource, limit: int | None = None) -> bytes:
        """Return the decoded body of a resource, or its first `limit` bytes. Raises OSError if it cannot be read."""

    def find(self, address: str) -> CopiedResource | None:
        """Return the resource of an address of this site, or None."""
        return self.resources.get(self.find_key(address)) if self.is_own(address) else None

    def find_key(self, address: str) -> str:
        """Return the key of an address, also if the address is another name of it."""
        key = address_key(address, is_exact=True)
        if key in self.resources:
            return key
        key = address_key(address)
        return key if key in self.resources else self.aliases.get(key, key)

    def is_own(self, address: str) -> bool:
        """Whether an address is of this site, with or without `www.`."""
        return host_of(address) == host_of(self.site)

    @property
    def pages(self) -> Iterator[tuple[str, CopiedResource]]:
        return ((key, resource) for key, resource in self.resources.items() if resource.is_page)

    def keep_main_site(self, resources: list[CopiedResource], site: str = "") -> None:
        """Fill `resources` with those of one site: the named one, or the host with most pages.

        Of several answers for an address the last that is no error, not empty and not in part is kept. Pages whose
        paths differ in case, or in the name of the page of a folder, may be different: each is kept.
        """
        pages = Counter(host_of(resource.address) for resource in resources if resource.is_page)
        host = host_of(site) if site else next((host for host, _count in pages.most_common(1)), "")
        for resource in resources:
            if host_of(resource.address) != host:
                self.other_hosts[host_of(resource.address)] += 1
                continue
            key = address_key(resource.address)
            known = self.resources.get(key)
            if known and _have_own_paths(known, resource):
                self.resources[address_key(known.address, is_exact=True)] = self.resources.pop(key)
                key = address_key(resource.address, is_exact=True)
                known = self.resources.get(key)
            if known is None or resource.status < 400 or known.status >= 400:
                self.resources[key] = _prefer_content(known, resource)
        sites = Counter(site_of(resource.address) for _key, resource in self.pages)
        self.site = next((name for name, _count in sites.most_common(1)), site)


def _have_own_paths(known: CopiedResource, new: CopiedResource) -> bool:
    """Whether two pages of one key have paths that a server may tell apart."""
    exact_keys = {address_key(resource.address, is_exact=True) for resource in (known, new)}
    return known.is_page and new.is_page and len(exact_keys) > 1


def _prefer_content(known: CopiedResource | None, new: CopiedResource) -> CopiedResource:
    """Return the answer to keep: `/news` that redirects to `/news/` is the same key, and the page is what counts."""
    is_whole = known is not None and known.status == 200 and known.size > EMPTY_BYTES
    if is_whole and (new.status in PARTIAL_STATUSES or (new.status == 200 and new.size <= EMPTY_BYTES)):
        return known
    if known and known.status == 200 and new.is_redirect:
        return known
    return replace(new, address=known.address) if known and known.is_page and new.is_page else new
