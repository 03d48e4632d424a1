"""Normalize links, the library images of a text, and the ids that links point to.

Headings and paragraphs have ids assigned by the site. An author's id (`{#grain}`, `<a id="grain">`) becomes an empty
`span` at its position, so that links with that fragment still work: those of other pages, and of the site that a text
was written for.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from publications.html_tree import HEADINGS, INLINE, VOID, Element, is_blank

KEY = r"[a-z0-9]{6,32}"
LIBRARY_IMAGE = re.compile(f"image:({KEY})")
# Starts with a literal, which `re` searches fast; otherwise the same as \bimage:.
IMAGE_MENTION = re.compile(rf"image:(?<!\wimage:)({KEY})(?!\w)")
INVALID_IMAGE_MENTION = re.compile(
    rf"!\[[^\]\n]{{0,1000}}\]\(\s*<?image:(?!{KEY}(?![^\s)>]))([^\s)>]{{0,200}})"
)
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
WEB_ADDRESS = re.compile(r"https?://[^/?#\[\]<>\"\\^`{|}%]+", re.IGNORECASE)
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
PAGE_IDS = {
    "about", "about-us", "alerts", "alerts-choice-error", "alerts-choice-hint", "alerts-data", "alerts-error",
    "alerts-how-often", "alerts-leave", "alerts-pause", "alerts-pause-error", "alerts-pause-hint",
    "alerts-removed-error", "alerts-stored",
    "alerts-what", "alerts-where", "answer", "cite", "content", "content-start",
    "contents", "corrections", "countries",
    "download", "follow", "footer-follow", "footer-sections", "footer-site", "from", "key-points", "latest",
    "notice", "notice-heading", "pdf", "pdf-hint", "people", "related", "responsible", "result", "series", "server",
    "server-error", "server-hint", "share", "site-search", "text", "themes", "topics", "true", "words", "written",
}  # fmt: skip
"""Ids that the templates of public pages use; an author's id is changed if it is one of them."""
FRAGMENT = re.compile(r"[^\s\"<>&\x00-\x1f]{1,200}")
SITE_IDS = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?|note-[0-9]+|fn(ref)?-[0-9]+(-[0-9]+)?")
PHRASING_PARENTS = HEADINGS | {"p", "li", "dt", "dd", "td", "th", "caption", "pre"}


@dataclass(frozen=True)
class Heading:
    """A heading of the body with its level (2 to 6), its text and its id on the page."""

    level: int
    text: str
    anchor: str


def image_keys_in(markdown: str) -> tuple[str, ...]:
    """Return the distinct keys of library images in Markdown, in order, without rendering it."""
    return tuple(dict.fromkeys(IMAGE_MENTION.findall(markdown)))


def invalid_image_keys(markdown: str) -> tuple[str, ...]:
    """Return the distinct invalid keys in references to library images (`image:…`), in order."""
    return tuple(dict.fromkeys(INVALID_IMAGE_MENTION.findall(markdown)))


def image_keys_of(root: Element) -> tuple[str, ...]:
    """Return the distinct keys of library images in a rendered text, in order."""
    return tuple(dict.fromkeys(image.attributes["data-image"] for image in root.find_all("img")))


def safe_address(address: str) -> str:
    """Return the address if links may have it (http, https, mailto, tel, this site), otherwise an empty string."""
    stripped = re.sub(r"[\x00-\x1f\x7f-\x9f]", "", address).strip().replace(" ", "%20")
    if match := SCHEME.match(stripped):
        scheme = match[1].lower()
        is_safe = (
            bool(WEB_ADDRESS.match(stripped)) if scheme.startswith("http") else scheme in ALLOWED_SCHEMES
        )
        return stripped if is_safe else ""
    return "" if re.match(r"[/\\]{2}", stripped) else stripped


def normalize_links(root: Element) -> None:
    """Remove disallowed link targets and empty inline elements, and turn external images into links."""
    root.replace_descendants(_normalize_element)


def _normalize_element(element: Element) -> list[Element | str]:
    if element.tag == "img":
        return _normalize_image(element)
    if element.tag == "a":
        return _normalize_link(element)
    if element.tag == "span" and not element.attributes:
        return element.children
    return [element] if element.children or element.tag not in INLINE or is_id_span(element) else []


def _normalize_image(element: Element) -> list[Element | str]:
    address, alt = element.attributes.get("src", ""), element.attributes.get("alt", "")
    if match := LIBRARY_IMAGE.fullmatch(address):
        caption = element.attributes.get("title", "")
        return [
            Element("img", {"data-image": match[1], "alt": alt} | ({"title": caption} if caption else {}))
        ]
    label = alt or safe_address(address)
    return _normalize_link(Element("a", {"href": address}, [label] if label else []))


def _normalize_link(element: Element) -> list[Element | str]:
    # Links cannot be nested.
    element.replace_descendants(lambda child: child.children if child.tag == "a" else [child])
    href = safe_address(element.attributes.pop("href", ""))
    if not href or not element.children:
        return element.children
    element.attributes = {"href": href} | element.attributes
    return [element]


