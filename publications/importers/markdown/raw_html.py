"""Reduce raw HTML to what a page may show: text stays, wrappers go, and removed elements are reported."""

import html
import re
import textwrap

from publications.stored_messages import gettext as _

from ..imported_file import ImportLog, dropped_element_note, linked_element_note
from .front_matter import TAG
from .placeholders import ATTRIBUTES, Placeholders, replace_spans

REMOVED_ELEMENTS = (
    "script",
    "style",
    "noscript",
    "iframe",
    "svg",
    "object",
    "video",
    "audio",
    "math",
    "template",
    "textarea",
    "xmp",
)
LINKED_ELEMENTS = ("iframe", "video", "audio", "object")
VERBATIM_ELEMENTS = ("table", "pre", "dl", "ul", "ol")
REMOVED_TAG = re.compile(rf"<({'|'.join(REMOVED_ELEMENTS)})\b{ATTRIBUTES}>", re.IGNORECASE)
VERBATIM_TAG = re.compile(rf"<(/?)({'|'.join(VERBATIM_ELEMENTS)})\b{ATTRIBUTES}>", re.IGNORECASE)
ADDRESS_ATTRIBUTE = re.compile(
    r"""\b(?:src|data|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
TITLE_ATTRIBUTE = re.compile(r"""\b(?:title|aria-label)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
COMMENT, END_COMMENT = re.compile("<!--"), re.compile("-->")
QUOTE_ELEMENT = re.compile(
    r"<(blockquote|aside)\b[^<>]*>((?:(?!<(?:blockquote|aside)\b).)*?)</\1\s*>", re.DOTALL | re.IGNORECASE
)
WRAPPER_TAG = re.compile(
    r"(?<![ \t])[ \t]*+</?(?:div|aside|section|article|figure|figcaption|center|header|footer|main|nav|details"
    r"|summary|label|form|fieldset|legend|picture|p|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
REMOVED_INLINE_TAG = re.compile(
    r"</?(?:span|font|input|button|source|time|use|select|option)\b[^<>]*>", re.IGNORECASE
)
KRAMDOWN_ATTRIBUTES = re.compile(
    r"^[ \t>]*\{:[^{}\n]*\}[ \t]*$\n?|\{:?[ ]*[.#][^{}\n]*\}|\{:[^{}\n]*\}", re.MULTILINE
)
TABLE_OF_CONTENTS = re.compile(
    r"^[ \t]*(?:[*+-]|1\.)[ \t].*\n\{:[ ]*toc[^}\n]*\}[ \t]*$|^\[TOC\][ \t]*$|^\[\[toc\]\][ \t]*$",
    re.MULTILINE,
)
LIBRARY_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\((image:[a-z0-9]+)(?: \"[^\"\n]*\")?\)")
LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\(([^\s()<>]+)\)")
STRIKETHROUGH = re.compile(r"(?<!~)~~(?=\S)([^~\n]+?)(?<=\S)~~(?!~)")


def remove_elements(text: str, log: ImportLog) -> str:
    """Return the text without comments, scripts and frames, which are reported; embedded content becomes a link."""
    text = replace_spans(
        text, COMMENT, END_COMMENT, lambda _opening, content, _source: _report_comment(content, log)
    )
    return _remove_elements(text, log)


def reduce_html(text: str, placeholders: Placeholders, log: ImportLog) -> str:
    """Return the text in the site's Markdown, with only the HTML needed for its text, links and images."""
    text = TABLE_OF_CONTENTS.sub(lambda match: _report_table_of_contents(log), text)
    text = KRAMDOWN_ATTRIBUTES.sub("", text)
    text = STRIKETHROUGH.sub(r"<del>\1</del>", text)
    if "<" not in text:
        return text
    text = _replace_verbatim_elements(text, placeholders)
    for _level in range(4):
        quoted = QUOTE_ELEMENT.sub(_write_quote, text)
        if quoted == text:
            break
        text = quoted
    return REMOVED_INLINE_TAG.sub("", _unwrap(text))


def _report_comment(comment: str, log: ImportLog) -> str:
    if words := " ".join(comment.split()):
        log.dropped("html", _("A comment was left out: %s") % words)
    return ""


def _report_table_of_contents(log: ImportLog) -> str:
    log.dropped("html", _("A table of contents was left out: the page makes its own."))
    return ""


def _remove_elements(text: str, log: ImportLog) -> str:
    """Remove scripts, frames and similar elements with their content; embedded content becomes a link."""
    ends = {name: re.compile(rf"</{name}[^<>]*>", re.IGNORECASE) for name in REMOVED_ELEMENTS}
    unclosed: set[str] = set()
    parts, position = [], 0
    for match in REMOVED_TAG.finditer(text):
        if match.start() < position:
            continue
        name = match[1].lower()
        end = None if name in unclosed else ends[name].search(text, match.end())
        if not end:
            unclosed.add(name)
        parts.append(text[position : match.start()])
        position = end.end() if end else match.end()
        parts.append(_replace_element(name, text[match.start() : position], log))
    return "".join([*parts, text[position:]])


def _replace_element(name: str, element_html: str, log: ImportLog) -> str:
    address = _first_group(ADDRESS_ATTRIBUTE, element_html)
    words = " ".join(html.unescape(TAG.sub(" ", element_html)).split())
    if name in LINKED_ELEMENTS and address:
        address = f"https:{address}" if address.startswith("//") else address
        label = _first_group(TITLE_ATTRIBUTE, element_html.partition(">")[0]) or words or address
        log.add(linked_element_note(name, address))
        return f"\n\n[{' '.join(label.split()).replace('[', '(').replace(']', ')')}]({address.replace(' ', '%20')})\n\n"
    label = " ".join(
        part
        for part in (address, _first_group(TITLE_ATTRIBUTE, element_html.partition(">")[0]), words)
        if part
    )
    log.add(dropped_element_note(name, label))
    return ""


def _first_group(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return html.unescape(next((group for group in match.groups() if group), "")).strip() if match else ""


def _replace_verbatim_elements(text: str, placeholders: Placeholders) -> str:
    """Replace raw tables and lists by placeholders."""
    parts, position = [], 0
    for start, end, name in _find_verbatim_elements(text):
        if start >= position:
            placeholder = placeholders.keep(_write_html(text[start:end], name))
            parts += [text[position:start], f"\n\n{placeholder}\n\n"]
            position = end
    return "".join([*parts, text[position:]])


def _find_verbatim_elements(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and name of elements to keep, in document order; elements without an end do not count."""
    open_starts: dict[str, list[int]] = {name: [] for name in VERBATIM_ELEMENTS}
    spans = []
    for match in VERBATIM_TAG.finditer(text):
        starts = open_starts[name := match[2].lower()]
        if not match[1]:
            starts.append(match.start())
        elif starts:
            spans.append((starts.pop(), match.end(), name))
    return sorted(spans)


def _write_html(content_html: str, name: str) -> str:
    """Return raw HTML unchanged, except for blank lines, which would end it, and images and links in Markdown."""
    if name == "pre":
        return content_html
    content_html = LIBRARY_IMAGE.sub(_write_image, re.sub(r"\n\s*\n", "\n", content_html))
    return LINK.sub(lambda match: f'<a href="{html.escape(match[2])}">{match[1]}</a>', content_html)


def _write_image(match: re.Match[str]) -> str:
    return f'<img src="{match[2]}" alt="{html.escape(html.unescape(match[1]))}">'


def _write_quote(match: re.Match[str]) -> str:
    """Return a quotation in Markdown; an aside is one if it is marked as a pull quote."""
    opening = match[0].partition(">")[0].lower()
    content_html = _unwrap(match[2]) if "<" in match[2] else textwrap.dedent(match[2])
    if match[1].lower() == "aside" and "quote" not in opening:
        return f"\n\n{content_html}\n\n"
    lines = (
        re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in content_html.split("\n")))
        .strip()
        .split("\n")
    )
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _unwrap(text: str) -> str:
    """Remove wrapper elements; their content starts at the margin, with blank lines around it."""
    parts = WRAPPER_TAG.split(text)
    if len(parts) == 1:
        return text
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join([parts[0], *map(_remove_indent, parts[1:])]))


def _remove_indent(part: str) -> str:
    first, line_feed, rest = part.partition("\n")
    return first.lstrip() + line_feed + textwrap.dedent(rest)
