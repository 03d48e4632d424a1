"""The HTML of the rich text editor: prepared from what the parser reads, and written as Markdown again."""

import re
from collections.abc import Sequence
from html import unescape
from itertools import groupby

from publications.html_tree import (
    ATTRIBUTE_VALUES,
    ATTRIBUTES,
    GLOBAL_ATTRIBUTES,
    VERBATIM,
    Element,
    is_inline_child,
    parse,
)

from .links import LIBRARY_IMAGE, PHRASING_PARENTS, move_ids_to_spans, normalize_links
from .markdown_lists import LISTS
from .markdown_styles import EDITABLE_STYLE, SPACES
from .source import LESS_THAN, PROTECTED_PUNCTUATION, TAG
from .to_markdown import to_markdown

WHITE_SPACE = " \xa0"
LINE_SEPARATORS = re.compile("[\x0b\x0c\x85\u2028\u2029]")  # which Markdown reads as the ends of lines


def prepare_html(root: Element, labels: Sequence[str]) -> None:
    """Turn references to notes into links that name the label, as in stored HTML, and collapse white space."""
    move_ids_to_spans(root)
    normalize_links(root)
    for element in root.find_all("img", "a", "ref"):
        if element.tag == "img":
            element.attributes = {
                "src": f"image:{element.attributes.pop('data-image')}",
                **element.attributes,
            }
        elif element.tag == "a":
            element.attributes["href"] = element.get("href").replace("(", "%28").replace(")", "%29")
        else:
            label = labels[int(element.attributes["n"])]
            element.tag, element.attributes = "sup", {}
            element.children = [Element("a", {"href": f"#fn-{label}", "class": "footnote-ref"}, [label])]
    _collapse_spaces(root)


def _collapse_spaces(element: Element) -> None:
    if element.tag in VERBATIM:
        return
    element.children = [_shown_text(child) if isinstance(child, str) else child for child in element.children]
    _strip_around_breaks(element)
    if element.tag in LISTS:
        _normalize_list(element)
    if element.tag in PHRASING_PARENTS:
        _strip_ends(element)
    for child in element.elements:
        _collapse_spaces(child)


def _shown_text(text: str) -> str:
    """Return text as the editor shows it: escaped hyphens and dots stay masked where they prevent a dash or "…"."""
    text = SPACES.sub(" ", text).replace(LESS_THAN, "<")
    for character in "-.":
        mask = PROTECTED_PUNCTUATION[character]
        if mask in text:
            text = re.sub(rf"(?<![{mask}{character}]){mask}(?![{mask}{character}])", character, text)
    return text


def _strip_around_breaks(element: Element) -> None:
    children = element.children
    for index, child in enumerate(children):
        if isinstance(child, Element) and child.tag == "br":
            if index and isinstance(before := children[index - 1], str):
                children[index - 1] = before.rstrip(WHITE_SPACE)
            if index + 1 < len(children) and isinstance(after := children[index + 1], str):
                children[index + 1] = after.lstrip(WHITE_SPACE)


def _strip_ends(element: Element) -> None:
    """Remove white space at the beginning and the end of a block, and line breaks at its end."""
    children = element.children
    while children and _is_removable(children[-1]):
        children.pop()
    for index, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if children and isinstance(child := children[index], str):
            children[index] = strip(child, WHITE_SPACE)
    element.children = [child for child in children if child != ""]


def _is_removable(child: Element | str) -> bool:
    return not child.strip(WHITE_SPACE) if isinstance(child, str) else child.tag == "br"


def _normalize_list(element: Element) -> None:
    """Put the text of each item into a paragraph if one item of the list has one: Markdown knows no mixed lists."""
    if any(child.tag == "p" for item in element.elements for child in item.elements):
        for item in element.elements:
            item.children = [
                part
                for is_inline, children in groupby(item.children, key=is_inline_child)
                for part in ([Element("p", {}, list(children))] if is_inline else children)
            ]


def write_html(html: str) -> str:
    """Return the Markdown of a block in the editor. Attributes that authors may not set are ignored."""
    body = parse(LINE_SEPARATORS.sub(" ", html))
    for element in [element for element in body.walk() if element.attributes]:
        element.attributes = {
            name: value for name, value in element.attributes.items() if _is_allowed(element.tag, name, value)
        }
        if element.tag == "img" and (match := LIBRARY_IMAGE.fullmatch(element.get("src"))):
            element.attributes["data-image"] = match[1]
        if align := element.get("align"):
            element.attributes["data-align"] = align
    try:
        return to_markdown(body, EDITABLE_STYLE)
    except RecursionError:  # the parser refuses far fewer levels: only the words are left
        return EDITABLE_STYLE.escape(unescape(TAG.sub(" ", html)))


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return value in ("footnotes", "footnote-ref")
    return name in ATTRIBUTES.get(tag, GLOBAL_ATTRIBUTES) and bool(ATTRIBUTE_VALUES[name].fullmatch(value))
