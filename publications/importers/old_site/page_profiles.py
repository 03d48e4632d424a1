"""The structure of pages: which of their texts repeat on many of them, and which block holds their own text.

A text on many pages belongs to the frame of the site: menus, boxes, a cookie banner. The text block of a page is the
innermost element with nearly all words that are on no other page.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from publications.html_tree import split_names

from .html_page import UNSEEN_TAGS, HtmlPage, Node, UnreadablePage, plain_text, read_page
from .site_copy import SiteCopy

MAX_PROFILED_PAGES = 4_000
MIN_REPEATED_PAGES = 6
REPEATED_SHARE = 0.03
"""A text on more pages than this belongs to the frame."""
MIN_BLOCK_SHARE = 0.8
"""Of the page's own words that the text block has to have."""
MIN_OWN_WORDS = 8
STEP_MARKS = " >»›/|:–-"
"""Around the title of a page at the end of a breadcrumb."""
TITLE_TAGS = frozenset({"h1", "title"})
NO_TEXT_BLOCKS = split_names(
    "p span a b i em strong font li ul ol dl dt dd tr tbody blockquote h1 h2 h3 h4 h5 h6 small pre label"
)
"""Elements within a text: the text block is the element around them."""
GENERATED = re.compile(
    r"\d|[^\w-]|^.$|^(?:js|is|has|ng|ember|css)-|[_-](?:sv|en|no|da|fi|de|fr)$|^(?:sv|en)$", re.IGNORECASE
)
"""Classes and ids that are made by programs, or that name a language."""


@dataclass(frozen=True)
class PageProfile:
    """What the structure of a page says of its type.

    Args:
        chain: the elements from `body` to the text block, as `token_of` names them; empty without own text.
        tokens: all elements, as selectors of one class or id.
        words, links: of the text block: its own words, and its own links to pages of the site.
    """

    key: str
    address: str
    chain: tuple[str, ...]
    tokens: frozenset[str]
    words: int = 0
    links: int = 0
    title: str = ""


@dataclass
class RepeatedTexts:
    """On how many pages each text stands; texts are known by their hash."""

    counts: Counter[int]
    limit: int

    def is_own(self, text: str) -> bool:
        """Whether a text belongs to its page."""
        return self.counts[hash(text)] <= self.limit

    def is_repeated(self, text: str) -> bool:
        return not self.is_own(text)


def sample_evenly(items: list, count: int) -> list:
    """Return at most `count` items from all parts of a list."""
    if len(items) <= count:
        return items
    return [items[number * len(items) // count] for number in range(count)]


def read_pages(copy: SiteCopy) -> Iterator[HtmlPage]:
    """Yield the pages of a copy that can be read, of a large one a sample of all parts."""
    for _key, resource in sample_evenly(list(copy.pages), MAX_PROFILED_PAGES):
        try:
            page = read_page(copy, resource)
        except (OSError, UnreadablePage):
            continue
        if not page.refresh and page.tree.body is not None:
            yield page


def count_texts(copy: SiteCopy) -> RepeatedTexts:
    """Return on how many pages each text stands; pages with one canonical address count once."""
    counts: Counter[int] = Counter()
    addresses = set()
    for page in read_pages(copy):
        address = page.canonical or page.address
        if address not in addresses:
            addresses.add(address)
            counts.update({hash(text) for _node, text in texts_in(page.tree.body)})
    pages = len(addresses)
    return RepeatedTexts(
        counts, min(max(MIN_REPEATED_PAGES, int(pages * REPEATED_SHARE)), max(1, pages // 3))
    )


def texts_in(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield the texts in an element that readers see, with the element of each."""
    for child in node.traverse(include_text=True):
        is_seen = child.tag == "-text" and child.parent is not None and child.parent.tag not in UNSEEN_TAGS
        if is_seen and (text := " ".join((child.text_content or "").split())):
            yield child.parent, text


def profile_page(page: HtmlPage, copy: SiteCopy, repeated: RepeatedTexts) -> PageProfile:
    """Return the profile of a page."""
    block = find_text_block(page, repeated)
    tokens = frozenset(token for node in page.select("body, body *") for token in selectors_of(node))
    if block is None:
        return PageProfile(copy.find_key(page.address), page.address, (), tokens)
    own = [text for _node, text in texts_in(block) if repeated.is_own(text)]
    links = (link for link in block.css("a[href]") if repeated.is_own(" ".join(link.text().split())))
    hrefs = (link.attributes.get("href") or "" for link in links)
    targets = {
        copy.find_key(page.resolve(href))
        for href in hrefs
        if href and copy.is_own(page.resolve(href) or "x:")
    }
    return PageProfile(
        copy.find_key(page.address),
        page.address,
        tuple(token_of(node) for node in lineage_of(block)),
        tokens,
        words=sum(len(text.split()) for text in own),
        links=sum(copy.resources[target].is_page for target in targets if target in copy.resources),
    )


def find_text_block(page: HtmlPage, repeated: RepeatedTexts) -> Node | None:
    """Return the innermost element with nearly all own words of a page, or None if it has hardly any."""
    words: Counter[int] = Counter()
    headings = {plain_text(node) for node in page.select("h1")}
    for node, text in texts_in(page.tree.body):
        if repeated.is_own(text) and not _is_title(node) and text.strip(STEP_MARKS) not in headings:
            count = len(text.split())
            for ancestor in lineage_of(node):
                words[ancestor.mem_id] += count
    block = page.tree.body
    if words[block.mem_id] < MIN_OWN_WORDS:
        return None
    while inner := next(
        (child for child in _children(block) if words[child.mem_id] >= MIN_BLOCK_SHARE * words[block.mem_id]),
        None,
    ):
        block = inner
    while block.tag in NO_TEXT_BLOCKS and block.parent is not None and block.parent.tag != "html":
        block = block.parent
    return block


def _is_title(node: Node) -> bool:
    return node.tag in TITLE_TAGS or (node.parent is not None and node.parent.tag in TITLE_TAGS)


def _children(node: Node) -> Iterator[Node]:
    child = node.child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def lineage_of(node: Node) -> list[Node]:
    """Return the elements from `body` to an element."""
    nodes = []
    while node is not None and node.tag not in ("html", "-undef", None) and not node.is_document_node:
        nodes.append(node)
        node = node.parent
    return nodes[::-1]


def classes_of(node: Node) -> list[str]:
    """Return the classes of an element that people chose."""
    return [name for name in (node.attributes.get("class") or "").split() if not GENERATED.search(name)]


def id_of(node: Node) -> str:
    name = node.attributes.get("id") or ""
    return "" if GENERATED.search(name) else name


def token_of(node: Node) -> str:
    """Return an element as a selector of its tag, id and classes."""
    identifier = id_of(node)
    return (
        node.tag
        + (f"#{identifier}" if identifier else "")
        + "".join(f".{name}" for name in sorted(classes_of(node)))
    )


def selectors_of(node: Node) -> list[str]:
    """Return the selectors of one class or id that find an element."""
    identifier = id_of(node)
    return [*([f"#{identifier}"] if identifier else []), *(f"{node.tag}.{name}" for name in classes_of(node))]
