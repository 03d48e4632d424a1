"""Addresses of pages: in which tree, as others store them, and as they were in another time."""

import re
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation

LONGEST_FORMER = 500
MOST_KNOWN = 4_096  # paths that a process keeps at hand: some hundred bytes each
PAGE_FILE = re.compile(r"(?:(?:^|/)index)?\.html?\Z")


@lru_cache(maxsize=MOST_KNOWN)
def in_tree(tree: str, name: str, **parts: str | int) -> str:
    """The path of a named page in a tree. It depends on nothing else, as the site stands at the root of its host: so it
    need not be made twice."""
    with translation.override(tree):
        return reverse(name, kwargs=parts or None)


def absolute(path: str) -> str:
    """A path as the address that others store: canonical links, shares, feeds, references."""
    return f"{settings.SITE_URL}{path}"


def former(address: str) -> str:
    """The one spelling of an address of another time, by which it is stored, looked for and linked to.

    Decoded, lower-case, without host, query, `index.html`, `.html` and closing slash: servers of static sites answer
    to all of these. The root is "/"; what is no address, or too long to be kept, is "".
    """
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    plain = "/" + PAGE_FILE.sub("", normalize("NFC", path.lower()).strip("/")).strip("/")
    return plain if len(plain) <= LONGEST_FORMER and "\0" not in plain else ""
