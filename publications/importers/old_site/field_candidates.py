"""Candidates for the selectors of a field: what on sampled pages has a fitting name or fitting words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .html_page import HtmlPage, Node, plain_text
from .page_profiles import classes_of
from .rules import JSON_LD, ValueSource
from .sampled_group import SampledGroup
from .selectors import find_selector
from .values import BYLINE, find_date, read_values, split_names

MIN_SHARE = 0.3
"""Of the sampled pages on which a selector has to find a value."""
MIN_DISTINCT = 0.5
"""Of the values that have to differ from page to page."""
MAX_NAME_WORDS = 6


@dataclass(frozen=True)
class FieldProposal:
    """The selectors of a field, the number of sampled pages on which they find a value, and an example of one."""

    selectors: tuple[str, ...] = ()
    pages: int = 0
    example: str = ""


NO_FIELD = FieldProposal()


def is_one(_page: HtmlPage, nodes: list[Node]) -> bool:
    return len(nodes) == 1


def is_one_with_links(_page: HtmlPage, nodes: list[Node]) -> bool:
    return len(nodes) == 1 and bool(nodes[0].css("a[href]"))


def link_targets(sample: SampledGroup, selector: str) -> list[tuple[str, ...]]:
    rows = (
        tuple(
            link.attributes.get("href") or ""
            for node in page.select(selector)
            for link in node.css("a[href]")
        )
        for page in sample.pages
    )
    return [row for row in rows if row]


def meta_sources(sample: SampledGroup, pattern: re.Pattern[str]) -> list[str]:
    """Return selectors of elements `meta` whose name fits."""
    names: dict[str, None] = {}
    for page in sample.pages:
        for meta in page.select("meta[content]"):
            for attribute in ("name", "property", "itemprop"):
                name = meta.attributes.get(attribute) or ""
                if name and "'" not in name and pattern.search(name):
                    names[f"meta[{attribute}='{name}']"] = None
    return list(names)


def time_selectors(sample: SampledGroup) -> list[str]:
    selectors: dict[str, None] = {}
    for page in sample.pages[:5]:
        for node in page.select("body time[datetime]"):
            if not sample.in_frame(node) and (
                selector := find_selector(
                    sample.pages, node, lambda _page, nodes: len(nodes) == 1, share=MIN_SHARE
                )
            ):
                selectors[selector] = None
    return list(filter(None, selectors))


def visible_selectors(sample: SampledGroup, fits: Callable[[str], bool], *, links: bool = True) -> list[str]:
    """Return selectors of short elements beside the text whose words fit, each finding one element a page.

    Args:
        links: whether elements with links fit.
    """
    selectors: dict[str, None] = {}

    def is_right(_page: HtmlPage, nodes: list[Node]) -> bool:
        return len(nodes) == 1 and fits(plain_text(nodes[0]))

    for page in sample.pages[:6]:
        for node in sample.short_elements(page):
            if not links and (node.tag == "a" or node.css("a")):
                continue
            if fits(plain_text(node)) and plain_text(node) != sample.titles[id(page)]:
                selector = find_selector(sample.pages, node, is_right, share=MIN_SHARE)
                if selector:
                    selectors[selector] = None
    return list(selectors)


def class_selectors(
    sample: SampledGroup, pattern: re.Pattern[str], attributes: Iterable[str], inner: str = ""
) -> list[str]:
    """Return selectors of elements beside the text whose class or attribute has a name that fits."""
    selectors: dict[str, None] = {}
    for page in sample.pages:
        inside = sample.text_ids(page)
        for node in page.select("body *"):
            if node.mem_id in inside or sample.in_frame(node):
                continue
            for name in classes_of(node):
                if pattern.search(name):
                    has_links = not inner and node.css("a") and node.tag != "a"
                    selectors |= {f"{node.tag}.{name} a": None} if has_links else {}
                    selectors[f"{node.tag}.{name} {inner}".strip()] = None
            for attribute in attributes:
                if (value := node.attributes.get(attribute)) and pattern.search(value):
                    selectors[f"{node.tag}[{attribute}='{value}']"] = None
    return list(selectors)


def values_on_pages(sample: SampledGroup, selector: str, *, outside_text: bool = False) -> list[list[str]]:
    """Return the values that a source finds on each page."""
    source = source_of(selector)
    rows = []
    for page in sample.pages:
        values = read_values(page, (source,))
        if outside_text and not source.property_path and "meta" not in selector:
            inside = sample.text_ids(page)
            nodes = [node for node in page.select(source.selector) if node.mem_id not in inside]
            values = [plain_text(node) for node in nodes]
        rows.append([value for value in values if value])
    return rows


def source_of(selector: str) -> ValueSource:
    if selector.startswith(JSON_LD):
        return ValueSource(property_path=tuple(selector[len(JSON_LD) :].split(".")))
    plain, _space, attribute = selector.partition(" @")
    return ValueSource(plain, attribute)


def add_fallbacks(sample: SampledGroup, selectors: list[str], fits: Callable[[str], bool]) -> list[str]:
    """Return the first selector, and of the others those that find a value where none before did."""
    chosen: list[str] = []
    missing = set(range(len(sample.pages)))
    for selector in selectors:
        found = {
            number
            for number, values in enumerate(values_on_pages(sample, selector))
            if values and fits(values[0])
        }
        if missing & found:
            chosen.append(selector)
            missing -= found
    return chosen


def describe_field(sample: SampledGroup, selectors: list[str]) -> FieldProposal:
    if not selectors:
        return NO_FIELD
    rows = [read_values(page, [source_of(selector) for selector in selectors]) for page in sample.pages]
    found = [values[0] for values in rows if values]
    return FieldProposal(tuple(selectors), len(found), next(iter(found), "")[:60])


def are_distinct(texts: list[str]) -> bool:
    return len(set(texts)) >= MIN_DISTINCT * len(texts)


def is_byline(text: str) -> bool:
    if not BYLINE.fullmatch(" ".join(text.split())) or has_date(text):
        return False
    names, _others = split_names(text)
    return bool(names) and all(map(is_name, names))


def has_date(text: str) -> bool:
    return find_date(text) is not None


def is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= MAX_NAME_WORDS and words[0][:1].isupper() and words[-1][:1].isupper()
