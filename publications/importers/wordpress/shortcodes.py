"""Shortcodes of WordPress as HTML: captions, galleries, embeds, notes; unknown ones are named and their content stays.

The format is that of <https://developer.wordpress.org/plugins/shortcodes/>. Words in brackets that are no shortcode
stay.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from .access import is_access_shortcode, is_harmless_shortcode, is_hidden_element
from .post_parts import PostParts
from .shortcode_html import RAW_SHORTCODES, SHORTCODES, Shortcode, as_paragraph

MAX_SHOWN = 200
MAX_DEPTH = 20
"""How deeply shortcodes are nested; the content of one is read for each around it."""
_TOKEN = re.compile(
    r"<!--|<(?P<raw>pre|code|script|style|textarea|xmp)\b|<[a-zA-Z/][^<>]*>|\[", re.IGNORECASE
)
_SHORTCODE = re.compile(
    r"\[(?P<escape>\[?)(?P<end>/?)(?P<name>[a-zA-Z][\w-]{0,60})(?P<rest>(?=[\s=/\]])"
    r"""(?:[^\[\]"']++|"[^"\[]*+"|'[^'\[]*+'|["'])*+)\]"""
)
_END = re.compile(r"\[/([a-zA-Z][\w-]{0,60}+)\s*+\]")
_SPACES = re.compile(r"\s*+")
_ESCAPED = re.compile(r"\[(\[/?[a-zA-Z][^\[\]]*\])\]")
_ATTRIBUTE = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|[“”″„]([^“”″„]*)[“”″]|([^\s"']+))|"([^"]*)"|'([^']*)'|([^\s"']+)"""
)
_UNKNOWN_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_ENDS = {
    name: re.compile(rf"</{name}\s*+>", re.IGNORECASE)
    for name in ["pre", "code", "script", "style", "textarea", "xmp"]
} | {"<!--": re.compile("-->")}
TITLE_ATTRIBUTES = ("title", "heading")
PLUGIN_SHORTCODES = frozenset({
    "addtoany", "archives", "catlist", "child-pages", "contact-form", "display-posts", "ez-toc", "layerslider",
    "metaslider", "podcast_player", "podlove-episode-web-player", "podlove-web-player", "powerpress", "printfriendly",
    "recent-posts", "related-posts", "searchform", "sharethis", "sitemap", "smartslider3", "ssba", "subpages",
    "subscribe2", "tablepress", "wpdatatable", "wpforms",
})  # fmt: skip
"""Shortcodes of plugins that often stand without values, whose names no writer puts in brackets."""
WRITERS_WORDS = frozenset({
    "applause", "applåder", "crosstalk", "emphasis", "ibid", "ibidem", "inaudible", "laughter", "laughs", "ohörbart",
    "omitted", "redacted", "sic", "skratt", "translation", "unclear",
})  # fmt: skip
"""Words that writers put in brackets, also on a line of their own."""
_BRACKETS = re.compile(r"\[[^\[\]]*\]|&nbsp;")
MAX_LINE = 500
"""How far from a name in brackets words are looked for that stand on the same line."""


@dataclass
class _OpenShortcode:
    """A shortcode whose end is still to come, with the HTML between."""

    name: str
    shortcode: Shortcode
    source: str
    parts: list[str] = field(default_factory=list)


def replace_shortcodes(text: str, post: PostParts, log: ImportLog) -> str:
    """Return a text with its shortcodes as HTML.

    Args:
        post: what shortcodes refer to; their notes are added to its notes.
    """
    return _Replacer(text, post, log).replace() if "[" in text else text


