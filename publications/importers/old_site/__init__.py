"""An old site as a source, whatever it runs on: its pages from a copy, read by CSS selectors for each type of page.

`copies` opens WARC files and folders that wget saved; `html_page` reads their pages.
"""

from .copies import is_old_site, open_copy

__all__ = ["is_old_site", "open_copy"]
