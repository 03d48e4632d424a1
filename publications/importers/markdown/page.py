"""Compare the words of a Markdown text with those of its page, and reduce Markdown to plain text."""

import html
import re
from collections import Counter
from collections.abc import Iterable

from publications import markup
from publications.manuscript import Manuscript
from publications.stored_messages import gettext as _

from ..coverage import WORD, compare_words, split_words
from ..imported_file import ImportLog, TextCoverage
from ..links import addresses_in
from ..rendered_page import report_missing_words
from .front_matter import without_html
from .liquid_template import END_RAW
from .placeholders import replace_spans
from .shortcodes import RAW
from .tag_arguments import words_in_tag

LATIN_LETTERS = "A-Za-zÀ-ÖØ-öø-ÿ"
PLAIN_TEXT = re.compile(rf"[{LATIN_LETTERS}](?:[{LATIN_LETTERS}0-9]++|[ ,;?]|\.(?!\.))*+")
"""Texts without characters that Markdown or typography might interpret."""
HIDDEN_MARKUP = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in (
        ("<!--", "-->"),
        (r"<script\b", r"</script\s*>"),
        (r"<style\b", r"</style\s*>"),
        (r"\{%", r"%\}"),
        (r"\{\{", r"\}\}"),
    )
)
MARKUP = re.compile(
    r"</?(?!(?:a|b|i|em|strong|span|u|s|sub|sup|code|small|mark)\b)[a-zA-Z][^<>]*>"  # tags that separate words
    r"|\]\(\s*+[^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\s*+\)"  # link targets
    r"|^ {0,3}\[(?!\^)[^\]\n]+\]:[^\n]*$"  # definitions of links
    r"|\[\^[^\[\]\n]++\]:?"  # notes
    r"|\]\[(?:[^\[\]\n]++|\n(?!\n))*+\]"
    r"|^[ \t>]*\d{1,9}[.)][ \t]"  # numbers of a list
    r"|^[ \t]*(?:[*+-]|1\.)[ \t].*\n\{:[ ]*toc[^}\n]*\}[ \t]*$"  # tables of contents
    r"|^[ \t]*(?:`{3,}|~{3,})[^\n`]*$"
    r"|\{:[^{}\n]*\}|\{[.#][^{}\n]*\}",
    re.MULTILINE,
)
BRACES = str.maketrans("{}%", "   ")


def measure_coverage(
    source: str,
    text: Manuscript,
    rendered: markup.RenderedText | None,
    log: ImportLog,
    *,
    left_out: Iterable[str] = (),
) -> TextCoverage:
    """Return the coverage of a source by its page, and report missing words.

    Args:
        left_out: words of the source that are reported already.
    """
    if rendered is None:
        return TextCoverage()
    page = rendered.text if text.title in source else f"{rendered.text}\n{text.title}"
    coverage = compare_markdown(source, page, left_out=left_out)
    report_missing_words(coverage, log)
    return coverage


def compare_markdown(source: str, page: str, *, left_out: Iterable[str] = ()) -> TextCoverage:
    """Return the coverage of a Markdown source by a page, of all words but those left out."""
    neighbours = (match[0] for match in WORD.finditer(html.unescape(source).casefold()))
    words, reported = split_visible_words(source), Counter(left_out)
    if reported:
        words = list((Counter(words) - reported).elements())
    return compare_words(words, page, neighbours=neighbours)


def split_visible_words(source: str) -> list[str]:
    """Return the visible words of a source, without markup and addresses."""
    source = replace_spans(source, RAW, END_RAW, lambda _opening, content, _source: content.translate(BRACES))
    for opening, closing in HIDDEN_MARKUP:
        source = replace_spans(
            source, opening, closing, lambda _opening, _content, span_source: _visible_words(span_source)
        )
    return split_words(MARKUP.sub(lambda match: "" if match[0].startswith("](") else " ", source))


def _visible_words(span: str) -> str:
    """Return the visible words of a comment, a script or a tag with its arguments."""
    return f" {words_in_tag(span)} " if span.startswith(("{%", "{{<", "{{%")) else " "


def strip_markup(text: str, log: ImportLog) -> str:
    """Return a summary as plain text; removed links are reported."""
    if PLAIN_TEXT.fullmatch(text):
        return text
    try:
        rendered = markup.render_markdown(text)
    except markup.Unrenderable:
        return without_html(text)
    for address in addresses_in(rendered.html):
        log.dropped("link-summary", _("A link in the summary was left out: %s") % address)
    return " ".join(rendered.text.split()) or without_html(text)
