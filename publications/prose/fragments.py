"""Ids that authors give (`{#grain}`, `<a id="grain">`), and links within a text.

Headings and paragraphs have ids of the site's own. An id of an author becomes an empty `span` where it stood, so that
a link with that fragment lands there: links of other pages, and of the site that a text was written for.
"""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote

from .parts import Heading
from .tree import Node, is_blank
from .vocabulary import HEADINGS, INLINE, PAGE_IDS, VOID

FRAGMENT = re.compile(r"[^\s\"<>&\x00-\x1f]{1,200}")
RESERVED = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?|note-[0-9]+|fn(ref)?-[0-9]+(-[0-9]+)?")
PHRASES = HEADINGS | {"p", "li", "dt", "dd", "td", "th", "caption", "pre"}


def github_slug(text: str) -> str:
    """Return the id that GitHub, Hugo, kramdown and most plugins of Eleventy give to a heading.

    The rule: lower case; letters, digits, hyphens and underscores stay, a space becomes a hyphen, all else goes.
    """
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def fragment_on_page(fragment: str) -> str:
    """Return the fragment under which an author's id is found: with `s-` before it where the page needs the id."""
    return f"s-{fragment}" if fragment in PAGE_IDS else fragment


def lift_ids(tree: Node) -> None:
    """Replace the ids that elements carry by empty spans within or before them."""
    for node in list(tree):
        for child in [child for child in node.nodes if child.tag in INLINE | VOID]:
            if name := _take_id(child):
                node.children.insert(node.children.index(child), Node("span", {"id": name}))
    for node in [node for node in tree if not node.is_inline]:
        if name := _take_id(node):
            _first_phrase(node).children.insert(0, Node("span", {"id": name}))
    _join_to_next(tree)


def is_anchor(child: Node | str) -> bool:
    """Whether this is an empty span that carries an id."""
    return isinstance(child, Node) and child.tag == "span" and "id" in child.attributes


def settle_ids(trees: Sequence[Node], headings: Sequence[Heading]) -> None:
    """Keep each author's id once, none that the page needs itself, and lead links within the text to what is there."""
    taken = {
        node.attributes["id"]
        for tree in trees
        for node in tree
        if "id" in node.attributes and not is_anchor(node)
    }
    for tree in trees:
        tree.replace(lambda node: _settled(node, taken))
    slugs = _slugs(headings)
    for link in [node for tree in trees for node in tree if node.tag == "a"]:
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


def _settled(node: Node, taken: set[str]) -> list[Node | str]:
    if not is_anchor(node):
        return [node]
    name = fragment_on_page(node.attributes["id"])
    if name in taken or RESERVED.fullmatch(name):
        return []
    taken.add(name)
    return [Node("span", {"id": name})]


def _take_id(node: Node) -> str:
    """Take the id away from an element; `name` is what links of old had in its place."""
    if is_anchor(node) and not node.children and len(node.attributes) == 1:
        return ""
    name = node.attributes.pop("name", "")
    name = node.attributes.pop("id", "") or name
    return name if FRAGMENT.fullmatch(name) else ""


def _first_phrase(node: Node) -> Node:
    """The first element in this one, or itself, that holds words."""
    holders = (each for each in node if each.tag in PHRASES and all(child.is_inline for child in each.nodes))
    return next(holders, node)


def _join_to_next(tree: Node) -> None:
    """Ids that stand alone, or beside a picture that will be a figure, go to the words behind them."""
    waiting: list[Node] = []
    for node in [
        node for node in tree if node.tag in PHRASES and all(child.is_inline for child in node.nodes)
    ]:
        anchors = [child for child in node.nodes if is_anchor(child)]
        if node.tag == "p" and anchors and not _holds_words(node):
            node.children = [child for child in node.children if not is_anchor(child)]
            waiting += anchors
        elif waiting:
            node.children[:0] = waiting
            waiting = []
    if waiting:
        tree.children.append(Node("p", {}, list(waiting)))


def _holds_words(node: Node) -> bool:
    return any(isinstance(child, str) and not is_blank(child) for each in node for child in each.children)
