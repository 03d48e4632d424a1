"""The element tree for HTML (parse, walk, serialize), and the elements and attributes that the site allows.

`parse` reads HTML that the site has stored or written itself, which is sanitized and well formed. HTML of authors is
not: `markup` repairs it to the same tree. The module does not use the database, translations or templates.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


def split_names(names: str) -> frozenset[str]:
    """Return the names in a text with spaces between them."""
    return frozenset(names.split())


HEADINGS = split_names("h1 h2 h3 h4 h5 h6")
INLINE = split_names(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var"
)
VOID = split_names("br hr img wbr")
VERBATIM = split_names("code kbd pre samp")
"""Elements whose text is shown verbatim."""
BLOCKS = HEADINGS | split_names("p blockquote ul ol dl pre hr table")
NESTED_BLOCKS = split_names("li dt dd caption thead tbody tfoot tr th td")
"""Elements that are valid in certain blocks only."""
ALLOWED = INLINE | VOID | BLOCKS | NESTED_BLOCKS
"""Elements that authors may use. The site itself adds `div`, `section`, `figure` and `figcaption`."""
DROPPED = split_names("iframe math noembed noframes object script style svg template textarea title xmp")
"""Elements that are removed with their content."""
UNWRAPPED_BLOCKS = split_names(
    "address article aside audio body canvas center details dir div fieldset figcaption figure footer form "
    "frameset head header hgroup html legend main menu nav noscript optgroup option picture section summary "
    "video"
)
"""Block elements that are replaced by their content."""
UNWRAPPED_INLINE = split_names(
    "acronym applet area base basefont bgsound big blink button col colgroup data datalist embed font frame "
    "input isindex keygen label link listing marquee meta meter nobr output param plaintext progress rb rp "
    "rt rtc ruby select source strike time track tt"
)
"""Inline elements that are replaced by their content."""
HTML = ALLOWED | DROPPED | UNWRAPPED_BLOCKS | UNWRAPPED_INLINE

_ANY = re.compile(r".*", re.DOTALL)
_COUNT = re.compile(r"[1-9][0-9]?")
_NUMBER = re.compile(r"-?[0-9]{1,6}")
ATTRIBUTE_VALUES = {
    "alt": _ANY,
    "align": re.compile("left|right|center"),
    "colspan": _COUNT,
    "dir": re.compile("ltr|rtl|auto"),
    "href": _ANY,
    "id": _ANY,
    "lang": re.compile("[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}"),
    "name": _ANY,
    "reversed": _ANY,
    "rowspan": _COUNT,
    "src": _ANY,
    "start": _NUMBER,
    "title": _ANY,
    "type": re.compile("[1aAiI]"),
    "value": _NUMBER,
}
"""The valid values of authors' attributes."""
GLOBAL_ATTRIBUTES = frozenset({"lang", "dir", "id"})
ATTRIBUTES = {
    "a": GLOBAL_ATTRIBUTES | {"href", "title", "name"},
    "abbr": GLOBAL_ATTRIBUTES | {"title"},
    "dfn": GLOBAL_ATTRIBUTES | {"title"},
    "img": GLOBAL_ATTRIBUTES | {"src", "alt", "title"},
    "li": GLOBAL_ATTRIBUTES | {"value"},
    "ol": GLOBAL_ATTRIBUTES | {"start", "reversed", "type"},
    "td": GLOBAL_ATTRIBUTES | {"colspan", "rowspan", "align"},
    "th": GLOBAL_ATTRIBUTES | {"colspan", "rowspan", "align"},
}
"""The attributes that authors may set, by element; other elements take GLOBAL_ATTRIBUTES."""

_INLINE_TAGS = INLINE | {"br", "wbr", "img", "ref"}  # `ref` is a reference to a note while `markup` renders


@dataclass(slots=True, eq=False)
class Element:
    """An element with its tag, its attributes in source order, and its child elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def elements(self) -> list["Element"]:
        """The child elements."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        """All text in this element, with its white space."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def is_inline(self) -> bool:
        return self.tag in _INLINE_TAGS

    def get(self, name: str) -> str:
        """Return the value of an attribute, or an empty string."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """Yield this element and its descendants in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack += [child for child in reversed(element.children) if not isinstance(child, str)]

    def find_all(self, *tags: str) -> list["Element"]:
        """Return this element and its descendants with one of these tags, in document order."""
        return [element for element in self.walk() if element.tag in tags]

    def replace_descendants(self, replacement: Callable[["Element"], list["Element | str"]]) -> None:
        """Replace each descendant by what `replacement` returns for it, the innermost first."""
        children: list[Element | str] = []
        for child in self.children:
            if isinstance(child, Element):
                child.replace_descendants(replacement)
                children += replacement(child)
            else:
                children.append(child)
        self.children = children


def is_inline_child(child: Element | str) -> bool:
    """Whether this child is text or an inline element."""
    return isinstance(child, str) or child.is_inline


def is_blank(child: Element | str) -> bool:
    """Whether this child is text that consists of white space."""
    return isinstance(child, str) and not child.strip()


def is_bare_link(element: Element) -> bool:
    """Whether this is a link whose text is its address."""
    href = element.get("href")
    return bool(href) and element.children in ([href], [href.removeprefix("mailto:")])


def parse(html: str) -> Element:
    """Return well-formed HTML as a tree below an element `body`.

    An end tag closes the nearest open element of its name; one without a start tag is ignored.
    """
    parser = _TreeParser()
    parser.feed(html)
    parser.close()
    return parser.root


def serialize(child: Element | str) -> str:
    """Return an element or a text as HTML that browsers and the sanitizer parse in the same way."""
    if isinstance(child, str):
        return _escape(child)
    attributes = "".join(
        f' {name}="{_escape(value).replace('"', "&quot;")}"' for name, value in child.attributes.items()
    )
    if child.tag in VOID:
        return f"<{child.tag}{attributes}>"
    return f"<{child.tag}{attributes}>{''.join(map(serialize, child.children))}</{child.tag}>"


def _escape(text: str) -> str:
    """Return escaped text. Searches are faster than a translation, which looks up each character."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\xa0", "&nbsp;")


class _TreeParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self._open = [self.root]
        self._open_tags: Counter[str] = Counter()  # so that an end tag without a start tag costs no search

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)
            self._open_tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        while self._open_tags[tag]:
            closed = self._open.pop().tag
            self._open_tags[closed] -= 1
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
