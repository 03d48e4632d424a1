"""One tree for HTML: read it, walk it, write it. And which elements and attributes the site knows, declared once.

`parse` reads HTML that the site has stored or written itself, which is sanitised and well formed. What authors
type is not: `markup` repairs it into the same tree. Knows no database, no language and no page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


HEADINGS = _names("h1 h2 h3 h4 h5 h6")
INLINE = _names(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var"
)
VOID = _names("br hr img wbr")
VERBATIM = _names("code kbd pre samp")
"""Elements whose text is shown as it was typed."""
BLOCKS = HEADINGS | _names("p blockquote ul ol dl pre hr table")
PARTS = _names("li dt dd caption thead tbody tfoot tr th td")
"""Elements that stand in one certain block only."""
KEPT = INLINE | VOID | BLOCKS | PARTS
"""What an author may use. The site itself adds `div`, `section`, `figure` and `figcaption`."""
DROPPED = _names("iframe math noembed noframes object script style svg template textarea title xmp")
"""Left out with everything in them."""
UNWRAPPED_BLOCKS = _names(
    "address article aside audio body canvas center details dir div fieldset figcaption figure footer form "
    "frameset head header hgroup html legend main menu nav noscript optgroup option picture section summary "
    "video"
)
"""Left out, their content stays. They end a paragraph."""
UNWRAPPED_INLINE = _names(
    "acronym applet area base basefont bgsound big blink button col colgroup data datalist embed font frame "
    "input isindex keygen label link listing marquee meta meter nobr output param plaintext progress rb rp "
    "rt rtc ruby select source strike time track tt"
)
"""Left out, their content stays. They end no paragraph."""
HTML = KEPT | DROPPED | UNWRAPPED_BLOCKS | UNWRAPPED_INLINE

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
"""What an author may write as the value of an attribute."""
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
"""The attributes an author may give an element; elements not listed take GLOBAL_ATTRIBUTES."""

_INLINE_TAGS = INLINE | {"br", "wbr", "img", "ref"}  # `ref` is a reference to a note while `markup` renders
_ESCAPED_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})
_ESCAPED_VALUE = {**_ESCAPED_TEXT, ord('"'): "&quot;"}


@dataclass(slots=True, eq=False)
class Element:
    """An element: its tag, its attributes in the order they are written, and its child elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def elements(self) -> list["Element"]:
        """The elements directly in this one."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        """All text in this element, with the white space that the HTML has."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def is_inline(self) -> bool:
        return self.tag in _INLINE_TAGS

    def get(self, name: str) -> str:
        """Return the value of an attribute, or an empty string."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all below it, in the order of the text."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack += reversed(element.elements)

    def find_all(self, *tags: str) -> list["Element"]:
        """Return the elements with one of these tags, this one included, in the order of the text."""
        return [element for element in self.walk() if element.tag in tags]

    def replace(self, change: Callable[["Element"], list["Element | str"]]) -> None:
        """Put what `change` returns in the place of each element below this one, the innermost first."""
        children: list[Element | str] = []
        for child in self.children:
            if isinstance(child, Element):
                child.replace(change)
                children += change(child)
            else:
                children.append(child)
        self.children = children


def is_inline_child(child: Element | str) -> bool:
    """Whether this child stands in a line of text: text itself, or an inline element."""
    return isinstance(child, str) or child.is_inline


def is_blank(child: Element | str) -> bool:
    """Whether this child is text of white space alone."""
    return isinstance(child, str) and not child.strip()


def is_bare_link(element: Element) -> bool:
    """Whether this is a link that reads as the address it leads to, which is shown as it is."""
    href = element.get("href")
    return bool(href) and element.children in ([href], [href.removeprefix("mailto:")])


def parse(html: str) -> Element:
    """Return HTML that the site stored or wrote as a tree below an element `body`.

    An end tag closes the nearest open element of its name; one without a start tag is ignored.
    """
    parser = _TreeParser()
    parser.feed(html)
    parser.close()
    return parser.root


def serialize(child: Element | str) -> str:
    """Return an element or a text as HTML that browsers and the sanitizer read in one way only."""
    if isinstance(child, str):
        return child.translate(_ESCAPED_TEXT)
    attributes = "".join(
        f' {name}="{value.translate(_ESCAPED_VALUE)}"' for name, value in child.attributes.items()
    )
    if child.tag in VOID:
        return f"<{child.tag}{attributes}>"
    return f"<{child.tag}{attributes}>{''.join(map(serialize, child.children))}</{child.tag}>"


class _TreeParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
