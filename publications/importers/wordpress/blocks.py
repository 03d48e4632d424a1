"""Texts of the block editor (Gutenberg) as HTML: blocks are comments with JSON around it.

<https://developer.wordpress.org/block-editor/getting-started/fundamentals/markup-representation-block/>. What is
between blocks is text of the classic editor. Blocks that show what the old site computed, such as its newest texts, are
left out and named.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from .access import is_access_block
from .paragraphs import add_paragraphs

MAX_SHARED_DEPTH = 5
MAX_SHARED_CHARACTERS = 500_000
"""The length of all shared blocks in a text, each counted wherever it is: they may hold one another."""
MAX_DEPTH = 40
"""How deeply blocks are nested; the content of one is read for each around it."""
_BLOCK = re.compile(
    r"<!--\s+(?P<end>/)?wp:(?P<name>[a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)\s*(?P<values>\{[^\n]*?\}\s*)?(?P<alone>/)?-->"
)
_LINK = re.compile(r"<a\b([^<>]*+)>([^<>]*+)</a>")
_DOWNLOAD_BUTTON = re.compile(r'class="[^"<>]*wp-block-file__button')
_MEDIA = re.compile(r"<(?:img|video)\b")
CLASSIC = frozenset({"freeform", "core/freeform", "shortcode", "core/shortcode", "classic"})
COMPUTED = frozenset(
    {"query", "comments", "post-template", "navigation", "query-pagination", "query-no-results"}
)
"""Blocks whose inner blocks are a pattern for what the old site computed."""
WITHOUT_CONTENT = frozenset(
    {"spacer", "separator", "more", "nextpage", "footnotes", "page-break", "shortcode"}
)


@dataclass
class _Block:
    name: str
    values: dict[str, Any]
    parts: list[str] = field(default_factory=list)


class _OpenBlocks:
    """The blocks whose end is still to come; `parts` takes the HTML of the innermost."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.names: Counter[str] = Counter()
        self.whole: list[str] = []

    @property
    def parts(self) -> list[str]:
        return self.blocks[-1].parts if self.blocks else self.whole

    @property
    def is_computed(self) -> bool:
        """Whether a block is open whose inner blocks are left out."""
        return any(block.name in COMPUTED for block in self.blocks)

    def push(self, block: _Block) -> None:
        """Open a block; the content of one that is nested too deeply is part of that around it."""
        if len(self.blocks) < MAX_DEPTH:
            self.blocks.append(block)
            self.names[block.name] += 1

    def pop(self) -> _Block:
        block = self.blocks.pop()
        self.names[block.name] -= 1
        return block


