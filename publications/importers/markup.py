"""Raw HTML: what no page may show goes and is told with its address, frames around text go, words stay."""

import html
import re
import textwrap

from django.utils.translation import gettext as _

from .arrival import Telling
from .aside import Aside
from .spans import ATTRIBUTES, replace_spans

GONE = (
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
SHOWN_ELSEWHERE = ("iframe", "video", "audio", "object")
KEPT_WHOLE = ("table", "pre", "dl", "ul", "ol")
OPENING = re.compile(rf"<({'|'.join(GONE)})\b{ATTRIBUTES}>", re.IGNORECASE)
WHOLE = re.compile(rf"<(/?)({'|'.join(KEPT_WHOLE)})\b{ATTRIBUTES}>", re.IGNORECASE)
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


def simplify(text: str, aside: Aside, telling: Telling) -> str:
    """The text as our Markdown, with as little HTML as carries its words, links and pictures."""
    text = replace_spans(
        text, COMMENT, END_COMMENT, lambda _opened, within, _whole: _without_comment(within, telling)
    )
    text = _without_gone(text, telling)
    text = CONTENTS.sub(lambda found: _without_contents(telling), text)
    text = KRAMDOWN.sub("", text)
    text = STRUCK.sub(r"<del>\1</del>", text)
    if "<" not in text:
        return text
    text = _keep_whole(text, aside)
    for _level in range(4):
        quoted = QUOTE.sub(_quoted, text)
        if quoted == text:
            break
        text = quoted
    return INLINE.sub("", _without_frames(text))


def _without_comment(written: str, telling: Telling) -> str:
    if words := " ".join(written.split()):
        telling.dropped("html", _("A comment was left out: %s") % words)
    return ""


def _without_contents(telling: Telling) -> str:
    telling.dropped("html", _("A table of contents was left out: the page makes its own."))
    return ""


def _without_gone(text: str, telling: Telling) -> str:
    """Scripts, frames and their like out, each to its end; what can be seen elsewhere becomes a link."""
    ends = {name: re.compile(rf"</{name}[^<>]*>", re.IGNORECASE) for name in GONE}
    endless: set[str] = set()
    pieces, place = [], 0
    for found in OPENING.finditer(text):
        if found.start() < place:
            continue
        name = found[1].lower()
        end = None if name in endless else ends[name].search(text, found.end())
        if not end:
            endless.add(name)
        pieces.append(text[place : found.start()])
        place = end.end() if end else found.end()
        pieces.append(_instead(name, text[found.start() : place], telling))
    return "".join([*pieces, text[place:]])


def _instead(name: str, whole: str, telling: Telling) -> str:
    address = _first(ADDRESS, whole)
    words = " ".join(html.unescape(ANY_TAG.sub(" ", whole)).split())
    if name in SHOWN_ELSEWHERE and address:
        address = f"https:{address}" if address.startswith("//") else address
        label = _first(TITLE, whole.partition(">")[0]) or words or address
        telling.changed(
            "html",
            _("<%(name)s> was left out, a link stands in its place: %(address)s")
            % {"name": name, "address": address},
        )
        return f"\n\n[{' '.join(label.split()).replace('[', '(').replace(']', ')')}]({address.replace(' ', '%20')})\n\n"
    label = " ".join(part for part in (address, _first(TITLE, whole.partition(">")[0]), words) if part)
    telling.dropped("html", _("<%(name)s> was left out: %(what)s") % {"name": name, "what": label or "–"})
    return ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return html.unescape(next((each for each in found.groups() if each), "")).strip() if found else ""


def _keep_whole(text: str, aside: Aside) -> str:
    """Raw tables and lists put aside as they are, each to the end of its own name."""
    pieces, place = [], 0
    for start, end, name in _whole(text):
        if start >= place:
            kept = aside.keep(_as_html(text[start:end], name))
            pieces += [text[place:start], f"\n\n{kept}\n\n"]
            place = end
    return "".join([*pieces, text[place:]])


def _whole(text: str) -> list[tuple[int, int, str]]:
    """Where elements that are kept whole begin and end, in the order of the text; those without an end are none."""
    opened: dict[str, list[int]] = {name: [] for name in KEPT_WHOLE}
    found = []
    for each in WHOLE.finditer(text):
        starts = opened[name := each[2].lower()]
        if not each[1]:
            starts.append(each.start())
        elif starts:
            found.append((starts.pop(), each.end(), name))
    return sorted(found)


def _as_html(inside: str, name: str) -> str:
    """Raw HTML to the letter, but for blank lines, which would end it, and pictures and links in Markdown."""
    if name == "pre":
        return inside
    inside = PICTURE.sub(_picture, re.sub(r"\n\s*\n", "\n", inside))
    return LINK.sub(lambda found: f'<a href="{html.escape(found[2])}">{found[1]}</a>', inside)


def _picture(found: re.Match[str]) -> str:
    return f'<img src="{found[2]}" alt="{html.escape(html.unescape(found[1]))}">'


def _quoted(found: re.Match[str]) -> str:
    """A quotation in Markdown. An aside is one where it says that it is a pull quote."""
    opening = found[0].partition(">")[0].lower()
    inside = _without_frames(found[2]) if "<" in found[2] else textwrap.dedent(found[2])
    if found[1].lower() == "aside" and "quote" not in opening:
        return f"\n\n{inside}\n\n"
    lines = (
        re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in inside.split("\n"))).strip().split("\n")
    )
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _without_frames(text: str) -> str:
    """Blocks that only frame text go; what they held stands at the margin, with blank lines around."""
    parts = FRAME.split(text)
    if len(parts) == 1:
        return text
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join([parts[0], *map(_at_margin, parts[1:])]))


def _at_margin(part: str) -> str:
    first, line_feed, rest = part.partition("\n")
    return first.lstrip() + line_feed + textwrap.dedent(rest)
