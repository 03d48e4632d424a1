"""Sample pages of an old site: what stands on each, and what its rule takes of it, as plain values for a report.

A person compares the two before the import. Of the old page only its words and the names of its pictures are shown,
block by block, each with the field that takes it; nothing of its markup reaches the page with the samples.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from publications.html_tree import Element, parse, serialize
from publications.stored_messages import store_message

from ..imported_file import ImportedFile
from .html_page import BLOCK_TAGS, HtmlPage, Node, ends_block, is_unseen
from .page_index import IndexedPage
from .page_text import LAZY_ATTRIBUTES, PageText, find_used_selector
from .rules import ELEMENT_FIELDS, VALUE_FIELDS, PageRule

SAMPLED_TEXTS = 10
MAX_SAMPLE_CHARACTERS = 15_000
"""Of the old page, and of the text that is read from it."""
PICTURE = "picture"
"""The third value of a block that is no text but the name of a picture."""
MAX_PICTURE_NAME = 100
FRAME = ""
"""Instead of a field: what no field takes, such as menus and boxes."""


def choose_samples(pages: Sequence[IndexedPage]) -> list[IndexedPage]:
    """Return ten texts at most: some of each rule, from all parts of the site."""
    by_rule: dict[str, list[IndexedPage]] = {}
    for page in sorted(pages, key=lambda page: page.address):
        by_rule.setdefault(page.rule.name, []).append(page)
    count = max(1, SAMPLED_TEXTS // max(1, len(by_rule)))
    chosen = [
        texts[number * len(texts) // min(count, len(texts))]
        for texts in by_rule.values()
        for number in range(min(count, len(texts)))
    ]
    keys = {page.key for page in chosen}
    others = (page for texts in by_rule.values() for page in texts if page.key not in keys)
    return [*chosen, *others][:SAMPLED_TEXTS]


def list_blocks(page: HtmlPage, rule: PageRule) -> tuple[list[list[str]], bool]:
    """Return what stands on a page, and whether the end is left out.

    Returns:
        Pairs of a field and a text; of a picture its name, and `PICTURE` behind it.
    """
    blocks: list[list[str]] = []
    size = 0
    for block in _read_blocks(page, _fields_by_node(page, rule)):
        size += len(block[1])
        if size > MAX_SAMPLE_CHARACTERS:
            return blocks, True
        blocks.append(list(block))
    return blocks, False


def _fields_by_node(page: HtmlPage, rule: PageRule) -> dict[int, str]:
    """Return the field that takes an element, by the id of the element in memory."""
    fields = {node.mem_id: "body" for node in page.select(rule.elements["body"])}
    selectors = [(name, rule.elements.get(name, "")) for name in reversed(ELEMENT_FIELDS) if name != "body"]
    selectors += [(name, find_used_selector(page, rule, name)) for name in VALUE_FIELDS]
    for name, selector in selectors:
        for node in page.select(selector) if selector else ():
            fields.setdefault(node.mem_id, name)
    return fields


def _read_blocks(page: HtmlPage, fields: dict[int, str]) -> Iterator[tuple[str, ...]]:
    """Yield the texts of blocks, and the names of pictures, with their fields."""
    uses: dict[int, str] = {}
    line: list[str] = []
    current = FRAME
    for node in page.tree.body.traverse(include_text=True) if page.tree.body else ():
        parent = node.parent
        use = uses.get(parent.mem_id, FRAME) if parent is not None else FRAME
        is_text = node.tag == "-text"
        if not is_text:
            use = uses[node.mem_id] = fields.get(node.mem_id, use)
        if line and (use != current or (not is_text and node.tag in BLOCK_TAGS)):
            yield from _flush(line, current)
        current = use
        if node.tag == "img" and (name := _name_picture(node)):
            yield from _flush(line, current)
            yield use, name, PICTURE
        if is_text and not is_unseen(node):
            line.append(node.text_content or "")
            if ends_block(node):
                yield from _flush(line, current)
    yield from _flush(line, current)


def _name_picture(image: Node) -> str:
    """Return the name of the file of a picture, with its alternative text; "" if it has no file."""
    address = next(filter(None, (image.attributes.get(name) for name in (*LAZY_ATTRIBUTES, "src"))), "")
    name = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    if not name or address.startswith("data:"):
        return ""
    alt = " ".join((image.attributes.get("alt") or "").split())
    return f"{name} ({alt})"[:MAX_PICTURE_NAME] if alt else name[:MAX_PICTURE_NAME]


def _flush(line: list[str], use: str) -> Iterator[tuple[str, str]]:
    if text := " ".join("".join(line).split()):
        yield use, text
    line.clear()


def describe_sample(
    page: HtmlPage, indexed: IndexedPage, text: PageText, imported: ImportedFile
) -> dict[str, Any]:
    """Return a sample for JSON.

    Args:
        page: as it was parsed; `read_text` has not changed it.
    """
    blocks, is_cut = list_blocks(page, indexed.rule)
    manuscript = imported.manuscript
    sample = {
        "address": indexed.address,
        "rule": indexed.rule.name,
        "blocks": blocks,
        "is_cut": is_cut,
        "refusal": store_message(imported.refusal),
        "notes": [[note.kind.value, store_message(note.text)] for note in imported.notes],
        "removed": list(text.removed),
    }
    if manuscript is None:
        return sample
    body, is_body_cut = _shorten_body(imported.rendered.html if imported.rendered else "")
    return sample | {
        "title": manuscript.title,
        "kind": manuscript.kind,
        "language": manuscript.language,
        "date": manuscript.published_at.isoformat() if manuscript.published_at else "",
        "authors": [byline.name for byline in manuscript.bylines],
        "summary": manuscript.summary,
        "topics": list(manuscript.tags),
        "number": manuscript.number,
        "files": [label or address for address, label in text.head.files],
        "related": [label or address for address, label in text.head.related],
        "has_cover": bool(manuscript.cover),
        "body": body,
        "is_body_cut": is_body_cut,
    }


def _shorten_body(html: str) -> tuple[str, bool]:
    """Return the beginning of a rendered text without attributes, links and pictures, and whether the end is left out.

    A picture becomes its alternative text, so that nothing is requested.
    """
    root = parse(html)
    root.replace_descendants(_strip_element)
    children: list[Element | str] = []
    size = 0
    for child in root.children:
        size += len(child if isinstance(child, str) else child.text)
        if size > MAX_SAMPLE_CHARACTERS:
            return "".join(map(serialize, children)), True
        children.append(child)
    return "".join(map(serialize, children)), False


def _strip_element(element: Element) -> list[Element | str]:
    if element.tag == "img":
        return [f"[{element.get('alt') or '…'}]"]
    if element.tag in ("a", "wbr"):
        return element.children
    element.attributes = {}
    return [element]
