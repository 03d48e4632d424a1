"""Parse the HTML of other systems, however it is written, to a tree with all its elements and attributes.

End tags may be missing, crossed or too many, as browsers accept it; no text is lost. `markup` makes valid HTML of the
tree once the package has found images, notes and embedded media in it. Parsing takes linear time.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote

from publications.html_tree import BLOCKS, HEADINGS, NESTED_BLOCKS, UNWRAPPED_BLOCKS, Element, split_names
from publications.html_tree import VOID as ALLOWED_VOID

MAX_DEPTH = 150
MAX_ATTRIBUTE_PARTS = 400
"""How many parts the attributes of a tag have: one without an end is not read to the end from each beginning in it."""
MAX_INLINE_DEPTH = 8
"""How often an inline element is nested in those of its name: its effects are copied into the blocks in it."""
VOID = ALLOWED_VOID | split_names(
    "area base basefont bgsound col embed frame input keygen link meta param source track"
)
RAW_TEXT = split_names("iframe noembed noframes script style textarea title xmp")
"""Elements whose content is text up to their end tag."""
UNREAD = split_names("head iframe link meta noembed noframes script style template title")
"""Elements whose text no reader sees."""
BLOCK_TAGS = BLOCKS | NESTED_BLOCKS | UNWRAPPED_BLOCKS - {"picture"} | {"iframe"}
SEPARATED = split_names("br button datalist meter object optgroup option progress select svg textarea")
"""Other elements that divide words."""
HIDDEN_CLASSES = split_names("screen-reader-text sr-only visually-hidden visuallyhidden")
"""Of words for readers who hear the page, which repeat or explain what others see."""
CELLS = frozenset({"td", "th", "caption"})
SCOPES = CELLS | {"table", "button", "object", "template"}
CLOSED_BY_START = {
    **dict.fromkeys(BLOCKS | UNWRAPPED_BLOCKS - {"noscript", "picture", "audio", "video"}, ({"p"}, SCOPES)),
    "li": ({"li"}, SCOPES | {"ul", "ol"}),
    **dict.fromkeys(("dt", "dd"), ({"dt", "dd"}, SCOPES | {"dl"})),
    **dict.fromkeys(("td", "th"), ({"td", "th", "caption"}, {"table"})),
    "tr": ({"tr", "caption"}, {"table"}),
    **dict.fromkeys(("thead", "tbody", "tfoot"), ({"thead", "tbody", "tfoot", "caption"}, {"table"})),
    "option": ({"option"}, SCOPES | {"select"}),
    "a": ({"a"}, SCOPES),
}
"""The elements that the start of an element closes, and those that it does not close anything outside of."""
TABLE_PARTS = CELLS | {"table", "thead", "tbody", "tfoot", "tr"}

TOKEN = re.compile(
    r"<(?:(?P<comment>!--)(?P<empty>-?>)?|[!?][^<>]*+>"
    r"|(?P<end>/?)(?P<tag>[a-zA-Z][^\s/<>]*+)"
    r"""(?P<attributes>(?:[^<>=]++|=\s*+(?:"[^"]*+"|'[^']*+')|=)"""
    rf"{{0,{MAX_ATTRIBUTE_PARTS}}}+)>|/>)"
)
COMMENT_END = re.compile("--!?>")
ATTRIBUTE = re.compile(r"""([^\s"'<>=/]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s<>]++)))?+""")
LINKED_FRAGMENT = re.compile(r"""\bhref\s*+=\s*+["']?[^\s"'<>#]*+#([^\s"'<>]++)""", re.IGNORECASE)
SELF_CLOSING = re.compile(r"""(?:^|[\s"'])/\s*$""")
REFERENCE_IN_ATTRIBUTE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
LONG_REFERENCE = re.compile("&#[0-9]{8,}")  # not a character; int() refuses thousands of digits
NO_SIZE = re.compile(r"0+(?:\.0+)?(?:[a-z]+|%)?")
FAR_AWAY = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|em|rem|%|vw)?$")
UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)

