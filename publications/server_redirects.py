"""Redirects that only the web server can have: of patterns, which mean many addresses, and to other sites.

The lines are for nginx, the server of `deploy/`: <https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite>.
"""

import re
from urllib.parse import unquote

from publications.locales import LOCALES
from publications.path_prefixes import RESERVED_PREFIXES

PATTERN = re.compile(r"^\^|\(\.[*+]|\][*+]|\\[/.dw]|/\*$|\$$")
"""What no address of a page has, and a pattern does."""
PLACEHOLDER = re.compile(r"[$\\]\d")
"""What a target has in the place of a group of its pattern."""
UNSAFE_SOURCE = re.compile(r"""[\s"\x00-\x1f]|\\[\\'trn]|\\$""")
UNSAFE_TARGET = re.compile(r"""[\s"\x00-\x1f\\]|\$(?!\d)""")
"""What the quotation marks of nginx do not keep, or what names one of its variables."""

REPEATED_GROUP = re.compile(r"\)[+*{]")
REPETITION = re.compile(r"[+*{]")
MAX_REPETITIONS = 4
"""More, and repeated groups, take endless time with some addresses."""
PATHS_HERE = ("/", *(f"/{code}{end}" for code in LOCALES for end in ("/", "/any/", "/any/text/")))


def is_pattern(source: str, target: str = "") -> bool:
    """Return whether a redirect is from a pattern for several addresses."""
    return bool(PATTERN.search(source) or PLACEHOLDER.search(target))


def write_server_line(source: str, target: str) -> str:
    """Return the line for nginx that redirects an address or a pattern, or "" if none is safe to paste.

    None is for a pattern that takes the pages of this site too, as one that led the whole old site elsewhere.

    Args:
        source: a path, or a regular expression.
    """
    if not is_pattern(source, target):
        if "?" in source or not source.startswith("/"):  # it reads no queries
            return ""
        source = f"^{re.escape(unquote(source).rstrip('/'))}/?$"  # nginx matches paths decoded
    if not target or UNSAFE_SOURCE.search(source) or UNSAFE_TARGET.search(target) or not _is_usable(source):
        return ""
    return f'rewrite "{source}" "{target}" permanent;'


def _is_usable(pattern: str) -> bool:
    """Return whether a regular expression is valid and quick, and leaves the pages of this site alone."""
    if REPEATED_GROUP.search(pattern) or len(REPETITION.findall(pattern)) > MAX_REPETITIONS:
        return False
    try:
        compiled = re.compile(pattern)
    except re.error:
        return False
    reserved = (f"{prefix}{end}" for prefix in RESERVED_PREFIXES for end in ("", "x", "/x"))
    return not any(map(compiled.search, (*PATHS_HERE, *reserved)))
