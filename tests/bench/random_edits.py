"""Random edits in the text editor, in Chromium over HTTP: each has to be saved as it is shown, and to leave other blocks alone.

Environment:
    EDITS: how many edits (10000).
    EDITS_SEED: the number that all chance depends on; printed, and any without it. The same number makes the same edits.

`random_edits.js` makes the edits in the page, some hundreds in one call, and returns what the form would post after each.
Compared are the page rendered from what the editor shows and the page rendered from the Markdown that is saved.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from .figures import Figure

DEFAULT_EDITS = 10_000
EDITS_PER_TEXT, EDITS_PER_SAVE = 60, 6
MAX_CHARACTERS = 6_000  # longer texts are opened and saved alone
MAX_PRINTED, MAX_SHOWN = 12, 1500
SCRIPT = Path(__file__).with_suffix(".js")
TRAP = """Object.defineProperty(Object.prototype, "docView", {
  configurable: true,
  set(value) {
    if ("dispatch" in this) window.editorView = this;
    Object.defineProperty(this, "docView", {value, writable: true, configurable: true, enumerable: true});
  },
});"""
"""Keeps the view of the editor, which the page does not give away."""
WORD = re.compile(r"[^\W\d_]+")
EMPTY_ITEMS = re.compile(r"<ol(?: start=\"(\d+)\")?>((?:<li>(?:<(p|h\d)>(?:<br>|\s)*</\3>|<br>|\s)*</li>)+)")
"""They are not saved; the number of the next one is."""
ATTRIBUTE_LIST = re.compile(r"\{[^}]*\}")
TAG = re.compile(r"<[^>]*>")
UNSAFE_ADDRESS = re.compile(r"\]\(javascript:[^\s]*\)")
"""The editor does not show it: the words are no link on any page."""
CELL_END = re.compile(r"(?:<br>)+(?= \|)")
BULLET = re.compile(r"^((?:> ?)* *)[*+-](?= )", re.MULTILINE)
QUOTATION_MARK = re.compile(r"^(?:> ?)+", re.MULTILINE)
BLOCK = r"</?(?:li|ul|ol|h\d|blockquote|td|th|tr|table|thead|tbody|caption|pre|section|figure|figcaption|div|hr)\b[^>]*>"
INVISIBLE = (
    (re.compile(r"</?abbr[^>]*>"), ""),  # the editor shows abbreviations once a text is opened
    (re.compile(r"%(?:28|29|5B|5D|7C|2A|60|22|5C|20)"), lambda match: unquote(match[0])),
    (re.compile(r"<h\d[^>]*></h\d>|<pre>(?:<code>\s*</code>)?</pre>|<ol\b[^>]*></ol>"), ""),
    (
        re.compile(r'(<li id="fn-\d+">)(?:--|–)?(?=\s*(?:<a href="#fnref|</li>))'),
        r"\1",
    ),  # as an empty note is saved
    (re.compile('(?:¶|<br>| )+(<a href="#fnref)'), r"\1"),
    (re.compile(r"(<(?:strong|em|a|sub|sup|mark|u|kbd)\b[^>]*>)((?:<br>| )*<br>)"), r"\2\1"),
    (re.compile(r"(<br>(?:<br>| )*)(</(?:strong|em|a|sub|sup|mark|u|kbd)>)"), r"\2\1"),
    (re.compile(r"<(strong|em|a|sub|sup|mark|u|kbd)\b[^>]*>(?:<br>| )*<br>(?:<br>| )*</\1>"), "<br>"),
    (
        re.compile(r"(<t[dh]\b[^>]*?) data-align=\"\w+\"([^>]*></t[dh]>)"),
        r"\1\2",
    ),  # a column has one alignment
    (re.compile(r"<figure>(<img\b[^>]*>)</figure>"), r"\1"),  # with space around it, if it has no caption
    (re.compile(r"alt=\" *(.*?) *\""), r'alt="\1"'),
    (
        re.compile(r"</?p\b[^>]*>"),
        "¶",
    ),  # Markdown knows no lists of which some items alone have space between them
    (re.compile("[¶ ]*¶[¶ ]*"), "¶"),
    (re.compile(rf"(?:¶|<br>| )*({BLOCK})(?:¶|<br>| )*"), r"\1"),
    (re.compile("¶(?:<br>|¶)+|(?:<br>|¶)+¶"), "¶"),
    (re.compile("^¶|¶$"), ""),
)
EVERY_BLOCK = Path(__file__).with_name("every_block.md")


@dataclass
class Fault:
    """An edit after which what is saved is not what is shown, or lines of another block are gone."""

    kind: str
    text: str
    steps: list[str]
    source: str
    html: str
    markdown: str
    shown: str
    saved: str

    def __str__(self) -> str:
        steps = "\n".join(f"    {step}" for step in self.steps)
        parts = {
            "before": self.source, "editor": self.html, "Markdown": self.markdown, "shown": self.shown, "saved": self.saved,
        }  # fmt: skip
        details = "\n".join(f"  {name}: {value!r:.{MAX_SHOWN}}" for name, value in parts.items() if value)
        return f"{self.kind}, {self.text}:\n{steps}\n{details}\n"


@dataclass
class Results:
    """What was counted so far."""

    seed: int
    edits: int = 0
    differences: int = 0
    touched: int = 0
    opened: int = 0
    changed_bytes: int = 0
    seconds: float = 0
    kinds: dict[str, int] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        yield Figure("texts opened, edited back and saved", self.opened, "texts")
        yield Figure("bytes changed by that", self.changed_bytes, "bytes", 0)
        yield Figure(f"random edits, seed {self.seed}", self.edits, "edits")
        yield Figure("edits saved other than shown", self.differences, "edits", 0)
        yield Figure("edits that changed lines of other blocks", self.touched, "edits", 0)
        yield Figure("random edits a second", self.edits / max(self.seconds, 1e-6), "edits/s")


def texts() -> list[tuple[str, str]]:
    """Return all texts at hand by name, and one that has every kind of block."""
    from tests.markup.test_editor_blocks import texts

    picture = next((match[0] for _name, text in texts() if (match := re.search(r"!\[[^\]]*\]\(image:[^)]*\)", text))), "")  # fmt: skip
    return [("every kind of block", EVERY_BLOCK.read_text("utf-8").replace("{% image %}", picture)), *texts()]


class EditedText:
    """A text as it was opened, and the Markdown and the pages of what the form posts."""

    def __init__(self, name: str, opened: dict) -> None:
        self.name, self.origins, self.text = name, opened["origins"], opened["text"]
        self.html_by_source = {origin["source"]: origin["html"] for origin in self.origins}
        self.steps: list[str] = []
        self.markdown = self.text
        self.untouched = set(range(len(self.origins)))

    def check(self, state: dict) -> Fault | None:
        """Return what is wrong after an edit, or None."""
        from publications.admin.posted_blocks import write_posted_blocks

        self.steps.append(state["what"])
        blocks = json.loads(state["posted"]) if state["posted"] else []
        before = self.markdown
        self.markdown = write_posted_blocks(state["posted"]) if state["posted"] else self.text
        self.posted = state["posted"]
        shown, saved = self._pages(blocks) if state["posted"] else ("", "")
        if shown != saved:
            return self._difference(blocks, shown, saved)
        untouched = [self.origins[index]["source"] for index in state["untouched"]]
        if (lost := first_lost(untouched, self.markdown)) is not None:
            return self._fault("lines of another block are gone", source=lost, markdown=self.markdown)
        newly_touched = [self.origins[index]["source"] for index in self.untouched - set(state["untouched"])]
        self.untouched &= set(state["untouched"])
        if lost := lines_of_others(before, self.markdown, state["touched"], self.text, newly_touched):
            return self._fault(
                "lines of another edited block changed", source="\n".join(lost), markdown=self.markdown
            )
        return None

    def _pages(self, blocks: Sequence[dict]) -> tuple[str, str]:
        return page_of_blocks(blocks, self.html_by_source), page_of_markdown(self.markdown)

    def _difference(self, blocks: list[dict], shown: str, saved: str) -> Fault:
        """Return the fault with the smallest block that is saved other than shown, if it is one alone."""
        for block in blocks:
            if "html" not in block:
                continue
            for previous in ("", block.get("previous", "")):
                if fault := self._difference_alone({"html": block["html"], "previous": previous}, blocks):
                    return fault
        return self._fault("saved other than shown", markdown=self.markdown, **dict(zip(("shown", "saved"), differing(shown, saved), strict=True)))  # fmt: skip

    def _difference_alone(self, block: dict, blocks: list[dict]) -> Fault | None:
        from publications.admin.posted_blocks import write_posted_blocks

        rest = [{"html": notes} for other in blocks for notes in notes_in(other.get("html") or self.html_by_source.get(other.get("source")) or "") if other["html" if "html" in other else "source"] != block["html"]]  # fmt: skip
        markdown = write_posted_blocks(json.dumps([block, *rest]))
        try:
            shown, saved = page_of_blocks([block, *rest], {}), page_of_markdown(markdown)
        except ValueError:  # its note is in a block of Markdown
            return None
        if shown == saved:
            return None
        shown, saved = differing(shown, saved)
        return self._fault("saved other than shown", source=block["previous"], html=block["html"], markdown=markdown, shown=shown, saved=saved)  # fmt: skip

    def _fault(self, kind: str, **details: str) -> Fault:
        values = {"source": "", "html": "", "markdown": "", "shown": "", "saved": ""} | details
        return Fault(kind, self.name, list(self.steps), **values)


def notes_in(html: str) -> list[str]:
    return re.findall(r'<section class="footnotes">.*?</section>', html, re.DOTALL)


def page_of_blocks(blocks: Sequence[dict], html_by_source: dict[str, str | None]) -> str:
    """Return the page of what the editor shows: of Markdown that is edited as such, the page of that."""
    from publications.markup.editor_blocks import DEFINITION
    from publications.markup.parsed_blocks import GAP, parse_blocks
    from tests.markup.test_editor_blocks import page_of_html

    sources = [block.get("source", "") for block in blocks]
    htmls = [block.get("html") or html_by_source.get(block.get("source", "")) for block in blocks]
    raw = [source for source, html in zip(sources, htmls, strict=True) if html is None]
    labels = re.findall(r'<li id="fn-([^"]*)"', "".join(filter(None, htmls)))
    definitions = [
        match[0]
        for source, html in zip(sources, htmls, strict=True)
        if html is not None
        for match in DEFINITION.finditer(source)
    ]
    context = GAP.join([*definitions, *(f"[^{unescape(label)}]: note" for label in labels)])
    parsed = iter(parse_blocks([*raw, context])[: len(raw)])
    shown = "".join(html if html is not None else getattr(next(parsed), "html", "") for html in htmls)
    shown = EMPTY_ITEMS.sub(
        lambda match: f'<ol start="{int(match[1] or 1) + match[2].count("<li>")}">', shown
    )
    return comparable(page_of_html(shown))


def page_of_markdown(markdown: str) -> str:
    from publications import markup

    return comparable(markup.render_markdown(markdown).html)


def comparable(page: str) -> str:
    """Return a page without what nobody sees, as the test of the editor's Markdown compares them, and some more."""
    from tests.markup.test_editor_blocks import normalized

    before = ""
    while page != before:
        before = page
        for pattern, replacement in INVISIBLE:
            page = pattern.sub(replacement, page)
        page = normalized(page).strip()
    return normalize("NFC", page)  # as pages are rendered: letters with their accents are one character


