"""What the parser reads from the blocks of a Markdown text, as HTML for the rich text editor."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import zip_longest

from publications.html_tree import VOID, Element, serialize

from .dialect import FOOTNOTE, parse_markdown
from .editor_html import prepare_html
from .markdown_lists import LISTS
from .source import clean_source

GAP = "\n\n"


@dataclass
class ParsedBlock:
    """What the parser reads from a block, as HTML: elements of the body, and the notes that it defines, by label."""

    elements: list[str]
    notes: dict[str, str]

    @property
    def outer_tags(self) -> tuple[str, str]:
        """The tags of the first and the last element (`outer_tag`)."""
        tags = [outer_tag(html[1:].partition(">")[0].partition(" ")[0]) for html in self.elements] or [""]
        return tags[0], tags[-1]

    @property
    def html(self) -> str:
        notes = "".join(self.notes.values())
        section = f'<section class="footnotes"><ol>{notes}</ol></section>' if notes else ""
        return "".join(self.elements) + section


def outer_tag(tag: str) -> str:
    """Return the tag of an element as far as the next block may continue it."""
    return "ul" if tag in LISTS else tag


def parse_blocks(sources: Sequence[str]) -> list[ParsedBlock | None]:
    """Return what the parser reads from each source in its context, or None for one that is not a block of its own.

    The whole text is parsed at once, with a paragraph before each source that marks its beginning.
    """
    texts = [clean_source(source) for source in sources]
    token = blake2b("".join(texts).encode(), digest_size=8).hexdigest()
    marked = GAP.join(f"{token}n{index}{GAP}{text}" for index, text in enumerate(texts))
    body, notes = parse_markdown(marked)
    labels = list(notes)
    for root in (body, *notes.values()):
        prepare_html(root, labels)
    items = {
        label: serialize(Element("li", {"id": f"fn-{label}"}, note.children)) for label, note in notes.items()
    }
    parsed: list[ParsedBlock | None] = [None] * len(sources)
    block = ParsedBlock([], {})
    for child in body.elements:
        if match := re.fullmatch(rf"{token}n([0-9]+)", child.text if child.tag == "p" else ""):
            defined = [label for label, _text in FOOTNOTE.findall(texts[int(match[1])])]
            block = ParsedBlock([], {label: items[label] for label in defined if label in items})
            parsed[int(match[1])] = block
        elif child.children or child.tag in VOID:  # not the paragraph of a comment
            block.elements.append(serialize(child))
    return parsed


def first_difference(parsed: Sequence[ParsedBlock], whole: ParsedBlock) -> int | None:
    """Return the index of the source after the first element that is other than in the whole text, or None."""
    owners = [(index, html) for index, block in enumerate(parsed) for html in block.elements]
    for (index, html), other in zip_longest(owners, whole.elements, fillvalue=(len(parsed) - 1, "")):
        if html != other:
            return min(index + 1, len(parsed) - 1)
    return None
