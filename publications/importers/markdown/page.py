"""Render the page of a text as publishing does, and compute its summary, its anchors and its losses."""

import html
import re

from publications import markup
from publications.manuscript import Manuscript
from publications.stored_messages import gettext as _

from ..coverage import WORD, compare_words, split_words
from ..imported_file import ImportLog, TextCoverage
from .front_matter import without_html
from .links import addresses_in
from .placeholders import replace_spans
from .shortcodes import END_RAW, RAW
from .tag_arguments import words_in_tag

# Starts with a literal, which `re` searches fast; otherwise the same as \bid=.
ID = re.compile(r'id="(?<!\wid=")([^"]+)"')
RENDERER_ID_PREFIXES = ("p-", "fn-", "fnref-")
MAX_EXCERPT = 300
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


def render_as_published(text: Manuscript, log: ImportLog) -> markup.RenderedText | None:
    """Return the text as publishing renders it, or None if it cannot be rendered, which is reported."""
    try:
        return markup.render_markdown(text.body, language=text.language)
    except markup.Unrenderable as error:
        log.dropped("render", _("The text cannot be shown as it is: %s") % error)
        return None


def measure_coverage(
    source: str, text: Manuscript, rendered: markup.RenderedText | None, log: ImportLog
) -> TextCoverage:
    """Return the coverage of a source by its page, and report missing words."""
    if rendered is None:
        return TextCoverage()
    page = rendered.text if text.title in source else f"{rendered.text}\n{text.title}"
    coverage = compare_markdown(source, page)
    if coverage.missing:
        message = _("Words of the file that are not in the text: %s") % " ".join(coverage.missing)
        log.dropped("words", message)
    return coverage


def compare_markdown(source: str, page: str) -> TextCoverage:
    """Return the coverage of a Markdown source by a page."""
    neighbours = (match[0] for match in WORD.finditer(html.unescape(source).casefold()))
    return compare_words(split_visible_words(source), page, neighbours=neighbours)


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


def report_losses(text: Manuscript, rendered: markup.RenderedText | None, log: ImportLog) -> None:
    """Report the links and images of a text that its page does not have."""
    if rendered is None:
        return
    page_addresses = {_normal_address(address) for address in addresses_in(rendered.html)}
    for address in addresses_in(text.body):
        if not address.startswith("image:") and _normal_address(address).rstrip() not in page_addresses:
            log.dropped("link-gone", _("A link could not be kept: %s") % address)
    for image in text.images:
        if image.key not in (*rendered.images, text.cover):
            message = _("A picture could not be placed in the text: %s") % image.file
            log.dropped("image-missing", message)


def _normal_address(address: str) -> str:
    return html.unescape(address).replace("%20", " ")


def anchors_in(rendered: markup.RenderedText | None) -> frozenset[str]:
    """Return the ids of a page that links of other texts may point to."""
    ids = ID.findall(rendered.html) if rendered else ()
    return frozenset(html.unescape(name) for name in ids if not name.startswith(RENDERER_ID_PREFIXES))


def fragment_links_in(rendered: markup.RenderedText | None) -> tuple[str, ...]:
    """Return the links of a page to an id, on this page or another page of the site."""
    if rendered is None or "#" not in rendered.html:
        return ()
    links = (link for link in addresses_in(rendered.html) if link.startswith(("#", "/")) and "#" in link)
    return tuple(link for link in links if not link.partition("#")[2].startswith(RENDERER_ID_PREFIXES))


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


def build_excerpt(rendered: markup.RenderedText | None) -> str:
    """Return the first paragraph of more than a few words, or its beginning."""
    paragraphs = [" ".join(paragraph.text.split()) for paragraph in rendered.paragraphs] if rendered else []
    first = next((paragraph for paragraph in paragraphs if len(paragraph.split()) > 3), "")
    if len(first) <= MAX_EXCERPT:
        return first
    return first[:MAX_EXCERPT].rpartition(" ")[0].rstrip(",;:– ") + " …"
