"""Leave out HTML in Markdown where Hugo did: unless its settings say `unsafe`, no page has it.

Of a block of HTML nothing is left; within a paragraph tags go and words stay.
Sources: gohugo.io/configuration/markup (renderer), spec.commonmark.org/0.31.2/#html-blocks.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from publications.html_tree import split_names
from publications.stored_messages import gettext as _

from ..html.losses import MAX_SHOWN, hidden_words_note, one_line
from ..imported_file import ImportLog
from .content_folders import find_option
from .front_matter import as_flag, as_text
from .page import split_visible_words
from .placeholders import ATTRIBUTES, find_code, find_spans
from .source_site import SourceSite

BLOCK_NAMES = "|".join(
    split_names(
        "address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl "
        "dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend "
        "li link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td "
        "tfoot th thead title tr track ul"
    )
)
CONTAINER = r"(?:[ \t]*(?:>|[*+-][ \t]|\d{1,9}[.)][ \t]))*[ \t]*"
RAW_START = re.compile(rf"{CONTAINER}<(?:script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
RAW_END = re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)
BLOCK_START = re.compile(rf"{CONTAINER}</?(?:{BLOCK_NAMES})(?=[\s>]|/>|$)", re.IGNORECASE)
TAG = re.compile(rf"(?<!\{{\{{)</?[a-zA-Z][a-zA-Z0-9-]*+(?=[\s/>]){ATTRIBUTES}>")
INDENTED = re.compile(r"(?: {4}|\t)")
LIST_ITEM = re.compile(r"[ \t]*(?:[*+-]|\d{1,9}[.)])[ \t]")
COMMENT, END_COMMENT = re.compile("<!--"), re.compile("-->")
OTHER_FORMATS = re.compile(r"blackfriday", re.IGNORECASE)
MARKDOWN_NAMES = ("", "md", "markdown", "goldmark")

Span = tuple[int, int]


def omits_html(site: SourceSite, fields: Mapping[str, Any]) -> bool:
    """Whether the pages of a site had no HTML of its texts in Markdown; `fields` are those of the text."""
    renderer: Any = site.options
    for name in ("markup", "goldmark", "renderer"):
        renderer = find_option(renderer, name)
    is_goldmark = as_text(find_option(fields, "markup")).lower() in MARKDOWN_NAMES
    is_other = OTHER_FORMATS.search(site.settings) or not is_goldmark
    return site.generator == "hugo" and not is_other and not as_flag(find_option(renderer, "unsafe"))


def omit_html(
    text: str, log: ImportLog, left_out: list[str], shows_raw: Callable[[str], Iterable[Span]]
) -> str:
    """Return a text without its HTML, which is reported.

    Args:
        left_out: gets the words that go.
        shows_raw: returns the parts of a text whose HTML the old site showed nevertheless.
    """
    if "<" not in text:
        return text
    kept = _Spans([*find_code(text), *find_spans(text, COMMENT, END_COMMENT), *shows_raw(text)])
    parts, position = [], 0
    for start, end in _find_blocks(text, kept):
        parts.append(text[position:start])
        position = end
        if words := one_line(text[start:end]):
            log.add(hidden_words_note(words))
            left_out += split_visible_words(text[start:end])
    text = "".join([*parts, text[position:]])
    kept = _Spans([*find_code(text), *find_spans(text, COMMENT, END_COMMENT), *shows_raw(text)])
    tags = [tag for tag in TAG.finditer(text) if tag.start() not in kept]
    if tags:
        names = ", ".join(dict.fromkeys(one_line(tag[0]) for tag in tags if not tag[0].startswith("</")))
        message = _("HTML was left out, as it was on the old site; its words stay: %s")
        log.dropped("html", message % names[:MAX_SHOWN])
    return TAG.sub(lambda tag: tag[0] if tag.start() in kept else "", text)


class _Spans:
    """Parts of a text, to look up whether a position is in one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            self.starts.append(start)
            self.ends.append(max(end, self.ends[-1]) if self.ends else end)

    def __contains__(self, position: int) -> bool:
        place = bisect_right(self.starts, position) - 1
        return place >= 0 and position < self.ends[place]


def _find_blocks(text: str, kept: _Spans) -> Iterator[Span]:
    """Yield start and end of blocks of HTML."""
    position, start, is_raw, is_after_blank, is_list = 0, -1, False, True, False
    for line in text.splitlines(keepends=True):
        is_blank = not line.strip()
        is_list = bool(LIST_ITEM.match(line)) or (
            is_list and (is_blank or line[0].isspace() or not is_after_blank)
        )
        if start >= 0 and is_blank and not is_raw:
            yield start, position
            start = -1
        elif start < 0 and not is_blank and position + len(line) - len(line.lstrip()) not in kept:
            is_code = INDENTED.match(line) and not is_list
            is_raw = bool(RAW_START.match(line))
            if not is_code and (is_raw or _starts_block(line, is_after_blank=is_after_blank)):
                start = position
        if start >= 0 and is_raw and RAW_END.search(line):
            yield start, position + len(line)
            start = -1
        position += len(line)
        is_after_blank = is_blank
    if start >= 0:
        yield start, position


def _starts_block(line: str, *, is_after_blank: bool) -> bool:
    if BLOCK_START.match(line):
        return True
    content = re.sub(rf"^{CONTAINER}", "", line).strip() if is_after_blank else ""
    return bool(TAG.fullmatch(content))
