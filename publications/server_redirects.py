"""Redirects that only the web server can have: of patterns, which mean many addresses, and to other sites.

The lines are for nginx, the server of `deploy/`: <https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite>.
"""

import re
from urllib.parse import unquote

from publications.path_patterns import PathTree, UnreadablePattern, read_pattern

PATTERN = re.compile(r"^\^|\(\.[*+]|\][*+]|\\[/.dw]|/\*$|\$$")
"""What no address of a page has, and a pattern does."""
PLACEHOLDER = re.compile(r"[$\\]\d")
"""What a target has in the place of a group of its pattern."""
UNSAFE_SOURCE = re.compile(r"""[\s"\x00-\x1f]|\\[\\'trn]|\\$""")
UNSAFE_TARGET = re.compile(r"""[\s"\x00-\x1f\\]|\$(?!\d)""")
"""What the quotation marks of nginx do not keep, or what names one of its variables."""

MAX_REPETITIONS, MAX_CHOICES = 4, 1000
"""More would take the web server endless time with some addresses."""


def is_pattern(source: str, target: str = "") -> bool:
    """Return whether a redirect is from a pattern for several addresses."""
    return bool(PATTERN.search(source) or PLACEHOLDER.search(target))


def write_server_line(source: str, target: str, paths: PathTree) -> str:
    """Return the line for nginx that redirects an address or a pattern, or "" if none is safe to paste.

    None is for a pattern that takes the pages of this site too, as one that led the whole old site elsewhere.

    Args:
        source: a path, or a regular expression.
        paths: those of this site.
    """
    if not is_pattern(source, target):
        if "?" in source or not source.startswith("/"):  # it reads no queries
            return ""
        source = f"^{re.escape(unquote(source).rstrip('/'))}/?$"  # nginx matches paths decoded
    if (
        not target
        or UNSAFE_SOURCE.search(source)
        or UNSAFE_TARGET.search(target)
        or not _is_usable(source, paths)
    ):
        return ""
    return f'rewrite "{source}" "{target}" permanent;'


def _is_usable(source: str, paths: PathTree) -> bool:
    """Return whether a regular expression is valid and quick, and leaves the pages of this site alone."""
    try:
        pattern = read_pattern(source)
    except UnreadablePattern:
        return False
    is_quick = pattern.repetitions <= MAX_REPETITIONS and pattern.choices <= MAX_CHOICES
    return is_quick and not pattern.matches_any(paths)
