"""Open the copy of an old site: WARC files, or a folder that wget saved; and whether a path is one."""

from itertools import islice
from pathlib import Path

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from ..markdown import MARKDOWN_SUFFIXES
from .content_types import HTML_SUFFIXES, is_html
from .mirror import SNIFFED_BYTES, list_mirrored_files, open_mirror_copy
from .site_copy import SiteCopy
from .warc import is_warc, open_warc_copy

MAX_EXAMINED_FILES = 2_000
TEMPLATE_MARKS = (b"{{", b"{%")
"""Of layouts of a site generator, which are no pages."""


def is_old_site(path: Path) -> bool:
    """Whether a path is a WARC file, a folder of some, or a folder with mostly pages of HTML."""
    if is_warc(path):
        return True
    if not path.is_dir():
        return False
    pages = texts = 0
    for file in islice(list_mirrored_files(path), MAX_EXAMINED_FILES):
        if is_warc(file):
            return True
        texts += file.suffix.lower() in MARKDOWN_SUFFIXES
        pages += _is_saved_page(file)
    return pages > 2 * texts


def _is_saved_page(path: Path) -> bool:
    name = path.name.partition("?")[0].partition("@")[0]
    if Path(name).suffix.lower() not in {*HTML_SUFFIXES, ""}:
        return False
    try:
        with path.open("rb") as file:
            beginning = file.read(SNIFFED_BYTES)
    except OSError:
        return False
    return is_html(beginning) and not any(mark in beginning for mark in TEMPLATE_MARKS)


def open_copy(path: Path, site: str = "") -> SiteCopy:
    """Return the copy of a site.

    Args:
        site: the address of the old site, if the copy does not say it.

    Raises:
        ImportRefused: it holds no pages.
    """
    if path.is_file():
        if not is_warc(path):
            message = _("“%s” is a single page. Give a WARC file, or the folder that the site was saved in.")
            raise ImportRefused(message % path.name)
        return open_warc_copy([path], site)
    if archives := [file for file in list_mirrored_files(path) if is_warc(file)]:
        return open_warc_copy(archives, site)
    return open_mirror_copy(path, site)
