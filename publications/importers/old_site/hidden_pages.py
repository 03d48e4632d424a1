"""Why a page of an old site was not for all readers: somebody who was signed in saved it.

A preview is known by its address, a private or protected text of WordPress by what stands before its title and by the
classes of its element, a text for members by what its page tells search engines.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..access_values import NO_VALUES
from .html_page import HtmlPage, Node, plain_text
from .page_profiles import classes_of

PREVIEW_PARAMETERS = frozenset(
    {"preview", "preview_id", "preview_nonce", "customize_changeset_uuid", "elementor-preview", "fl_builder"}
)
"""Parameters of addresses at which WordPress and its page builders show a text to its editors."""
HIDDEN_TITLE = re.compile(r"((?:private|protected|privat|skyddad|skyddat) ?:) .*", re.IGNORECASE)
"""Titles of private texts and of those with a password, as WordPress writes them in English and Swedish."""
HIDDEN_CLASSES = frozenset(
    {"post-password-required", "status-draft", "status-future", "status-pending", "status-private"}
)
"""Classes that WordPress gives the element of such a text."""
PAID_PROPERTY = "isAccessibleForFree"
LOCKED_TIER = "meta[property='article:content_tier' i][content='locked' i]"


def find_hiding_sign(page: HtmlPage, title: str, bodies: Iterable[Node]) -> str:
    """Return what shows that a page was not for all readers: a parameter, the beginning of a title, a class; or "".

    Args:
        title: what the rule of the page takes for one.
        bodies: the elements of its text.
    """
    for name, value in parse_qsl(urlsplit(page.address).query, keep_blank_values=True):
        if name.casefold() in PREVIEW_PARAMETERS and value.casefold() not in NO_VALUES:
            return f"?{name}"
    for text in (title, *map(plain_text, page.select("h1, title"))):
        if match := HIDDEN_TITLE.fullmatch(text.strip()):
            return match[1]
    if any(_is_for_members(entry) for entry in page.json_ld) or page.select(LOCKED_TIER):
        return PAID_PROPERTY
    return next(iter(sorted(HIDDEN_CLASSES & _classes_around(bodies))), "")


def _is_for_members(entry: dict[str, Any]) -> bool:
    """Whether structured data says of a text, or of a part of it, that it is not free for all (schema.org)."""
    parts = entry.get("hasPart") or []
    return any(
        str(part.get(PAID_PROPERTY, True)).casefold() in NO_VALUES
        for part in [entry, *(parts if isinstance(parts, list) else [parts])]
        if isinstance(part, dict)
    )


def _classes_around(bodies: Iterable[Node]) -> set[str]:
    """Return the classes of elements and of those that they are in."""
    classes: set[str] = set()
    for node in bodies:
        while node is not None:
            classes.update(classes_of(node))
            node = node.parent
    return classes
