"""HTML of other systems as Markdown, read as the HTML of the rich text editor is."""

import re
from collections.abc import Sequence

from publications.html_tree import Element, serialize

from .editor_html import prepare_html, write_html
from .html_repair import repair_html
from .source import MarkupMask

NOTE = "note"
REFERENCE_TAG = f"ref{NOTE}n"
"""The tag of a reference to a note, followed by its index."""


def write_source_html(body: Element, notes: Sequence[Element]) -> str:
    """Return a text and its notes as Markdown.

    Args:
        body: a tree of any elements; those that the site does not know are replaced by their content. An image has the
            address `image:KEY`; a reference to a note is an element REFERENCE_TAG with its index.
        notes: their content.
    """
    labels = [str(number) for number in range(1, len(notes) + 1)]
    repaired, *contents = [_repair(root, labels) for root in (body, *notes)]
    items = [
        Element("li", {"id": f"fn-{label}"}, content.children)
        for label, content in zip(labels, contents, strict=True)
    ]
    section = Element("section", {"class": "footnotes"}, [Element("ol", {}, items)])
    html = "\n".join(map(serialize, [*repaired.children, *([section] if items else [])]))
    return write_html(html)


def _repair(root: Element, labels: Sequence[str]) -> Element:
    repaired = repair_html("".join(map(serialize, root.children)), MarkupMask(), NOTE)
    prepare_html(repaired, labels)
    return repaired


def is_note_reference(element: Element) -> bool:
    return bool(re.fullmatch(rf"{REFERENCE_TAG}\d+", element.tag))