Child = Element | str


class SourceTree(Element):
    """The root of a tree; `comments` are the texts of the comments in it."""

    __slots__ = ("comments",)

    def __init__(self) -> None:
        super().__init__("body")
        self.comments: list[str] = []


def parse_html(html: str) -> SourceTree:
    """Return the tree of some HTML below a `body`. It is at most MAX_DEPTH levels deep."""
    html = UNREADABLE.sub("", html.replace("\r\n", "\n").replace("\r", "\n"))
    return _TreeBuilder(LONG_REFERENCE.sub("&#65533", html)).build()


class _TreeBuilder:
    """Builds a tree with a stack of open elements."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.root = SourceTree()
        self.stack: list[Element] = [self.root]
        self.open_tags: Counter[str] = Counter()
        self.too_deep: Counter[str] = Counter()
        self.unclosed: set[str] = set()

    def build(self) -> SourceTree:
        position = 0
        while match := TOKEN.search(self.html, position):
            self._add_text(self.html[position : match.start()])
            position = match.end()
            if match["comment"]:
                position = position if match["empty"] else self._read_comment(position)
            elif match["end"]:
                self._close(match["tag"].lower())
            elif match["tag"]:
                position = self._open(match["tag"].lower(), match["attributes"], position)
        self._add_text(self.html[position:])
        return self.root

    def _add_text(self, raw: str) -> None:
        if raw:
            self.stack[-1].children.append(unescape(raw))

    def _read_comment(self, position: int) -> int:
        """Return the position after a comment; one without an end is no comment."""
        end = None if "comment" in self.unclosed else COMMENT_END.search(self.html, position)
        if not end:
            self.unclosed.add("comment")
            return position
        self.root.comments.append(self.html[position : end.start()].strip())
        return end.end()

    def _open(self, tag: str, attributes: str, position: int) -> int:
        """Add an element and return the position after it, if its content is text, or after its tag."""
        if rule := CLOSED_BY_START.get(tag):
            self._close_open(*rule)
        element = Element(tag, _parse_attributes(attributes))
        self.stack[-1].children.append(element)
        if tag in RAW_TEXT:
            return self._read_raw_text(element, position)
        if tag in VOID or SELF_CLOSING.search(attributes[-20:]):
            return position
        is_too_often = tag not in BLOCK_TAGS and self.open_tags[tag] >= MAX_INLINE_DEPTH
        if is_too_often or len(self.stack) > MAX_DEPTH:
            self.too_deep[tag] += 1
        else:
            self.stack.append(element)
            self.open_tags[tag] += 1
        return position

    def _read_raw_text(self, element: Element, position: int) -> int:
        end = None
        if element.tag not in self.unclosed:
            end = re.compile(rf"</{element.tag}[^<>]*>", re.IGNORECASE).search(self.html, position)
        if not end:
            self.unclosed.add(element.tag)
            return position
        content = self.html[position : end.start()]
        element.children = [unescape(content) if element.tag in ("textarea", "title") else content]
        return end.end()

    def _close(self, tag: str) -> None:
        if tag == "br":
            self.stack[-1].children.append(Element("br"))
        elif self.too_deep[tag]:
            self.too_deep[tag] -= 1
        elif tag in HEADINGS:
            self._close_open(HEADINGS, SCOPES)
        elif tag in TABLE_PARTS:
            self._close_open({tag}, () if tag == "table" else {"table"})
        elif tag == "li":
            self._close_open({"li"}, SCOPES | {"ul", "ol"})
        else:
            self._close_open({tag}, CELLS if tag in BLOCK_TAGS or tag == "a" else CELLS | BLOCK_TAGS)

    def _close_open(self, tags: set[str] | frozenset[str], stops: set[str] | frozenset[str] | tuple) -> None:
        """Close the nearest open element with one of the tags, unless one of `stops` is nearer."""
        if not any(self.open_tags[tag] for tag in tags):
            return
        for index in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[index].tag
            if tag in tags:
                self.open_tags.subtract(element.tag for element in self.stack[index:])
                del self.stack[index:]
                return
            if tag in stops:
                return


def _parse_attributes(source: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(source):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        if "&" in value:
            value = REFERENCE_IN_ATTRIBUTE.sub(lambda reference: unescape(reference[0]), value)
        attributes.setdefault(match[1].lower(), value)
    return attributes


def is_block(child: Child) -> bool:
    return isinstance(child, Element) and child.tag in BLOCK_TAGS


def has_blocks(element: Element) -> bool:
    return any(is_block(descendant) for descendant in element.walk() if descendant is not element)


def classes_of(element: Element) -> set[str]:
    """Return the classes of an element in lower case."""
    return set(element.get("class").lower().split())


def styles_of(element: Element) -> dict[str, str]:
    """Return the inline styles of an element by property, in lower case."""
    pairs = (part.partition(":") for part in element.get("style").lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _colon, value in pairs if value}


def visible_text(root: Element) -> str:
    """Return the text that readers see: blocks are separated by line breaks, inline elements are not."""
    parts: list[str] = []
    _add_visible_text(root, parts)
    return "".join(parts)


def _add_visible_text(element: Element, parts: list[str]) -> None:
    if element.tag in UNREAD:
        return
    separator = ""
    if element.tag in BLOCK_TAGS or element.tag in SEPARATED:
        separator = "\n"
    elif _may_be_note(element) or is_hidden(element):
        separator = " "  # the number of a note is no part of the word before it, and hidden words are none
    parts.append(separator)
    for child in element.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            _add_visible_text(child, parts)
    parts.append(separator)


def _may_be_note(element: Element) -> bool:
    """Whether an element may be the number of a note; letters that are raised are part of their word."""
    if element.tag == "a":
        return "#" in element.get("href")
    return element.tag == "sup" and not any(map(str.isalpha, element.text))


def is_hidden(element: Element) -> bool:
    """Whether the attributes of an element hide it from those who see the page.

    `aria-hidden` hides it from others: words so marked repeat or decorate what stands beside them, pictures do not.
    """
    styles = styles_of(element) if "style" in element.attributes else {}
    return (
        "hidden" in element.attributes
        or (element.get("aria-hidden").lower() == "true" and not element.find_all("img"))
        or styles.get("display") == "none"
        or styles.get("visibility") == "hidden"
        or bool(classes_of(element) & HIDDEN_CLASSES)
        or is_out_of_sight(element)
    )


def is_out_of_sight(element: Element) -> bool:
    """Whether an element has no size, or a place beside the screen, as the links that intruders add to a site have."""
    styles = styles_of(element) if "style" in element.attributes else {}
    places = ("left", "right", "top", "bottom") if styles.get("position") in ("absolute", "fixed") else ()
    is_empty = bool(NO_SIZE.fullmatch(styles.get("font-size", ""))) and not any(
        "font-size" in child.get("style").lower() for child in element.walk() if child is not element
    )
    return is_empty or any(FAR_AWAY.match(styles.get(name, "")) for name in (*places, "text-indent"))


def fragments_in(html: str) -> frozenset[str]:
    """Return the fragments of the links in some HTML, for the index of a source; it is not parsed for that."""
    fragments = (match[1] for match in LINKED_FRAGMENT.finditer(html)) if "#" in html else ()
    return frozenset(unquote(unescape(fragment)) for fragment in fragments)


def replace_elements(root: Element, replacement: Callable[[Element], list[Child] | None]) -> None:
    """Replace elements from the outermost inwards; one for which `replacement` returns None stays and is entered."""
    children: list[Child] = []
    for child in root.children:
        replaced = None if isinstance(child, str) else replacement(child)
        if replaced is not None:
            children += replaced
            continue
        if isinstance(child, Element):
            replace_elements(child, replacement)
        children.append(child)
    root.children = children


def walk_with_parents(root: Element) -> Iterator[tuple[Element, Element]]:
    """Yield each descendant with its parent, in document order."""
    for element in list(root.walk()):
        for child in element.elements:
            yield child, element