def _find_comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield where comments begin and end; one without an end is none."""
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 4) + 3) > 2:
        yield start, end
        start = text.find("<!--", end)


def has_blocks(text: str) -> bool:
    return "<!-- wp:" in text


class PostBlocks:
    """Reads the blocks of one text.

    Args:
        find_shared: returns the text of a block that several posts share, by its number; "" if there is none, and None
            if it was hidden, which it reports.
    """

    def __init__(self, find_shared: Callable[[int], str | None], log: ImportLog) -> None:
        self.find_shared, self.log = find_shared, log
        self.depth = 0
        self.shared: dict[int, str | None] = {}
        self.shared_characters = 0
        self.left_out: dict[str, None] = {}

    def read_text(self, text: str) -> str:
        """Return the HTML of a whole text; the blocks that are left out are reported together."""
        content = self.read(text)
        if self.left_out:
            message = _("Blocks that the old site filled were left out: %s")
            self.log.dropped("html", message % ", ".join(self.left_out))
        return content

    def read(self, text: str) -> str:
        """Return the HTML of a text with blocks; one without is text of the classic editor."""
        if not has_blocks(text):
            return add_paragraphs(text)
        stack, position = _OpenBlocks(), 0
        for start, end in _find_comments(text):
            match = _BLOCK.fullmatch(text, start, end)
            if not match:
                continue
            self._add(text[position:start], stack)
            position = end
            name = match["name"].removeprefix("core/")
            if match["end"]:
                self._close(name, stack)
            elif match["alone"]:
                block = self._open(name, match["values"], has_end=False)
                if not stack.is_computed:
                    stack.parts.append(self._render_alone(block))
            else:
                stack.push(self._open(name, match["values"], has_end=True))
        self._add(text[position:], stack)
        while stack.blocks:
            self._close(stack.blocks[-1].name, stack)
        return "".join(stack.parts)

    def _open(self, name: str, source: str | None, *, has_end: bool) -> _Block:
        """Return a block; one that hid its content from readers makes the text a draft."""
        block = _Block(name, _read_values(source))
        if is_access_block(name, block.values, has_end=has_end):
            self.log.hidden(name)
        return block

    def _add(self, text: str, stack: _OpenBlocks) -> None:
        if stack.blocks:
            stack.parts.append(text)
        else:
            stack.parts.append(add_paragraphs(text) if text.strip() else "\n")

    def _close(self, name: str, stack: _OpenBlocks) -> None:
        while stack.names[name]:
            block = stack.pop()
            if not stack.is_computed:
                stack.parts.append(self._render(block))
            if block.name == name:
                return

    def _render(self, block: _Block) -> str:
        content = "".join(block.parts)
        if block.name in COMPUTED:
            self._report(block)
            return ""
        if block.name in CLASSIC:
            return add_paragraphs(content)
        if block.name == "file":
            return _LINK.sub(self._leave_out_button, content)
        if block.name == "verse":
            return _render_verse(content)
        url = block.values.get("url")
        if block.name == "cover" and url and not _MEDIA.search(content):
            return f'<figure><img src="{html.escape(str(url))}" alt="" /></figure>{content}'
        return content

    def _leave_out_button(self, match: re.Match[str]) -> str:
        if not _DOWNLOAD_BUTTON.search(match[1]):
            return match[0]
        message = _("The button beside the link to a file was left out: %s")
        self.log.dropped("html", message % html.unescape(match[2]))
        return ""

    def _render_alone(self, block: _Block) -> str:
        """Return the HTML of a block without content, which shows something else."""
        number = block.values.get("ref")
        if block.name == "block" and isinstance(number, int):
            return self._read_shared(number)
        if block.name in ("embed", "social-link") or block.name.startswith("core-embed/"):
            url = html.escape(str(block.values.get("url", "")))
            return f'<p><a href="{url}">{url}</a></p>' if url else ""
        if block.name not in WITHOUT_CONTENT:
            self._report(block)
        return "\n"

    def _read_shared(self, number: int) -> str:
        if number not in self.shared:
            self.shared[number] = self.find_shared(number)
        shared = self.shared[number] if self.depth < MAX_SHARED_DEPTH else ""
        if shared is None:
            return ""
        if not shared:
            message = _("A block that several texts share is not in the export: number %d.")
            self.log.dropped("html", message % number)
            return ""
        self.shared_characters += len(shared)
        if self.shared_characters > MAX_SHARED_CHARACTERS:
            message = _(
                "A block that several texts share was left out, as they are too long together: number %d."
            )
            self.log.dropped("html", message % number)
            return ""
        self.depth += 1
        try:
            return self.read(shared)
        finally:
            self.depth -= 1

    def _report(self, block: _Block) -> None:
        texts = ", ".join(_texts_in(block.values))
        self.left_out[f"{block.name} ({texts})" if texts else block.name] = None


def _read_values(source: str | None) -> dict[str, Any]:
    try:
        values = json.loads(source or "{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _texts_in(values: Any, depth: int = 0) -> Iterator[str]:
    """Yield the values that are text with spaces, as blocks of plugins hold words in their JSON."""
    items = values.values() if isinstance(values, dict) else values if isinstance(values, list) else ()
    for item in items:
        if isinstance(item, str) and " " in item.strip():
            yield item
        elif depth < MAX_SHARED_DEPTH:
            yield from _texts_in(item, depth + 1)


def _render_verse(content: str) -> str:
    """Return a poem, which WordPress shows with its line ends, as a paragraph of lines."""
    inner = re.sub(r"</?pre\b[^<>]*>", "", content).strip()
    return f"<p>{inner.replace(chr(10), '<br />' + chr(10))}</p>"
