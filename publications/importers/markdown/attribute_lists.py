"""Find what a list of attributes hides: of kramdown (`{: hidden="hidden"}`), Goldmark and markdown-it-attrs.

Sources: kramdown.gettalong.org/syntax.html#attribute-list-definitions,
gohugo.io/content-management/markdown-attributes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from publications.html_tree import Element

from ..html.source_tree import is_hidden
from ..imported_file import ImportLog

DEFINITION = re.compile(r"^ {0,3}\{:(\w[\w:-]*):[ \t]([^{}\n]*)\}[ \t]*$", re.MULTILINE)
ATTRIBUTE_LIST = re.compile(
    r"(?<![\\{])\{(?::(?![:/]|\w[\w:-]*:[ \t])|(?=[ ]*(?:[.#][\w-]|[\w-]+=|hidden[ }])))([^{}\n]*)\}"
)
ATTRIBUTE = re.compile(
    r"""\.(?P<class>[\w-]+)|\#[^\s.]+|(?P<name>[\w:-]+)(?P<value>=(?:"[^"]*"|'[^']*'|[^\s"']+))?"""
)
BETWEEN_BLOCKS = re.compile(r"(\n[ \t]*(?=\n))")
MAX_LISTS = 200
"""How many lists of a text may hide something; one that has more waits."""
HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
LIST_ITEM = re.compile(r"[ \t]*(?:[*+-]|\d{1,9}[.)])[ \t]")
END_TAG = re.compile(r"</([a-zA-Z]\w*)\s*>\Z")

Span = tuple[int, int]


@dataclass(frozen=True)
class HiddenSpan:
    """A part of a text that may be hidden, from `start` to `end`.

    Args:
        attributes: those that hide it; None for an element of HTML, which has its own.
    """

    start: int
    end: int
    attributes: dict[str, str] | None = None

    @property
    def is_element(self) -> bool:
        return self.attributes is None


def find_hidden_spans(text: str, log: ImportLog) -> Iterator[HiddenSpan]:
    """Yield the blocks and spans that lists of attributes hide if they hold no picture, with these lists.

    A list of which it is not clear what it hides is reported: the text becomes a draft.
    """
    definitions = dict(DEFINITION.findall(text))
    position = count = 0
    for block in BETWEEN_BLOCKS.split(text):
        for match in ATTRIBUTE_LIST.finditer(block) if "{" in block else ():
            element = _build_element(match[1], definitions)
            if not is_hidden(element):
                continue
            count += 1
            span = _find_span(block, match) if count <= MAX_LISTS else None
            if span:
                yield HiddenSpan(position + span[0], position + span[1], element.attributes)
            elif "![" not in block or is_hidden(Element("span", element.attributes, [Element("img")])):
                log.hidden_part(match[0])
        position += len(block)


def _build_element(attributes: str, definitions: Mapping[str, str], depth: int = 0) -> Element:
    """Return an element with the attributes of a list, and of the definitions that it names."""
    element = Element("span", {})
    for match in ATTRIBUTE.finditer(attributes):
        name, value = match["name"], match["value"]
        if match["class"]:
            element.attributes["class"] = f"{element.get('class')} {match['class']}"
        elif name and value is not None:
            element.attributes[name.lower()] = value[1:].strip("\"'")
        elif name in definitions and not depth:
            element.attributes |= _build_element(definitions[name], definitions, depth + 1).attributes
        elif name == "hidden":
            element.attributes[name] = ""
    return element


def _find_span(block: str, match: re.Match[str]) -> Span | None:
    """Return start and end of what a list in a block belongs to, with it, or None if that is not clear."""
    start = block.rfind("\n", 0, match.start()) + 1
    end = (block.find("\n", match.end()) + 1) or len(block)
    before, is_last = block[start : match.start()], not block[match.end() : end].strip()
    if not before.strip(" \t>") and is_last:
        return _find_block(block, start, end)
    if is_last and HEADING.match(before):
        return start, end
    position = _find_inline(before)
    return None if position is None else (start + position, match.end())


def _find_block(block: str, start: int, end: int) -> Span | None:
    """Return start and end of what the list on a line of its own belongs to: what is above, or else below."""
    above, below = block[:start], block[end:]
    if not above.strip():
        return (start, end + _end_of_block(below)) if below.strip() else None
    lines = above.splitlines(keepends=True)
    is_within_list = any(map(LIST_ITEM.match, lines)) and (block[start].isspace() or below.strip())
    if is_within_list:
        return None
    first = len(lines) - 1
    while not HEADING.match(lines[first]) and first and not _ends_block(lines[first - 1]):
        first -= 1
    return len("".join(lines[:first])), end


def _end_of_block(below: str) -> int:
    """Return where the block that follows a list of attributes ends."""
    length = 0
    for number, line in enumerate(below.splitlines(keepends=True)):
        if number and (_ends_block(line) or HEADING.match(line)):
            break
        length += len(line)
        if HEADING.match(line):
            break
    return length


def _ends_block(line: str) -> bool:
    """Whether a block ends above the next line: after a heading, or a list of attributes on a line of its own."""
    return bool(HEADING.match(line) or ATTRIBUTE_LIST.fullmatch(line.strip(" \t>\n")))


def _find_inline(before: str) -> int | None:
    """Return the position of the emphasis, link, code or element that ends here, None if there is none for certain."""
    last = before[-1:]
    if last and last in "*_":
        marks = before[len(before.rstrip(last)) :]
        start = before.rfind(marks, 0, len(before) - len(marks))
        is_other = start < 0 or last in (before[start - 1 : start], before[start + len(marks)])
        return None if is_other else start
    if last == "\ue001":
        return before.rfind("\ue000")
    if last and last in ")]":
        end = before.rfind("](") if last == ")" else before.rfind("][")
        start = before.rfind("[", 0, max(end, 0))
        is_other = start < 0 or "]" in before[start:end]
        return None if is_other else start - (before[start - 1 : start] == "!")
    tag = END_TAG.search(before)
    if tag and len(re.findall(rf"<{tag[1]}\b", before, re.IGNORECASE)) == 1:
        return re.search(rf"<{tag[1]}\b", before, re.IGNORECASE).start()
    return None