def github_slug(text: str) -> str:
    """Return the id of a heading as GitHub, Hugo, kramdown and most Eleventy plugins build it.

    The text in lower case: letters, digits, hyphens and underscores stay, spaces become hyphens, the rest is removed.
    """
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def fragment_on_page(fragment: str) -> str:
    """Return the id on the page for an author's id: with the prefix `s-` if the templates use it."""
    return f"s-{fragment}" if fragment in PAGE_IDS else fragment


def move_ids_to_spans(root: Element) -> None:
    """Replace the ids of elements by empty spans within or before them."""
    if not any("id" in element.attributes or "name" in element.attributes for element in root.walk()):
        return
    for element in list(root.walk()):
        for child in [child for child in element.elements if child.tag in INLINE | VOID]:
            if name := _pop_id(child):
                element.children.insert(element.children.index(child), Element("span", {"id": name}))
    for element in [element for element in root.walk() if not element.is_inline]:
        if name := _pop_id(element):
            _first_phrasing_parent(element).children.insert(0, Element("span", {"id": name}))
    _move_lone_anchors(root)


def is_id_span(child: Element | str) -> bool:
    """Whether this is a span with an id."""
    return isinstance(child, Element) and child.tag == "span" and "id" in child.attributes


def resolve_ids(roots: Sequence[Element], headings: Sequence[Heading]) -> None:
    """Make authors' ids unique and distinct from those of the page, and point links within the text to existing ids."""
    used_ids = {
        element.attributes["id"]
        for root in roots
        for element in root.walk()
        if "id" in element.attributes and not is_id_span(element)
    }
    for root in roots:
        root.replace_descendants(lambda element: _normalize_anchor(element, used_ids))
    slugs = _heading_slugs(headings)
    for link in [link for root in roots for link in root.find_all("a")]:
        href = link.attributes.get("href", "")
        if href.startswith("#") and href[1:] not in used_ids:
            link.attributes["href"] = f"#{_resolve_fragment(unquote(href[1:]), used_ids, slugs)}"


def _resolve_fragment(fragment: str, used_ids: set[str], slugs: dict[str, str]) -> str:
    """Return the id for a fragment: as written, as changed on the page, or that of the heading with this slug."""
    ids = (name for name in (fragment, fragment_on_page(fragment)) if name in used_ids)
    return next(ids, "") or slugs.get(fragment.lower(), fragment)


def _heading_slugs(headings: Sequence[Heading]) -> dict[str, str]:
    """Return the ids of headings by their GitHub slugs; repeated slugs are numbered."""
    slugs: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for heading in headings:
        source_text = heading.text.replace("—", "---").replace("–", "--")  # undo typography
        for name in dict.fromkeys((github_slug(heading.text), github_slug(source_text))):
            slugs.setdefault(f"{name}-{counts[name]}" if counts[name] else name, heading.anchor)
            counts[name] += 1
    return slugs


def _normalize_anchor(element: Element, used_ids: set[str]) -> list[Element | str]:
    if not is_id_span(element):
        return [element]
    name = fragment_on_page(element.attributes["id"])
    if name in used_ids or SITE_IDS.fullmatch(name):
        return []
    used_ids.add(name)
    return [Element("span", {"id": name})]


def _pop_id(element: Element) -> str:
    """Remove and return the id of an element, or its `name`, as older HTML has it."""
    if is_id_span(element) and not element.children and len(element.attributes) == 1:
        return ""
    name = element.attributes.pop("name", "")
    name = element.attributes.pop("id", "") or name
    return name if FRAGMENT.fullmatch(name) else ""


def _first_phrasing_parent(element: Element) -> Element:
    """Return the first element in this one with inline content only, or this one."""
    phrasing_parents = (
        descendant
        for descendant in element.walk()
        if descendant.tag in PHRASING_PARENTS and all(child.is_inline for child in descendant.elements)
    )
    return next(phrasing_parents, element)


def _move_lone_anchors(root: Element) -> None:
    """Move ids from paragraphs without text, which may become figures, to the text after them."""
    pending: list[Element] = []
    for element in [
        element
        for element in root.walk()
        if element.tag in PHRASING_PARENTS and all(child.is_inline for child in element.elements)
    ]:
        anchors = [child for child in element.elements if is_id_span(child)]
        if element.tag == "p" and anchors and not _has_text(element):
            element.children = [child for child in element.children if not is_id_span(child)]
            pending += anchors
        elif pending:
            element.children[:0] = pending
            pending = []
    if pending:
        root.children.append(Element("p", {}, list(pending)))


def _has_text(element: Element) -> bool:
    children = (child for descendant in element.walk() for child in descendant.children)
    return any(isinstance(child, str) and not is_blank(child) for child in children)


class UniqueIds:
    """Makes ids unique by appending numbers."""

    def __init__(self, used_ids: Iterable[str] = ()) -> None:
        self.used_ids = set(used_ids)
        self.numbers: dict[str, int] = {}

    def claim(self, name: str) -> str:
        anchor = name
        while anchor in self.used_ids:
            self.numbers[name] = self.numbers.get(name, 1) + 1
            anchor = f"{name}-{self.numbers[name]}"
        self.used_ids.add(anchor)
        return anchor
