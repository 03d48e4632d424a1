"""Reduce raw HTML to what a page may show: text stays, wrappers go, and removed elements are reported."""

import html
import re
import textwrap

from django.utils.translation import gettext as _

from ..report import ImportLog
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
OPENING = re.compile(rf"<({'|'.join(REMOVED_ELEMENTS)})\b{ATTRIBUTES}>", re.IGNORECASE)
WHOLE = re.compile(rf"<(/?)({'|'.join(VERBATIM_ELEMENTS)})\b{ATTRIBUTES}>", re.IGNORECASE)
ADDRESS = re.compile(r"""\b(?:src|data|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
TITLE = re.compile(r"""\b(?:title|aria-label)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
COMMENT, END_COMMENT = re.compile("<!--"), re.compile("-->")
ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
QUOTE = re.compile(
    r"<(blockquote|aside)\b[^<>]*>((?:(?!<(?:blockquote|aside)\b).)*?)</\1\s*>", re.DOTALL | re.IGNORECASE
)
FRAME = re.compile(
    r"(?<![ \t])[ \t]*+</?(?:div|aside|section|article|figure|figcaption|center|header|footer|main|nav|details"
    r"|summary|label|form|fieldset|legend|picture|p|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
INLINE = re.compile(r"</?(?:span|font|input|button|source|time|use|select|option)\b[^<>]*>", re.IGNORECASE)
KRAMDOWN = re.compile(r"^[ \t>]*\{:[^{}\n]*\}[ \t]*$\n?|\{:?[ ]*[.#][^{}\n]*\}|\{:[^{}\n]*\}", re.MULTILINE)
CONTENTS = re.compile(
    r"^[ \t]*(?:[*+-]|1\.)[ \t].*\n\{:[ ]*toc[^}\n]*\}[ \t]*$|^\[TOC\][ \t]*$|^\[\[toc\]\][ \t]*$",
    re.MULTILINE,
)
PICTURE = re.compile(r"!\[([^\[\]\n]*)\]\((image:[a-z0-9]+)(?: \"[^\"\n]*\")?\)")
LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\(([^\s()<>]+)\)")
STRUCK = re.compile(r"(?<!~)~~(?=\S)([^~\n]+?)(?<=\S)~~(?!~)")


def reduce_html(text: str, placeholders: Placeholders, log: ImportLog) -> str:
    """Return the text in the site's Markdown, with only the HTML needed for its text, links and images."""
    text = replace_spans(
        text, COMMENT, END_COMMENT, lambda _opened, within, _element_spans: _without_comment(within, log)
    )
    text = _without_removed(text, log)
    text = CONTENTS.sub(lambda match: _without_contents(log), text)
    text = KRAMDOWN.sub("", text)
    text = STRUCK.sub(r"<del>\1</del>", text)
    if "<" not in text:
        return text
    text = _set_aside_elements(text, placeholders)
    for _level in range(4):
        quoted = QUOTE.sub(_quoted, text)
        if quoted == text:
            break
        text = quoted
    return INLINE.sub("", _without_frames(text))


def _without_comment(comment: str, log: ImportLog) -> str:
    if words := " ".join(comment.split()):
        log.dropped("html", _("A comment was left out: %s") % words)
    return ""


def _without_contents(log: ImportLog) -> str:
    log.dropped("html", _("A table of contents was left out: the page makes its own."))
    return ""


def _without_removed(text: str, log: ImportLog) -> str:
    """Remove scripts, frames and similar elements with their content; embedded content becomes a link."""
    ends = {name: re.compile(rf"</{name}[^<>]*>", re.IGNORECASE) for name in REMOVED_ELEMENTS}
    endless: set[str] = set()
    parts, position = [], 0
    for match in OPENING.finditer(text):
        if match.start() < position:
            continue
        name = match[1].lower()
        end = None if name in endless else ends[name].search(text, match.end())
        if not end:
            endless.add(name)
        parts.append(text[position : match.start()])
        position = end.end() if end else match.end()
        parts.append(_replacement(name, text[match.start() : position], log))
    return "".join([*parts, text[position:]])


def _replacement(name: str, element_html: str, log: ImportLog) -> str:
    address = _first(ADDRESS, element_html)
    words = " ".join(html.unescape(ANY_TAG.sub(" ", element_html)).split())
    if name in LINKED_ELEMENTS and address:
        address = f"https:{address}" if address.startswith("//") else address
        label = _first(TITLE, element_html.partition(">")[0]) or words or address
        log.changed(
            "html",
            _("<%(name)s> was left out, a link stands in its place: %(address)s")
            % {"name": name, "address": address},
        )
        return f"\n\n[{' '.join(label.split()).replace('[', '(').replace(']', ')')}]({address.replace(' ', '%20')})\n\n"
    label = " ".join(part for part in (address, _first(TITLE, element_html.partition(">")[0]), words) if part)
    log.dropped("html", _("<%(name)s> was left out: %(what)s") % {"name": name, "what": label or "–"})
    return ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return html.unescape(next((group for group in match.groups() if group), "")).strip() if match else ""


def _set_aside_elements(text: str, placeholders: Placeholders) -> str:
    """Replace raw tables and lists by placeholders."""
    parts, position = [], 0
    for start, end, name in _element_spans(text):
        if start >= position:
            placeholder = placeholders.keep(_as_html(text[start:end], name))
            parts += [text[position:start], f"\n\n{placeholder}\n\n"]
            position = end
    return "".join([*parts, text[position:]])


def _element_spans(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and name of elements to keep, in document order; elements without an end do not count."""
    opened: dict[str, list[int]] = {name: [] for name in VERBATIM_ELEMENTS}
    spans = []
    for match in WHOLE.finditer(text):
        starts = opened[name := match[2].lower()]
        if not match[1]:
            starts.append(match.start())
        elif starts:
            spans.append((starts.pop(), match.end(), name))
    return sorted(spans)


def _as_html(content_html: str, name: str) -> str:
    """Return raw HTML unchanged, except for blank lines, which would end it, and images and links in Markdown."""
    if name == "pre":
        return content_html
    content_html = PICTURE.sub(_picture, re.sub(r"\n\s*\n", "\n", content_html))
    return LINK.sub(lambda match: f'<a href="{html.escape(match[2])}">{match[1]}</a>', content_html)


def _picture(match: re.Match[str]) -> str:
    return f'<img src="{match[2]}" alt="{html.escape(html.unescape(match[1]))}">'


def _quoted(match: re.Match[str]) -> str:
    """Return a quotation in Markdown; an aside is one if it is marked as a pull quote."""
    opening = match[0].partition(">")[0].lower()
    content_html = _without_frames(match[2]) if "<" in match[2] else textwrap.dedent(match[2])
    if match[1].lower() == "aside" and "quote" not in opening:
        return f"\n\n{content_html}\n\n"
    lines = (
        re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in content_html.split("\n")))
        .strip()
        .split("\n")
    )
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _without_frames(text: str) -> str:
    """Remove wrapper elements; their content starts at the margin, with blank lines around it."""
    parts = FRAME.split(text)
    if len(parts) == 1:
        return text
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join([parts[0], *map(_at_margin, parts[1:])]))


def _at_margin(part: str) -> str:
    first, line_feed, rest = part.partition("\n")
    return first.lstrip() + line_feed + textwrap.dedent(rest)
