"""Save an old site as a WARC file: a polite crawler of one host, which goes on where it was stopped.

`http_fetcher` requests one address and connects to no private one, `robots` reads robots.txt, `found_links` finds the
addresses on a page, `crawl_archive` writes the answers, and `crawl` decides what is requested next.
"""

from .crawl import CrawlOptions, CrawlReport, crawl_site
from .crawl_archive import ArchiveUnusable
from .crawl_start import CrawlRefused

__all__ = [
    "ArchiveUnusable",
    "CrawlOptions",
    "CrawlRefused",
    "CrawlReport",
    "crawl_site",
]
