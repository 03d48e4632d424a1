"""The last word: what this lets through is the HTML that the site stores and marks safe.

The tree before it is built of known elements alone; this is the allow-list that holds even where that
has a fault. Classes are only those that our own pages make, and ids but for those of empty spans.
"""

import re

import nh3

from publications.html_tree import ATTRIBUTE_VALUES, GLOBAL_ATTRIBUTES, KEPT

from .figures import KEY
from .fragments import FRAGMENT
from .links import SCHEMES, safe_address

MADE = {
    "aria-label": re.compile(r".*", re.DOTALL),
    "class": re.compile("footnotes|footnote-ref|footnote-backref|table-scroll"),
    "data-align": ATTRIBUTE_VALUES["align"],
    "data-image": re.compile(KEY),
    "id": re.compile(r"(p-[a-z2-7]{6}(-[0-9]+)?|s-[^\s\"'<>&]+|fn(ref)?-[0-9]+(-[0-9]+)?)"),
    "role": re.compile("region|doc-endnotes|doc-noteref|doc-backlink"),
    "scope": re.compile("col|row"),
    "tabindex": re.compile("0"),
}
PATTERNS = ATTRIBUTE_VALUES | MADE
ATTRIBUTES = {
    "*": set(GLOBAL_ATTRIBUTES - {"id"}),
    "a": {"href", "title", "class", "role", "aria-label"},
    "abbr": {"title"},
    "dfn": {"title"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "img": {"data-image", "alt"},
    "li": {"value", "id"},
    "ol": {"start", "reversed", "type"},
    "p": {"id"},
    "section": {"class", "role", "aria-label"},
    "span": {"id"},
    "sup": {"id"},
    "td": {"colspan", "rowspan", "data-align"},
    "th": {"colspan", "rowspan", "data-align", "scope"},
} | {f"h{level}": {"id"} for level in range(2, 7)}


def _checked(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return safe_address(value) or None
    if (tag, name) == ("span", "id"):
        return value if FRAGMENT.fullmatch(value) else None
    pattern = PATTERNS.get(name)
    return value if pattern and pattern.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=set(KEPT - {"h1"} | {"div", "section", "figure", "figcaption"}),
    attributes=ATTRIBUTES,
    attribute_filter=_checked,
    url_schemes=set(SCHEMES),
    link_rel=None,
)


def sanitise(html: str) -> str:
    """The HTML with nothing in it that is not on the list."""
    return _CLEANER.clean(html)
