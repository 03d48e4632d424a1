"""Where links lead, which library images a text shows, and the ids that links lead to.

Headings and paragraphs have ids of the site's own. An id of an author (`{#grain}`, `<a id="grain">`) becomes an empty
`span` where it stood, so that a link with that fragment lands there: links of other pages, and of the site that a text
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
MENTION = re.compile(rf"(?<!\w)image:({KEY})(?!\w)")
MISNAMED = re.compile(rf"!\[[^\]\n]{{0,1000}}\]\(\s*<?image:(?!{KEY}(?![^\s)>]))([^\s)>]{{0,200}})")
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
WEB = re.compile(r"https?://[^/?#\[\]<>\"\\^`{|}%]+", re.IGNORECASE)
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
PAGE_IDS = {
    "about", "about-us", "cite", "content", "content-start", "contents", "corrections", "countries", "download",
    "follow", "footer-follow", "footer-sections", "footer-site", "from", "key-points", "latest", "people", "related",
    "responsible", "series", "server", "server-error", "server-hint", "share", "sought", "themes", "topics", "true",
    "words", "written",
}  # fmt: skip
"""Ids that the templates of public pages use themselves: an author's id is none of them."""
FRAGMENT = re.compile(r"[^\s\"<>&\x00-\x1f]{1,200}")
RESERVED = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?|note-[0-9]+|fn(ref)?-[0-9]+(-[0-9]+)?")
PHRASES = HEADINGS | {"p", "li", "dt", "dd", "td", "th", "caption", "pre"}


@dataclass(frozen=True)
class Heading:
    """A heading of the body: level 2 to 6, its text, and its id on the page."""

    level: int
    text: str
    anchor: str


def images_in(markdown: str) -> tuple[str, ...]:
    """The keys of library images that a text may refer to, in order, once each; found without rendering."""
    return tuple(dict.fromkeys(MENTION.findall(markdown)))


def misnamed_images(markdown: str) -> tuple[str, ...]:
    """What stands in the place of a key where a picture of the library is meant, in order, once each."""
    return tuple(dict.fromkeys(MISNAMED.findall(markdown)))


def images_of(tree: Element) -> tuple[str, ...]:
    """The keys of library images that a rendered text shows, in order, once each."""
    return tuple(dict.fromkeys(image.attributes["data-image"] for image in tree.find_all("img")))


def safe_address(address: str) -> str:
    """The address if a link may lead there (http, https, mailto, tel, this site), else nothing."""
    bare = re.sub(r"[\x00-\x1f\x7f-\x9f]", "", address).strip().replace(" ", "%20")
    if match := SCHEME.match(bare):
        scheme = match[1].lower()
        is_safe = bool(WEB.match(bare)) if scheme.startswith("http") else scheme in SCHEMES
        return bare if is_safe else ""
    return "" if re.match(r"[/\\]{2}", bare) else bare


def normalize_links(tree: Element) -> None:
    """Links lead where they may, pictures from elsewhere become links, and what holds nothing goes."""
    tree.replace(_shape)


def _shape(element: Element) -> list[Element | str]:
    if element.tag == "img":
        return _picture(element)
    if element.tag == "a":
        return _link(element)
    if element.tag == "span" and not element.attributes:
        return element.children
    return [element] if element.children or element.tag not in INLINE or is_empty_anchor(element) else []


def _picture(element: Element) -> list[Element | str]:
    address, alt = element.attributes.get("src", ""), element.attributes.get("alt", "")
    if match := LIBRARY_IMAGE.fullmatch(address):
        caption = element.attributes.get("title", "")
        return [
            Element("img", {"data-image": match[1], "alt": alt} | ({"title": caption} if caption else {}))
        ]
    label = alt or safe_address(address)
    return _link(Element("a", {"href": address}, [label] if label else []))


def _link(element: Element) -> list[Element | str]:
    element.replace(lambda child: child.children if child.tag == "a" else [child])  # was a picture
    href = safe_address(element.attributes.pop("href", ""))
    if not href or not element.children:
        return element.children
    element.attributes = {"href": href} | element.attributes
    return [element]


def github_slug(text: str) -> str:
    """Return the id that GitHub, Hugo, kramdown and most plugins of Eleventy give to a heading.

    The rule: lower case; letters, digits, hyphens and underscores stay, a space becomes a hyphen, all else goes.
    """
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def fragment_on_page(fragment: str) -> str:
    """Return the fragment under which an author's id is found: with `s-` before it where the page needs the id."""
    return f"s-{fragment}" if fragment in PAGE_IDS else fragment


