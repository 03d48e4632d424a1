"""An old site as a source, whatever it runs on: its pages from a copy, read by CSS selectors for each type of page.

`copies` opens WARC files and folders that wget saved, `html_page` reads their pages, `rules` says which page is a text
and where its parts are, `page_index` lists the texts with all their addresses, and `source` reads them.
"""

from .addresses import host_of
from .copies import is_old_site, open_copy
from .mirror import UNKNOWN_HOST
from .rules import parse_rules
from .source import OldSiteSource, open_old_site
from .warc import WARC_SUFFIXES

__all__ = [
    "UNKNOWN_HOST",
    "WARC_SUFFIXES",
    "OldSiteSource",
    "host_of",
    "is_old_site",
    "open_copy",
    "open_old_site",
    "parse_rules",
]