class _Replacer:
    def __init__(self, text: str, post: PostParts, log: ImportLog) -> None:
        self.text, self.post, self.log = text, post, log
        self.ends: dict[str, list[tuple[int, int]]] = {}
        for match in _END.finditer(text):
            self.ends.setdefault(match[1].lower(), []).append(match.span())
        self.double_ends = {
            name: [span for span in spans if text.startswith("]", span[1])]
            for name, spans in self.ends.items()
        }
        self.unclosed: set[str] = set()
        self.open: list[_OpenShortcode] = []
        self.open_names: Counter[str] = Counter()
        self.parts: list[str] = []

    def replace(self) -> str:
        position = 0
        while match := _TOKEN.search(self.text, position):
            self._add(self.text[position : match.start()])
            if match[0] == "[":
                position = self._read(match.start())
                continue
            position = match.end()
            position = self._end_of("<!--" if match[0] == "<!--" else (match["raw"] or "").lower(), position)
            self._add(_ESCAPED.sub(r"\1", self.text[match.start() : position]))
        self._add(self.text[position:])
        while self.open:
            self._close()
        return "".join(self.parts)

    def _end_of(self, name: str, position: int) -> int:
        """Return the position after the end of what is no text, or the same if it has none."""
        if name not in _ENDS or name in self.unclosed:
            return position
        found = _ENDS[name].search(self.text, position)
        if not found:
            self.unclosed.add(name)
        return found.end() if found else position

    @staticmethod
    def _next_end(ends: dict[str, list[tuple[int, int]]], name: str, position: int) -> tuple[int, int] | None:
        """Return where the next end of a name is."""
        spans = ends.get(name, [])
        index = bisect_left(spans, (position, 0))
        return spans[index] if index < len(spans) else None

    def _add(self, text: str) -> None:
        (self.open[-1].parts if self.open else self.parts).append(text)

    def _read(self, start: int) -> int:
        """Read what begins with a bracket, and return the position after it."""
        match = _SHORTCODE.match(self.text, start)
        if not match:
            self._add("[")
            return start + 1
        name = match["name"].lower()
        if match["escape"]:
            return self._read_escaped(name, match)
        if match["end"]:
            return self._read_end(name, match)
        shortcode = _parse(match)
        if not self._is_shortcode(match["name"], shortcode, match):
            self._note_doubt(shortcode, match)
            self._add("[")
            return start + 1
        return self._open_shortcode(name, shortcode, match)

    def _read_escaped(self, name: str, match: re.Match[str]) -> int:
        """Add what stands between double brackets as text: a shortcode, or one with its content and end."""
        end = match.end() if self.text.startswith("]", match.end()) else 0
        if not end and (found := self._next_end(self.double_ends, name, match.end())):
            end = found[1]
        self._add(self.text[match.start() + 1 : end] if end else "[")
        return end + 1 if end else match.start() + 1

    def _is_shortcode(self, name: str, shortcode: Shortcode, match: re.Match[str]) -> bool:
        """Whether this is one: known, with an end, or with a name or values as no sentence in brackets has them."""
        if any(name.lower() in known for known in (SHORTCODES, RAW_SHORTCODES, PLUGIN_SHORTCODES)):
            return True
        if self._next_end(self.ends, name.lower(), match.end()) or is_hidden_element(shortcode.values):
            return True
        if is_access_shortcode(name, shortcode.values, has_end=False):
            return True
        return "_" in name or match["rest"].endswith("/") or bool(shortcode.values and not shortcode.words)

    def _note_doubt(self, shortcode: Shortcode, match: re.Match[str]) -> None:
        """Name what stays in the text and may be a shortcode: a name, or one with numbers, on a line of its own."""
        name = match["name"]
        if not _UNKNOWN_NAME.fullmatch(name) or name in WRITERS_WORDS:
            return
        if all(map(str.isdecimal, shortcode.words)) and self._stands_alone(*match.span()):
            message = _("It stands in the text, and may be a shortcode that the old site replaced: %s")
            self.log.guessed("liquid", message % match[0][:MAX_SHOWN])

    def _stands_alone(self, start: int, end: int) -> bool:
        """Whether no words stand beside a place of the text, between the nearest tags and line ends."""
        before, after = self.text[max(0, start - MAX_LINE) : start], self.text[end : end + MAX_LINE]
        line = re.split(r"[>\n]", before)[-1] + re.split(r"[<\n]", after)[0]
        return not _BRACKETS.sub("", line).strip()

    def _open_shortcode(self, name: str, shortcode: Shortcode, match: re.Match[str]) -> int:
        end = self._next_end(self.ends, name, match.end())
        if self._hides(match["name"], shortcode, match.end(), end):
            self.log.hidden(f"[{name}]")
        if not end or match["rest"].rstrip().endswith("/") or len(self.open) >= MAX_DEPTH:
            self._add(self._render(name, shortcode, match[0]))
            return match.end()
        if name in RAW_SHORTCODES:
            shortcode.content = self.text[match.end() : end[0]]
            self._add(RAW_SHORTCODES[name](shortcode, self.post))
            return end[1]
        self.open.append(_OpenShortcode(name, shortcode, match[0]))
        self.open_names[name] += 1
        return match.end()

    def _hides(self, name: str, shortcode: Shortcode, start: int, end: tuple[int, int] | None) -> bool:
        """Whether a shortcode may hide what is in it, or after it: an unknown one around text does, in doubt."""
        key = name.lower()
        if is_hidden_element(shortcode.values):
            return True
        if key in self.post.open_shortcodes:
            return False
        if is_access_shortcode(key, shortcode.values, has_end=bool(end)):
            return True
        is_known = key in SHORTCODES or key in RAW_SHORTCODES or is_harmless_shortcode(name)
        return end is not None and not is_known and self._has_text(start, end[0])

    def _has_text(self, start: int, end: int) -> bool:
        found = _SPACES.match(self.text, start, end)
        return bool(found) and found.end() < end

    def _read_end(self, name: str, match: re.Match[str]) -> int:
        if not self.open_names[name]:
            if name in SHORTCODES or _UNKNOWN_NAME.fullmatch(name):
                self._report(match[0])
            return match.end()
        while self._close() != name:
            pass
        return match.end()

    def _close(self) -> str:
        """Close the innermost open shortcode and return its name."""
        opened = self.open.pop()
        self.open_names[opened.name] -= 1
        opened.shortcode.content = "".join(opened.parts)
        self._add(self._render(opened.name, opened.shortcode, opened.source))
        return opened.name

    def _render(self, name: str, shortcode: Shortcode, source: str) -> str:
        handler = SHORTCODES.get(name)
        rendered = handler(shortcode, self.post) if handler else None
        if rendered is not None:
            return rendered
        self._report(source)
        titles = (as_paragraph(shortcode.values.get(name, "")) for name in TITLE_ATTRIBUTES)
        return "".join((*titles, shortcode.content)) if shortcode.content else ""

    def _report(self, source: str) -> None:
        self.log.dropped("liquid", _("A shortcode was left out: %s") % source[:MAX_SHOWN])


def _parse(match: re.Match[str]) -> Shortcode:
    shortcode = Shortcode(match["name"].lower())
    rest = match["rest"].rstrip()
    rest = rest[:-1] if rest.endswith("/") else rest
    if rest.startswith("="):  # [youtube=https://…]
        shortcode.words.append(rest[1:].strip(" \"'"))
        return shortcode
    for part in _ATTRIBUTE.finditer(rest):
        groups = part.groups()
        if groups[0]:
            shortcode.values[groups[0].lower()] = next((group for group in groups[1:5] if group), "")
        else:
            shortcode.words.append(next((group for group in groups[5:] if group), ""))
    return shortcode