def lift_ids(tree: Element) -> None:
    """Replace the ids that elements carry by empty spans within or before them."""
    for element in list(tree.walk()):
        for child in [child for child in element.elements if child.tag in INLINE | VOID]:
            if name := _take_id(child):
                element.children.insert(element.children.index(child), Element("span", {"id": name}))
    for element in [element for element in tree.walk() if not element.is_inline]:
        if name := _take_id(element):
            _first_phrase(element).children.insert(0, Element("span", {"id": name}))
    _join_to_next(tree)


def is_empty_anchor(child: Element | str) -> bool:
    """Whether this is an empty span that carries an id."""
    return isinstance(child, Element) and child.tag == "span" and "id" in child.attributes


def resolve_ids(trees: Sequence[Element], headings: Sequence[Heading]) -> None:
    """Keep each author's id once, none that the page needs itself, and lead links within the text to what is there."""
    taken = {
        element.attributes["id"]
        for tree in trees
        for element in tree.walk()
        if "id" in element.attributes and not is_empty_anchor(element)
    }
    for tree in trees:
        tree.replace(lambda element: _settled(element, taken))
    slugs = _slugs(headings)
    for link in [link for tree in trees for link in tree.find_all("a")]:
        href = link.attributes.get("href", "")
        if href.startswith("#") and href[1:] not in taken:
            link.attributes["href"] = f"#{_place(unquote(href[1:]), taken, slugs)}"


def _place(fragment: str, taken: set[str], slugs: dict[str, str]) -> str:
    """The id that a fragment means: as written, as the page has it, or that of the heading with these words."""
    there = (each for each in (fragment, fragment_on_page(fragment)) if each in taken)
    return next(there, "") or slugs.get(fragment.lower(), fragment)


def _slugs(headings: Sequence[Heading]) -> dict[str, str]:
    """The ids of headings by what others would call them; a second of the same words is numbered."""
    slugs: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for heading in headings:
        typed = heading.text.replace("—", "---").replace("–", "--")  # as it was before typography
        for name in dict.fromkeys((github_slug(heading.text), github_slug(typed))):
            slugs.setdefault(f"{name}-{counts[name]}" if counts[name] else name, heading.anchor)
            counts[name] += 1
    return slugs


def _settled(element: Element, taken: set[str]) -> list[Element | str]:
    if not is_empty_anchor(element):
        return [element]
    name = fragment_on_page(element.attributes["id"])
    if name in taken or RESERVED.fullmatch(name):
        return []
    taken.add(name)
    return [Element("span", {"id": name})]


def _take_id(element: Element) -> str:
    """Take the id away from an element; `name` is what links of old had in its place."""
    if is_empty_anchor(element) and not element.children and len(element.attributes) == 1:
        return ""
    name = element.attributes.pop("name", "")
    name = element.attributes.pop("id", "") or name
    return name if FRAGMENT.fullmatch(name) else ""


def _first_phrase(element: Element) -> Element:
    """The first element in this one, or itself, that holds words."""
    holders = (
        each
        for each in element.walk()
        if each.tag in PHRASES and all(child.is_inline for child in each.elements)
    )
    return next(holders, element)


def _join_to_next(tree: Element) -> None:
    """Ids that stand alone, or beside a picture that will be a figure, go to the words behind them."""
    waiting: list[Element] = []
    for element in [
        element
        for element in tree.walk()
        if element.tag in PHRASES and all(child.is_inline for child in element.elements)
    ]:
        anchors = [child for child in element.elements if is_empty_anchor(child)]
        if element.tag == "p" and anchors and not _holds_words(element):
            element.children = [child for child in element.children if not is_empty_anchor(child)]
            waiting += anchors
        elif waiting:
            element.children[:0] = waiting
            waiting = []
    if waiting:
        tree.children.append(Element("p", {}, list(waiting)))


def _holds_words(element: Element) -> bool:
    return any(
        isinstance(child, str) and not is_blank(child) for each in element.walk() for child in each.children
    )


class UniqueIds:
    """Gives ids that are not taken; a second of the same name gets a number."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self.numbers: dict[str, int] = {}

    def give(self, wanted: str) -> str:
        anchor = wanted
        while anchor in self.taken:
            self.numbers[wanted] = self.numbers.get(wanted, 1) + 1
            anchor = f"{wanted}-{self.numbers[wanted]}"
        self.taken.add(anchor)
        return anchor
