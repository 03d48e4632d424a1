"""Where links lead, and which pictures a text shows: those of the library, and no others."""

import re

from publications.html_tree import INLINE, Element

from .fragments import is_anchor

KEY = r"[a-z0-9]{6,32}"
LIBRARY_IMAGE = re.compile(f"image:({KEY})")
MENTION = re.compile(rf"(?<!\w)image:({KEY})(?!\w)")
MISNAMED = re.compile(rf"!\[[^\]\n]{{0,1000}}\]\(\s*<?image:(?!{KEY}(?![^\s)>]))([^\s)>]{{0,200}})")
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
WEB = re.compile(r"https?://[^/?#\[\]<>\"\\^`{|}%]+", re.IGNORECASE)
SCHEMES = frozenset({"http", "https", "mailto", "tel"})


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


def shape_links(tree: Element) -> None:
    """Links lead where they may, pictures from elsewhere become links, and what holds nothing goes."""
    tree.replace(_shape)


def _shape(element: Element) -> list[Element | str]:
    if element.tag == "img":
        return _picture(element)
    if element.tag == "a":
        return _link(element)
    if element.tag == "span" and not element.attributes:
        return element.children
    return [element] if element.children or element.tag not in INLINE or is_anchor(element) else []


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