def differing(shown: str, saved: str) -> tuple[str, str]:
    """Return the parts of two pages from the first to the last difference, with some words around them."""
    start = next((at for at, (one, other) in enumerate(zip(shown, saved, strict=False)) if one != other), 0)
    start = max(0, start - 60)
    end = next((at for at, (one, other) in enumerate(zip(reversed(shown), reversed(saved), strict=False)) if one != other), 0)  # fmt: skip
    end = max(0, min(end, len(shown) - start, len(saved) - start) - 60)
    return shown[start : len(shown) - end][:600], saved[start : len(saved) - end][:600]


def first_lost(sources: Sequence[str], markdown: str) -> str | None:
    """Return the first of these sources that is not in a text as whole lines, in this order, or None."""
    at = 0
    lines = f"\n{markdown}\n"
    for source in sources:
        found = lines.find("\n" + source.strip("\n") + "\n", at)
        if found < 0:
            return source
        at = found + len(source.strip("\n")) + 1
    return None


def lines_of_others(
    before: str, after: str, touched: str, opened: str, sources: Sequence[str] = ()
) -> list[str]:
    """Return the lines of a text that are gone after an edit and have words that no block has that the edit touched.

    `touched` are the nodes that it changed, as JSON, `sources` those of the blocks that it is the first to change.

    A line that is not in the text as it was opened is of a block that was edited already. It may end elsewhere after the
    next edit, or have another bullet, if its words stay in their order: nobody wrote these, and no page shows them.
    """
    words = set(WORD.findall(unquote(" ".join(strings_in(json.loads(touched)))))) | {"nbsp", "lang", "dir"}
    words |= words_of("\n".join(sources))
    remaining, flowing, written = set(after.split("\n")), without_line_ends(after), set(opened.split("\n"))
    gone = [line for line in before.split("\n") if line not in remaining and not words_of(line) <= words]
    return [line for line in gone if line in written or without_line_ends(line) not in flowing]


def strings_in(value: object) -> Iterator[str]:
    """Yield all strings in what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        if isinstance(value, dict):  # a word may be in several nodes, of which marks are not written
            yield "".join(child.get("text", "") for child in value.get("content") or [])
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings_in(item)


def words_of(line: str) -> set[str]:
    """Return the words in a line of Markdown that the editor has in its nodes."""
    line = unquote(unescape(line))
    for pattern in (UNSAFE_ADDRESS, TAG, ATTRIBUTE_LIST):
        line = pattern.sub(" ", line)
    return set(WORD.findall(line))


def without_line_ends(markdown: str) -> str:
    markdown = CELL_END.sub("", BULLET.sub(r"\1-", markdown))
    return " ".join(QUOTATION_MARK.sub("", markdown).split())
