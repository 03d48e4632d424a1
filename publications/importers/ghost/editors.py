"""Texts that an export has in the format of an editor alone, as HTML: Lexical (since 5.0) and Mobiledoc (1.0 to 4.x).

Formats: <https://lexical.dev/docs/concepts/serialization>,
<https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md>.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from publications.html_tree import HEADINGS
from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from .cards import is_card, render_card, report_unknown, value_of

Node = Mapping[str, Any]
MAX_LEVELS = 100
FORMATS = (
    (16, "code"),
    (32, "sub"),
    (64, "sup"),
    (4, "s"),
    (8, "u"),
    (2, "em"),
    (1, "strong"),
    (128, "mark"),
)
"""The bits of a text in Lexical, the innermost element first."""
MARKUPS = frozenset({"a", "b", "strong", "i", "em", "s", "u", "sub", "sup", "code", "mark"})
SECTIONS = HEADINGS | {"p", "blockquote", "aside", "pull-quote"}
TEXT, ATOM = 0, 1
MARKUP_SECTION, IMAGE_SECTION, LIST_SECTION, CARD_SECTION = 1, 2, 3, 10


def render_editor_text(lexical: str, mobiledoc: str, log: ImportLog) -> str:
    """Return the HTML of a text in the format of one of the editors, "" if it has none.

    Args:
        log: unknown parts, whose words stay, are reported.

    Raises:
        ValueError: it is not valid JSON, or nested too deeply.
    """
    for source, render in ((lexical, render_lexical), (mobiledoc, render_mobiledoc)):
        try:
            content = json.loads(source) if source else None
        except RecursionError as error:
            raise ValueError(type(error).__name__) from error
        if isinstance(content, dict):
            return render(content, log)
    return ""


def render_lexical(content: Node, log: ImportLog) -> str:
    """Return the HTML of a text in Lexical. Raises ValueError if it is nested too deeply."""
    return _Lexical(log).render_children(content.get("root"))


def render_mobiledoc(content: Node, log: ImportLog) -> str:
    """Return the HTML of a text in Mobiledoc."""
    return "".join(_Mobiledoc(content, log).render_sections())


class _Lexical:
    """Renders the nodes of one text."""

    def __init__(self, log: ImportLog) -> None:
        self.log = log

    def render_children(self, node: Any, level: int = 0) -> str:
        children = node.get("children") if isinstance(node, dict) else None
        if level > MAX_LEVELS:
            raise ValueError(_("Lists, quotes or brackets are nested too deeply. Take levels out."))
        nodes = [child for child in children if isinstance(child, dict)] if isinstance(children, list) else []
        return "".join(self._render(child, level + 1) for child in nodes)

    def _render(self, node: Node, level: int) -> str:
        name = value_of(node, "type")
        if is_card(name):
            return render_card(name, node, self.log)
        if name in TEXT_NODES:
            return _format_text(node)
        if name in ("linebreak", "tab"):
            return "<br>" if name == "linebreak" else " "
        content = self.render_children(node, level)
        if wrap := WRAPPERS.get(name):
            return wrap(node, content)
        text = value_of(node, "text")
        if content or text:
            report_unknown(name or "–", self.log)
            return f"<p>{escape(text)}{content}</p>"
        return render_card(name or "–", node, self.log)


TEXT_NODES = frozenset({"text", "extended-text", "emoji", "zwnj", "tk"})


def _format_text(node: Node) -> str:
    text = node.get("text") if isinstance(node.get("text"), str) else ""
    html, bits = escape(text), node.get("format")
    for bit, tag in FORMATS if isinstance(bits, int) else ():
        html = f"<{tag}>{html}</{tag}>" if bits & bit else html
    return html


def _wrap_link(node: Node, content: str) -> str:
    address = value_of(node, "url")
    return f'<a href="{escape(address)}">{content}</a>' if address else content


def _wrap_heading(node: Node, content: str) -> str:
    tag = value_of(node, "tag")
    tag = tag if tag in HEADINGS else "h2"
    return f"<{tag}>{content}</{tag}>"


def _wrap_list(node: Node, content: str) -> str:
    is_numbered = value_of(node, "listType") == "number" or value_of(node, "tag") == "ol"
    start = node.get("start")
    first = f' start="{start}"' if is_numbered and isinstance(start, int) and start > 1 else ""
    return f"<ol{first}>{content}</ol>" if is_numbered else f"<ul>{content}</ul>"


def _wrap_in(tag: str) -> Callable[[Node, str], str]:
    return lambda node, content: f"<{tag}>{content}</{tag}>"


WRAPPERS: dict[str, Callable[[Node, str], str]] = {
    "paragraph": _wrap_in("p"),
    "listitem": _wrap_in("li"),
    "list": _wrap_list,
    **dict.fromkeys(("heading", "extended-heading"), _wrap_heading),
    **dict.fromkeys(("quote", "extended-quote", "aside"), _wrap_in("blockquote")),
    **dict.fromkeys(("link", "autolink", "at-link"), _wrap_link),
    "root": lambda node, content: content,
    "at-link-search": lambda node, content: "",
}


class _Mobiledoc:
    """Renders the sections of one text."""

    def __init__(self, content: Node, log: ImportLog) -> None:
        self.log = log
        self.markups, self.atoms, self.cards, self.sections = (
            _list_of(content.get(name)) for name in ("markups", "atoms", "cards", "sections")
        )

    def render_sections(self) -> Iterator[str]:
        for section in self.sections:
            match _list_of(section):
                case [int(kind), str(tag), list(markers), *_others] if kind == MARKUP_SECTION:
                    yield self._wrap(tag, self._render_markers(markers))
                case [int(kind), str(tag), list(items), *_others] if kind == LIST_SECTION:
                    content = "".join(f"<li>{self._render_markers(_list_of(item))}</li>" for item in items)
                    yield f"<ol>{content}</ol>" if tag == "ol" else f"<ul>{content}</ul>"
                case [int(kind), str(source), *_others] if kind == IMAGE_SECTION:
                    yield render_card("image", {"src": source}, self.log)
                case [int(kind), int(number), *_others] if kind == CARD_SECTION:
                    yield self._render_card(number)

    def _wrap(self, tag: str, content: str) -> str:
        tag = tag if tag in SECTIONS else "p"
        tag = "blockquote" if tag in ("aside", "pull-quote") else tag
        return f"<{tag}>{content}</{tag}>"

    def _render_card(self, number: int) -> str:
        match _item(self.cards, number):
            case [str(name), dict(card), *_others]:
                return render_card(name, card, self.log)
            case [str(name), *_others]:
                return render_card(name, {}, self.log)
        return ""

    def _render_markers(self, markers: Sequence[Any]) -> str:
        """Return markers with their elements, which one opens and a later one closes."""
        parts: list[str] = []
        open_tags: list[str] = []
        for marker in markers:
            match _list_of(marker):
                case [int(kind), list(opened), int(closed), value]:
                    for number in opened:
                        tag, start = self._markup(number)
                        parts.append(start)
                        open_tags.append(tag)
                    parts.append(self._text_of(kind, value))
                    for _close in range(min(closed, len(open_tags))):
                        parts.append(_end_tag(open_tags.pop()))
        return "".join(parts) + "".join(_end_tag(tag) for tag in reversed(open_tags))

    def _markup(self, number: Any) -> tuple[str, str]:
        """Return the name of an element and its start tag; both are "" for one that is not kept."""
        match _item(self.markups, number):
            case [str(tag), *attributes] if tag.lower() in MARKUPS:
                pairs = _list_of(attributes[0]) if attributes else []
                values = dict(zip(map(str, pairs[::2]), map(str, pairs[1::2]), strict=False))
                href = f' href="{escape(values["href"])}"' if tag.lower() == "a" and "href" in values else ""
                return tag.lower(), f"<{tag.lower()}{href}>"
        return "", ""

    def _text_of(self, kind: int, value: Any) -> str:
        if kind == TEXT:
            return escape(value) if isinstance(value, str) else ""
        match _item(self.atoms, value):
            case ["soft-return", *_others]:
                return "<br>"
            case [str(_name), str(text), *_others]:
                return escape(text)
        return ""


def _end_tag(tag: str) -> str:
    return f"</{tag}>" if tag else ""


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _item(values: list[Any], number: Any) -> list[Any]:
    is_there = isinstance(number, int) and 0 <= number < len(values)
    return _list_of(values[number]) if is_there else []
