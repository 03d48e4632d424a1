"""Split Markdown into the blocks that the rich text editor shows, and write the edited blocks as Markdown again.

A block is one or more lines of the source that the parser reads alone: a paragraph, a list, a table, some notes. The
editor returns the source of the blocks that were not edited, byte for byte. Of the others it returns the HTML, with
the source before the edit: lines and words of it that were not edited stay as they are. A block is shown as HTML only
if the Markdown that is written from this HTML is rendered as the same; any other block (definitions of links, comments
for colleagues, unusual HTML) is edited as Markdown.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import NamedTuple

from publications.html_tree import parse, serialize

from .dialect import ABBREVIATION, REFERENCE
from .editor_html import write_html
from .kept_source import LINES, MAX_PAIRED_BLOCKS, WORDS, ComparisonBudget, keep_source, pair_blocks
from .parsed_blocks import GAP, ParsedBlock, first_difference, outer_tag, parse_blocks
from .source import LIST_MARKER, Unrenderable, check_size, clean_source
from .to_markdown import CONTINUED_BY

SEPARATOR = "<!-- -->"
"""Separates two lists or quotations that would otherwise be one."""
BLOCK_GAP = re.compile(rf"\n[ \t]*\n(?:(?:[ \t]*|{SEPARATOR})\n)*(?=[^ \t\n])")
"""Blank lines before a line without indentation, at which a block may end, with a separator between them."""
TAG = re.compile(r"<[^<>]*>")
DEFINITION = re.compile(r"^ {0,3}\*?\[[^\]\n]++\]:.*$", re.MULTILINE)
"""The first line of a note, of the address of a link or of an abbreviation."""
NESTING = re.compile(r"^(?:[ \t>]|[*+-][ \t]|\d+\.[ \t])+", re.MULTILINE)
"""What stands before the content of items, quotations and code on each line."""
MAX_PASSES = 6
"""How often a text is parsed to find its blocks; a text that needs more is one block."""
FIRST_TAGS = {LIST_MARKER: "ul", re.compile(">"): "blockquote", re.compile(" {4}"): "pre"}
"""The tag of a block by the beginning of its source, of those that may continue the block before (`CONTINUED_BY`)."""


@dataclass(frozen=True)
class EditorBlock:
    """A block of a text in the editor.

    Attributes:
        source: its exact Markdown with the blank lines after it; the sources of all blocks are the text.
        html: its content for the editor, or None if it is edited as Markdown.
        previous: of an edited block, which has no source: the source of what stood in its place.
    """

    source: str
    html: str | None
    previous: str = ""


class _WrittenBlock(NamedTuple):
    """The Markdown of a block, and the tags of its first and last element as far as the next block may continue it."""

    text: str
    first: str
    last: str


def split_blocks(markdown: str) -> list[EditorBlock]:
    """Return the blocks of a text with `\n` as its only line break.

    Raises:
        Unrenderable: the text is too long or too complex; the message is for the editor.
    """
    check_size(markdown)
    sources, parsed = _find_blocks(markdown)
    blocks = [
        EditorBlock(source, _shown_html(source, block)) for source, block in zip(sources, parsed, strict=True)
    ]
    written = [
        _WrittenBlock(write_html(block.html), *again.outer_tags) if block.html else _write_block(block)
        for block, again in zip(blocks, parsed, strict=True)
    ]
    if _is_rendered_as(parsed, _join_blocks(written), markdown):
        return blocks
    rewritten = parse_blocks(
        [
            f"{text}{GAP}{SEPARATOR}{GAP}" if block.html else block.source
            for block, (text, _first, _last) in zip(blocks, written, strict=True)
        ]
    )
    for index, (block, again) in enumerate(zip(blocks, rewritten, strict=True)):
        if block.html and not (again and again.html == block.html):
            blocks[index] = EditorBlock(block.source, None)
            written[index] = _write_block(blocks[index])
    if first_difference(parsed, parse_blocks([_join_blocks(written)])[0]) is not None:
        return [EditorBlock(markdown, None)]  # with HTML that reaches from one block into others
    return blocks


def _is_rendered_as(parsed: Sequence[ParsedBlock], written: str, markdown: str) -> bool:
    """Whether the Markdown written from all blocks is rendered as the text: so is that of each of them."""
    if written.rstrip("\n") == markdown.rstrip("\n"):
        return True
    again = parse_blocks([written])[0]
    notes = {label: html for block in parsed for label, html in block.notes.items()}
    return first_difference(parsed, again) is None and notes == again.notes


def write_blocks(blocks: Iterable[EditorBlock]) -> str:
    """Return the Markdown of blocks: the source of those that have one, and the Markdown of the HTML of others.

    Of the source that an edited block had before, the lines that were not edited stay as they are.
    """
    budget = ComparisonBudget(MAX_PAIRED_BLOCKS)
    parts = [part for block in blocks for part in _split_edited(block, budget)]
    return _join_blocks(_keep_sources(parts))


def _join_blocks(blocks: Iterable[_WrittenBlock]) -> str:
    """Return the Markdown of blocks, with what is missing between two of them."""
    texts, newlines, last = [], 0, None
    for block in blocks:
        if not block.text:
            continue
        text = _missing_gap(last, block, newlines) + block.text
        content = text.rstrip()
        newlines = text[len(content) :].count("\n") + (0 if content else newlines)
        texts.append(text)
        last = last if last and _is_invisible(block.text) else block
    return "".join(texts)


def _split_edited(block: EditorBlock, budget: ComparisonBudget) -> list[EditorBlock]:
    """Return edited blocks that the editor sends as one, each with the source that stood in its place."""
    sources = _split_candidates(block.previous)
    if len(sources) < 2:
        return [block]
    body = parse(block.html or "")
    if len(body.children) != len(body.elements):
        return [block]
    pairs = pair_blocks(sources, list(map(serialize, body.elements)), budget)
    return [EditorBlock("", "".join(pair.htmls), "".join(pair.sources)) for pair in pairs]


def _keep_sources(blocks: Sequence[EditorBlock]) -> list[_WrittenBlock]:
    """Return the blocks as they are written, with the lines of their previous sources that mean the same."""
    written = [_write_block(block) for block in blocks]
    edited = [index for index, block in enumerate(blocks) if block.previous.strip() and written[index].text]
    definitions = GAP.join(
        match[0] for block in blocks for match in DEFINITION.finditer(clean_source(block.source))
    )
    with suppress(Unrenderable):  # too long: whoever shows the text says so
        previous = [blocks[index].previous for index in edited]
        texts = [written[index].text for index in edited]
        for index, text in zip(edited, _keep_lines(previous, texts, definitions), strict=True):
            text += _strip_end(blocks[index].previous)[1]
            written[index] = written[index]._replace(text=text)
    return written


def _keep_lines(sources: Sequence[str], texts: Sequence[str], definitions: str) -> list[str]:
    """Return edited texts with the lines and words of their sources; the lines alone if words would mean others."""
    budget, kept = ComparisonBudget(), list(texts)
    previous, edited = _parse_edited(sources, definitions), _parse_edited(texts, definitions)
    rewritten = [block and write_html(block.html) for block in previous]
    remaining = [index for index, block in enumerate(edited) if block and previous[index]]
    for patterns in ((LINES, WORDS), (LINES,)):
        attempts = [
            keep_source(_strip_end(sources[index])[0], rewritten[index], texts[index], budget, patterns)
            for index in remaining
        ]
        parsed = zip(remaining, attempts, _parse_edited(attempts, definitions), strict=True)
        same = {index: text for index, text, block in parsed if block and block.html == edited[index].html}
        kept = [same.get(index, text) for index, text in enumerate(kept)]
        remaining = [index for index in remaining if index not in same]
    return kept


def _parse_edited(sources: Sequence[str], definitions: str) -> list[ParsedBlock | None]:
    if not sources:
        return []
    check_size(GAP.join(sources))
    return parse_blocks([*sources, definitions])[: len(sources)]


def _strip_end(source: str) -> tuple[str, str]:
    """Return a source without the separators and blank lines at its end, and these blank lines without separators."""
    text = source.rstrip()
    end = source[len(text) :]
    while text.endswith(SEPARATOR):
        text, end = text.removesuffix(SEPARATOR).rstrip(), ""
    return text, end


def _write_block(block: EditorBlock) -> _WrittenBlock:
    if block.source:
        tag = "" if block.source.rstrip().endswith(SEPARATOR) else _first_tag(block.source)
        return _WrittenBlock(block.source, _first_tag(block.source), tag)
    body = parse(block.html or "")
    tags = [outer_tag(element.tag) for element in body.elements] or [""]
    return _WrittenBlock(write_html(block.html or ""), tags[0], tags[-1])


def _first_tag(source: str) -> str:
    line = source.lstrip("\n")
    return next((tag for start, tag in FIRST_TAGS.items() if start.match(line)), "")


def _missing_gap(last: _WrittenBlock | None, block: _WrittenBlock, newlines: int) -> str:
    """Return what a text lacks before a block: blank lines, and a comment if the block would continue the last one.

    Args:
        newlines: the number of line breaks at the end of the text.
    """
    if not last:
        return ""
    gap = GAP[newlines:]
    return f"{gap}{SEPARATOR}{GAP}" if block.first in CONTINUED_BY.get(last.last, ()) else gap


def _is_invisible(text: str) -> bool:
    """Whether a block is nothing but definitions, over which a list or a quotation goes on."""
    return all(DEFINITION.match(part) for part in _split_candidates(text.lstrip("\n")) if part.strip())


def _find_blocks(markdown: str) -> tuple[list[str], list[ParsedBlock]]:
    """Return the source of each block and what the parser reads from it."""
    sources = _split_candidates(markdown)
    whole = parse_blocks([markdown])[0]
    for _pass in range(MAX_PASSES):
        parsed = parse_blocks(sources)
        if None in parsed:
            sources = _merge(sources, {index for index, block in enumerate(parsed) if block is None})
        elif (index := first_difference(parsed, whole)) is None:
            return sources, parsed
        else:
            sources = _merge(sources, {index})
    return [markdown], [whole]


def _split_candidates(markdown: str) -> list[str]:
    """Return the parts of a text between gaps, those joined that are certainly one block."""
    ends = [match.end() for match in BLOCK_GAP.finditer(markdown)]
    parts = [markdown[start:end] for start, end in zip([0, *ends], [*ends, len(markdown)], strict=True)]
    joined = {
        index
        for index, (part, following) in enumerate(pairwise(parts), start=1)
        if not part.strip() or _is_continued(part, following)
    }
    return _merge(parts, joined)


def _is_continued(part: str, following: str) -> bool:
    return (
        bool(_first_tag(part))
        and _first_tag(part) == _first_tag(following)
        and not part.rstrip().endswith(SEPARATOR)
    )


def _merge(sources: Sequence[str], indexes: set[int]) -> list[str]:
    """Return the sources, each of those with these indexes joined with the one before."""
    merged: list[str] = []
    for index, source in enumerate(sources):
        if index in indexes and merged:
            merged[-1] += source
        else:
            merged.append(source)
    return merged


def _shown_html(source: str, block: ParsedBlock) -> str | None:
    """Return the HTML of a block, or None if it would lack a part of the source."""
    # The text of a page has the signs of a comment that stand in code or are escaped, not those of a comment.
    shown, written = unescape(TAG.sub("", block.html)), unescape(source)
    signs, shown_signs = (text.replace(SEPARATOR, "").count("<!--") for text in (written, shown))
    has_comment = signs > shown_signs
    is_mixed = block.elements and (block.notes or _has_definition(source))
    return None if has_comment or is_mixed else block.html or None


def _has_definition(source: str) -> bool:
    """Whether a source may define the address of a link or an abbreviation, also within an item or a quotation."""
    text = NESTING.sub("", source)
    return bool(REFERENCE.search(text) or ABBREVIATION.search(text))
