"""The rules of a mapping for the pages of an old site: which page is a text, and which selectors find its parts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from .addresses import decode_path, path_of
from .html_page import HtmlPage, is_selector

ATTRIBUTE = re.compile(r"^(?P<selector>.*?)\s+@(?P<attribute>[a-zA-Z][\w:.-]*)$", re.DOTALL)
JSON_LD = "json-ld "
"""Before the name of a property in the structured data: `json-ld datePublished`, `json-ld author.name`."""
ELEMENT_FIELDS = ("body", "remove", "files", "related", "breadcrumb")
"""Fields that are elements of the page; the others are texts, and may be attributes."""
VALUE_FIELDS = ("title", "summary", "date", "authors", "tags", "language", "cover", "number")
FIELDS = (*VALUE_FIELDS, *ELEMENT_FIELDS)
KEYS = ("name", "match", "kind", "ignore", *FIELDS, "line")
MATCH_KEYS = ("address", "selector")
MAX_SELECTOR_CHARACTERS = 500
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")


@dataclass(frozen=True)
class ValueSource:
    """Where a value is on a page: in the text or an attribute of an element, or in the structured data."""

    selector: str = ""
    attribute: str = ""
    property_path: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageRule:
    """A rule for a type of page.

    Args:
        addresses: patterns of path and query, in which `*` is any text; one of them has to fit. None fits all.
        selector: has to find something on the page; "" fits all.
        kind: the slug of a kind, or "".
        is_ignored: whether the pages are no texts.
        sources: of the values by field; the first with a value counts.
        elements: the selectors of elements by field.
    """

    name: str
    addresses: tuple[re.Pattern[str], ...] = ()
    selector: str = ""
    kind: str = ""
    is_ignored: bool = False
    sources: Mapping[str, tuple[ValueSource, ...]] = MappingProxyType({})
    elements: Mapping[str, str] = MappingProxyType({})

    def fits(self, page: HtmlPage) -> bool:
        path = normalize_address(page.address)
        if self.addresses and not any(pattern.match(path) for pattern in self.addresses):
            return False
        return not self.selector or bool(page.select(self.selector))


def parse_rules(pages: Sequence[Mapping[str, Any]]) -> tuple[PageRule, ...]:
    """Return the rules of a mapping in their order.

    Raises:
        ImportRefused: a rule is invalid; the message names its line and the remedy.
    """
    return tuple(_parse_rule(rule, number) for number, rule in enumerate(pages, start=1))


def find_rule(rules: Iterable[PageRule], page: HtmlPage) -> PageRule | None:
    """Return the first rule that fits a page."""
    return next((rule for rule in rules if rule.fits(page)), None)


def _parse_rule(values: Mapping[str, Any], number: int) -> PageRule:
    place = _("line %s of the mapping") % values["line"] if "line" in values else _("rule %d") % number
    for key in values:
        if key not in KEYS:
            _refuse(
                _("%(place)s: a rule has no “%(key)s”. There are: %(known)s."),
                place,
                key=key,
                known=", ".join(KEYS[:-1]),
            )
    is_ignored = _parse_flag(values.get("ignore", ""), place)
    addresses, selector = _parse_match(values.get("match", {}), place)
    elements = {
        name: _join_selectors(_texts(values[name], name, place), name, place)
        for name in ELEMENT_FIELDS
        if values.get(name)
    }
    if not is_ignored and "body" not in elements:
        _refuse(
            _("%(place)s: the rule names no “body”. Give the selector of the text, or “ignore: true”."), place
        )
    sources = {
        name: tuple(_parse_source(text, name, place) for text in _texts(values[name], name, place))
        for name in VALUE_FIELDS
        if values.get(name)
    }
    return PageRule(
        name=str(values.get("name") or number),
        addresses=addresses,
        selector=selector,
        kind=str(values.get("kind") or ""),
        is_ignored=is_ignored,
        sources=sources,
        elements=elements,
    )


def _parse_match(match: Any, place: str) -> tuple[tuple[re.Pattern[str], ...], str]:
    if not isinstance(match, Mapping) or any(key not in MATCH_KEYS for key in match):
        _refuse(
            _("%(place)s: “match” has “address” (a pattern such as /news/*) or “selector”, or both."), place
        )
    addresses = _texts(match.get("address", ""), "address", place)
    selector = str(match.get("selector") or "")
    if selector:
        _check_selector(selector, "match", place)
    return tuple(map(compile_address, addresses)), selector


def compile_address(pattern: str) -> re.Pattern[str]:
    """Return a pattern of path and query, in which `*` is any text, as what fits a normal address."""
    return re.compile(translate(_decode(pattern)))


def normalize_address(address: str) -> str:
    """Return path and query of an address as they are compared with patterns."""
    return _decode(path_of(address))


def _decode(address: str) -> str:
    return normalize("NFC", decode_path(address)).lower()


def _parse_flag(value: Any, place: str) -> bool:
    text = str(value).lower()
    if text not in (*TRUE, *FALSE):
        _refuse(_("%(place)s: “ignore” is true or false."), place)
    return text in TRUE


def _texts(value: Any, name: str, place: str) -> list[str]:
    """Return a text or a list of texts as a list."""
    values = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(item, Mapping | list | tuple) for item in values):
        _refuse(_("%(place)s: “%(key)s” is a selector, or a list of selectors."), place, key=name)
    return [text for item in values if (text := " ".join(str(item).split()))]


def _join_selectors(selectors: list[str], name: str, place: str) -> str:
    for selector in selectors:
        _check_selector(selector, name, place)
    return ", ".join(selectors)


def _parse_source(text: str, name: str, place: str) -> ValueSource:
    if text.lower().startswith(JSON_LD):
        return ValueSource(property_path=tuple(text[len(JSON_LD) :].strip().split(".")))
    match = ATTRIBUTE.match(text)
    selector, attribute = (match["selector"], match["attribute"].lower()) if match else (text, "")
    _check_selector(selector, name, place)
    return ValueSource(selector, attribute)


def _check_selector(selector: str, name: str, place: str) -> None:
    if len(selector) > MAX_SELECTOR_CHARACTERS or selector.count("~") > 2 or _is_nested_search(selector):
        message = _(
            "%(place)s: “%(key)s” takes too long on large pages: %(selector)s. Write a shorter selector."
        )
        _refuse(message, place, key=name, selector=selector[:200])
    if not is_selector(selector):
        message = _(
            "%(place)s: “%(key)s” is no CSS selector: %(selector)s. Copy one from the developers’ tools of a browser."
        )
        _refuse(message, place, key=name, selector=selector)


def _is_nested_search(selector: str) -> bool:
    """Whether a selector searches from each element for others, and from these again."""
    searches = selector.lower().count(":has(")
    return searches > 1 or (searches == 1 and "~" in selector)


def _refuse(message: str, place: str, **values: str) -> None:
    text = message % {"place": place, **values}
    raise ImportRefused(text[:1].upper() + text[1:])
