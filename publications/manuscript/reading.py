"""Reading: front matter becomes fields, each by its reader; what is wrong is said with its line and a remedy."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any

import yaml

from publications.publication_fields import FIELDS, FieldType

from .nodes import NULL, FrontMatterError, FrontMatterLoader
from .records import (
    ALSO_CALLED,
    HOME_ZONE,
    IN_FRONT,
    NO_TEXT,
    Manuscript,
    ManuscriptByline,
    ManuscriptError,
    ManuscriptFile,
    ManuscriptImage,
    normalize,
    with_zone,
)
from .writing import FORMAT

OPENING = re.compile(r"\ufeff?(?:[ \t]*\n)*---[ \t]*\n")
CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)


def loads(text: str, *, source: str = "manuscript") -> Manuscript:
    """Read the text of a file. Raises ManuscriptError, naming the file and the line."""
    text = normalize(text)
    opening = OPENING.match(text)
    closing = CLOSING.search(text, opening.end()) if opening else None
    if not opening or not closing:
        raise ManuscriptError(
            f"{source}: there is no front matter. Begin the file with a line ---, fields such as “title: …”, "
            "and a line ---."
        )
    if found := NO_TEXT.search(text):
        raise ManuscriptError(
            f"{_at(source, text, found.start())}: a character here is no text. Take it out."
        )
    lines_before = "\n" * text.count("\n", 0, opening.end())
    values = _front_matter(lines_before + text[opening.end() : closing.start()], source)
    return Manuscript(**values, body=text[closing.end() :].removeprefix("\n").removesuffix("\n"))


REMEDIES = {
    "mapping values are not allowed here": "Put quotes around a text that holds a colon.",
    "found character '\\t' that cannot start any token": "Indent with spaces, not with tabs.",
}


def _front_matter(text: str, source: str) -> dict[str, Any]:
    """The values of the fields, with those unknown as `more`. Raises ManuscriptError."""
    try:
        loader = FrontMatterLoader(text)
        root = loader.get_single_node()
        return _fields(root, loader) if root else {}
    except FrontMatterError as reason:
        raise ManuscriptError(f"{source}, line {reason.problem_mark.line + 1}: {reason.problem}") from reason
    except yaml.MarkedYAMLError as reason:
        line = (reason.problem_mark or reason.context_mark).line + 1
        remedy = REMEDIES.get(reason.problem, "Put quotes around a text that YAML takes for something else.")
        raise ManuscriptError(
            f"{source}, line {line}: this is not YAML ({reason.problem}). {remedy}"
        ) from reason
    except yaml.reader.ReaderError as reason:
        place = _at(source, text, reason.position)
        raise ManuscriptError(f"{place}: a character here is no text. Take it out.") from reason
    except (ValueError, OverflowError) as reason:
        raise ManuscriptError(
            f"{source}, line {loader.line + 1}: an escape such as \\u00e5 is wrong."
        ) from reason
    except RecursionError as reason:
        raise ManuscriptError(
            f"{source}: the fields are nested too deeply. Take some levels out."
        ) from reason


def _at(source: str, text: str, position: int) -> str:
    return f"{source}, line {text.count('\n', 0, position) + 1}"


def _fields(root: yaml.Node, loader: FrontMatterLoader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for typed, node in _pairs("the front matter", root):
        name = ALSO_CALLED.get(typed, typed)
        if name in values or name in more:
            raise FrontMatterError(node, f"“{typed}” stands twice. Keep one of them.")
        if name == "format":
            _check_format(node)
        elif name in IN_FRONT:
            values[name] = READERS[name](typed, node)
        else:
            more[name] = loader.construct_object(node, deep=True)
    return {**values, "more": more}


def _check_format(node: yaml.Node) -> None:
    if not (text := _text("format", node)).isdecimal() or int(text) < 1:
        raise FrontMatterError(node, f"“format” must be a number such as {FORMAT}.")
    if int(text) > FORMAT:
        raise FrontMatterError(node, "written by a newer version of this program. Update it, then try again.")


def _pairs(name: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterError(node, f"{name} must be fields such as “title: …”, each on a line of its own.")
    return ((key.value, value) for key, value in node.value)


def _items(name: str, node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.ScalarNode) and node.tag == NULL:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise FrontMatterError(node, f"“{name}” must be a list, one entry a line, each behind a hyphen.")
    return node.value


def _text(name: str, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise FrontMatterError(
            node, f"“{name}” must be text. Put quotes around one that begins with a bracket."
        )
    return node.value


def _texts(name: str, node: yaml.Node) -> tuple[str, ...]:
    return tuple(_text(name, each) for each in _items(name, node))


def _text_by_language(name: str, node: yaml.Node) -> dict[str, str]:
    return {language: _text(name, text) for language, text in _pairs(f"“{name}”", node)}


def _flag(name: str, node: yaml.Node) -> bool:
    flags = {"true": True, "yes": True, "false": False, "no": False}
    if (text := _text(name, node).lower()) not in flags:
        raise FrontMatterError(node, f"“{name}” must be true or false.")
    return flags[text]


def _per_cent(name: str, node: yaml.Node) -> tuple[int, ...]:
    parts = _texts(name, node)
    if len(parts) != 2 or not all(part.isdecimal() and int(part) <= 100 for part in parts):
        raise FrontMatterError(node, f"“{name}” must be two numbers from 0 to 100, such as [50, 40].")
    return tuple(int(part) for part in parts)


def _read_datetime(name: str, node: yaml.Node) -> datetime | None:
    """A day or a moment; without a zone it is that of Stockholm."""
    if node.tag == NULL:
        return None
    text = _text(name, node).strip()
    try:
        moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d|Z)", "", text))
        return with_zone(moment if moment.tzinfo else moment.replace(tzinfo=HOME_ZONE))
    except ValueError as reason:
        sentence = f"“{name}”: “{text}” is not a date such as 2024-04-09 or 2024-04-09 14:30."
        raise FrontMatterError(node, sentence) from reason


def _records(kind: type, name: str, node: yaml.Node) -> tuple:
    return tuple(_record(kind, name, each) for each in _items(name, node))


def _record(kind: type, name: str, node: yaml.Node) -> Any:
    known = [each.name for each in fields(kind)]
    values = {}
    for key, value in _pairs(f"an entry of “{name}”", node):
        if key not in known:
            raise FrontMatterError(
                value, f"an entry of “{name}” has no “{key}”; it may have {', '.join(known)}."
            )
        values[key] = READERS[key](f"{name}.{key}", value)
    if known[0] not in values:
        raise FrontMatterError(node, f"an entry of “{name}” is not complete: it needs “{known[0]}”.")
    return kind(**values)


READERS_OF_TYPES: dict[FieldType, Callable[[str, yaml.Node], Any]] = {
    **dict.fromkeys(FieldType, _text),
    FieldType.LINES: _texts,
    FieldType.ROWS: _texts,
    FieldType.DATE: _read_datetime,
}
READERS: dict[str, Callable[[str, yaml.Node], Any]] = {
    **{field.manuscript_key: READERS_OF_TYPES[field.type] for field in FIELDS},
    "bylines": partial(_records, ManuscriptByline),
    "images": partial(_records, ManuscriptImage),
    "attachments": partial(_records, ManuscriptFile),
    **dict.fromkeys(
        ("uid", "author", "name", "role", "key", "file", "digest", "label", "credit", "licence"), _text
    ),
    "alt": _text_by_language,
    "decorative": _flag,
    "focus": _per_cent,
}
"""How each field of a manuscript, and of a record in it, is read."""
