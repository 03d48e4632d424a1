"""Where a crawl begins: the site that an address leads to, its robots.txt and its sitemaps."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ..addresses import host_of, resolve_address, site_of
from ..site_copy import REDIRECT_STATUSES
from .found_links import find_sitemap_links
from .http_fetcher import FetchFailed, HttpFetcher
from .robots import MAX_ROBOTS_BYTES, RobotRules, parse_robots

MAX_START_REDIRECTS = 5
MAX_SITEMAPS = 500
MAX_SITEMAP_BYTES = 50_000_000
"""As sitemaps.org says, unpacked."""


class CrawlRefused(Exception):
    """The site cannot be saved; the message says why and what helps."""


@dataclass(frozen=True)
class CrawlStart:
    """The address to begin with, the site, which may be the one that the address redirects to, and its rules."""

    address: str
    site: str
    rules: RobotRules


def find_start(fetcher: HttpFetcher, address: str, *, obeys_robots: bool) -> CrawlStart:
    """Return where to begin. Raises CrawlRefused."""
    first = address = resolve_address(address, "")
    try:
        for _step in range(MAX_START_REDIRECTS):
            with fetcher.fetch(address) as response:
                target = resolve_address(response.get_header("location"), address)
                if response.status not in REDIRECT_STATUSES or not target or target == address:
                    break
            if host_of(target) != host_of(first):
                message = _("%(address)s leads to %(target)s. Give the address of that site.")
                raise CrawlRefused(message % {"address": address, "target": target})
            address = target
    except FetchFailed as error:
        raise CrawlRefused(str(error)) from error
    site = site_of(address)
    rules = _read_robots(fetcher, site) if obeys_robots else RobotRules()
    if not rules.allows(urlsplit(address).path or "/"):
        message = _(
            "robots.txt of %(site)s forbids it. If it is your own site: --ignore-robots. Otherwise ask who runs it."
        )
        raise CrawlRefused(message % {"site": site})
    return CrawlStart(address, site, rules)


def _read_robots(fetcher: HttpFetcher, site: str) -> RobotRules:
    """Return the rules of a site. Without a file all is allowed; one that cannot be read forbids all (RFC 9309)."""
    address = f"{site}/robots.txt"
    for _step in range(MAX_START_REDIRECTS):
        try:
            with fetcher.fetch(address) as response:
                status, location = response.status, response.get_header("location")
                content = response.body.read(MAX_ROBOTS_BYTES)
        except FetchFailed as error:
            message = _("robots.txt of %(site)s cannot be read: %(why)s Try again later.")
            raise CrawlRefused(message % {"site": site, "why": error}) from error
        if status == 200:
            return parse_robots(content.decode("utf-8-sig", "replace"), fetcher.user_agent)
        if status >= 500 or status == 429:
            message = _(
                "robots.txt of %(site)s cannot be read: the server answered %(status)d. Try again later."
            )
            raise CrawlRefused(message % {"site": site, "status": status})
        address = resolve_address(location, address) if status in REDIRECT_STATUSES else ""
        if host_of(address) != host_of(site):
            return RobotRules()
    return RobotRules()


def read_sitemaps(fetcher: HttpFetcher, start: CrawlStart, *, pause: Callable[[], object]) -> Iterator[str]:
    """Yield the addresses in the sitemaps of a site; what is no sitemap is passed over.

    Args:
        pause: waits before each request.
    """
    queue = list(dict.fromkeys([*start.rules.sitemaps, f"{start.site}/sitemap.xml"]))
    seen = set(queue)
    for address in queue[:]:
        if host_of(address) != host_of(start.site):
            queue.remove(address)
    while queue:
        address = queue.pop(0)
        pause()
        links, are_sitemaps = _read_sitemap(fetcher, address)
        if not are_sitemaps:
            yield from links
            continue
        new = [link for link in links if link not in seen and host_of(link) == host_of(start.site)]
        new = new[: max(0, MAX_SITEMAPS - len(seen))]
        seen.update(new)
        queue += new


def _read_sitemap(fetcher: HttpFetcher, address: str) -> tuple[list[str], bool]:
    try:
        with fetcher.fetch(address) as response:
            if response.status != 200:
                return [], False
            content = response.body.read(MAX_SITEMAP_BYTES)
    except FetchFailed:
        return [], False
    if content.startswith(b"\x1f\x8b"):
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, MAX_SITEMAP_BYTES)
        except zlib.error:
            return [], False
    if b"<html" in content[:2_000].lower():
        return [], False
    return find_sitemap_links(content, address)
