"""Find the shortest CSS selector that finds an element on each of several pages, and nothing else."""

from collections.abc import Callable, Iterator, Sequence

from publications.html_tree import split_names

from .html_page import HtmlPage, Node
from .page_profiles import classes_of, id_of, lineage_of

MAX_ANCESTORS = 5
PLAIN_TAGS = split_names("article main time h1 h2 header aside section figure dl address td")
"""Tags that may find an element alone."""
MIN_SHARE = 0.9


def find_selector(
    pages: Sequence[HtmlPage],
    node: Node,
    is_right: Callable[[HtmlPage, list[Node]], bool],
    *,
    share: float = MIN_SHARE,
) -> str:
    """Return the first selector for an element that finds the right thing on most pages, or "".

    Args:
        node: the element on one of the pages.
        is_right: whether the elements that a selector finds on a page are the right ones.
        share: of the pages on which it has to be right.
    """
    for selector in _candidates(node):
        right = sum(is_right(page, page.select(selector)) for page in pages)
        if right >= share * len(pages):
            return selector
    return ""


def _candidates(node: Node) -> Iterator[str]:
    """Yield selectors for an element: by its own id or class, its tag, then with an element around it."""
    own = list(_own_selectors(node))
    yield from own
    if node.tag in PLAIN_TAGS:
        yield node.tag
    ancestors = lineage_of(node)[:-1][::-1][:MAX_ANCESTORS]
    for distance, ancestor in enumerate(ancestors):
        for outer in _own_selectors(ancestor):
            for inner in [*own, node.tag]:
                yield f"{outer} > {inner}" if distance == 0 else f"{outer} {inner}"
    if node.parent is not None and node.parent.tag != "html":
        for outer in [*_own_selectors(node.parent), node.parent.tag]:
            for inner in [*own, node.tag]:
                yield f"{outer} > {inner}:first-of-type"


def _own_selectors(node: Node) -> Iterator[str]:
    if identifier := id_of(node):
        yield f"#{identifier}"
    for name in classes_of(node):
        yield (
            f"{node.tag}.{name}" if node.tag in ("p", "span", "a", "ul", "li", "td", "table") else f".{name}"
        )
    for name in ("itemprop", "rel", "role"):
        if value := node.attributes.get(name):
            yield f"{node.tag}[{name}='{value}']"
