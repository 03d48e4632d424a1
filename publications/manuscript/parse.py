"""Parse the text of a manuscript: each field of the front matter by the reader of its type."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any

import yaml

from publications.publication_fields import FIELDS, FieldType

from .records import (
    FIELD_ALIASES,
    FRONT_MATTER_FIELDS,
    HOME_ZONE,
    NON_TEXT,
    Manuscript,
    ManuscriptByline,
    ManuscriptError,
    ManuscriptFile,
    ManuscriptImage,
    normalize,
    with_fixed_offset,
)
from .serialize import FORMAT
from .yaml_loader import NULL, FrontMatterError, FrontMatterLoader

OPENING = re.compile(r"\ufeff?(?:[ \t]*\n)*---[ \t]*\n")
CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)


def loads(text: str, *, source: str = "manuscript") -> Manuscript:
    """Return the manuscript in the text of a file.

    Args:
        source: the name of the file, for error messages.

    Raises:
        ManuscriptError: the message names the file, the line and the remedy.
    """
    text = normalize(text)
    opening = OPENING.match(text)
    closing = CLOSING.search(text, opening.end()) if opening else None
    if not opening or not closing:
        raise ManuscriptError(
            f"{source}: there is no front matter. Begin the file with a line ---, fields such as “title: …”, "
            "and a line ---."
        )
    if character := NON_TEXT.search(text):
        raise ManuscriptError(
            f"{_locate(source, text, character.start())}: a character here is no text. Take it out."
        )
    lines_before = "\n" * text.count("\n", 0, opening.end())
    values = _parse_front_matter(lines_before + text[opening.end() : closing.start()], source)
    return Manuscript(**values, body=text[closing.end() :].removeprefix("\n").removesuffix("\n"))


REMEDIES = {
    "mapping values are not allowed here": "Put quotes around a text that holds a colon.",
    "found character '\\t' that cannot start any token": "Indent with spaces, not with tabs.",
}


def _parse_front_matter(text: str, source: str) -> dict[str, Any]:
    """Return the values of the fields, unknown ones as `extra_fields`. Raises ManuscriptError."""
    try:
        loader = FrontMatterLoader(text)
        root = loader.get_single_node()
        return _read_fields(root, loader) if root else {}
    except FrontMatterError as error:
        raise ManuscriptError(f"{source}, line {error.problem_mark.line + 1}: {error.problem}") from error
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark or error.context_mark).line + 1
        remedy = REMEDIES.get(error.problem, "Put quotes around a text that YAML takes for something else.")
        raise ManuscriptError(
            f"{source}, line {line}: this is not YAML ({error.problem}). {remedy}"
        ) from error
    except yaml.reader.ReaderError as error:
        place = _locate(source, text, error.position)
        raise ManuscriptError(f"{place}: a character here is no text. Take it out.") from error
    except (ValueError, OverflowError) as error:
        raise ManuscriptError(
            f"{source}, line {loader.line + 1}: an escape such as \\u00e5 is wrong."
        ) from error
    except RecursionError as error:
        raise ManuscriptError(f"{source}: the fields are nested too deeply. Take some levels out.") from error


def _locate(source: str, text: str, position: int) -> str:
    return f"{source}, line {text.count('\n', 0, position) + 1}"


def _read_fields(root: yaml.Node, loader: FrontMatterLoader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    extra_fields: dict[str, Any] = {}
    for key, node in _read_mapping("the front matter", root):
        name = FIELD_ALIASES.get(key, key)
        if name in values or name in extra_fields:
            raise FrontMatterError(node, f"“{key}” stands twice. Keep one of them.")
        if name == "format":
            _check_format(node)
        elif name in FRONT_MATTER_FIELDS:
            values[name] = READERS[name](key, node)
        else:
            extra_fields[name] = loader.construct_object(node, deep=True)
    return {**values, "extra_fields": extra_fields}


def _check_format(node: yaml.Node) -> None:
    if not (text := _read_text("format", node)).isdecimal() or int(text) < 1:
        raise FrontMatterError(node, f"“format” must be a number such as {FORMAT}.")
    if int(text) > FORMAT:
        raise FrontMatterError(node, "written by a newer version of this program. Update it, then try again.")


def _read_mapping(name: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterError(node, f"{name} must be fields such as “title: …”, each on a line of its own.")
    return ((key.value, value) for key, value in node.value)


def _read_list(name: str, node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.ScalarNode) and node.tag == NULL:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise FrontMatterError(node, f"“{name}” must be a list, one entry a line, each behind a hyphen.")
    return node.value


def _read_text(name: str, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise FrontMatterError(
            node, f"“{name}” must be text. Put quotes around one that begins with a bracket."
        )
    return node.value


def _read_texts(name: str, node: yaml.Node) -> tuple[str, ...]:
    return tuple(_read_text(name, item) for item in _read_list(name, node))


def _read_translations(name: str, node: yaml.Node) -> dict[str, str]:
    return {language: _read_text(name, text) for language, text in _read_mapping(f"“{name}”", node)}


def _read_flag(name: str, node: yaml.Node) -> bool:
    flags = {"true": True, "yes": True, "false": False, "no": False}
    if (text := _read_text(name, node).lower()) not in flags:
        raise FrontMatterError(node, f"“{name}” must be true or false.")
    return flags[text]


def _read_percentages(name: str, node: yaml.Node) -> tuple[int, ...]:
    parts = _read_texts(name, node)
    if len(parts) != 2 or not all(part.isdecimal() and int(part) <= 100 for part in parts):
        raise FrontMatterError(node, f"“{name}” must be two numbers from 0 to 100, such as [50, 40].")
    return tuple(int(part) for part in parts)


def _read_datetime(name: str, node: yaml.Node) -> datetime | None:
    """Return a date or datetime as an aware datetime; without a zone it is in that of Stockholm."""
    if node.tag == NULL:
        return None
    text = _read_text(name, node).strip()
    try:
        value = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d|Z)", "", text))
        return with_fixed_offset(value if value.tzinfo else value.replace(tzinfo=HOME_ZONE))
    except ValueError as error:
        message = f"“{name}”: “{text}” is not a date such as 2024-04-09 or 2024-04-09 14:30."
        raise FrontMatterError(node, message) from error


def _read_records(record_class: type, name: str, node: yaml.Node) -> tuple:
    return tuple(_read_record(record_class, name, item) for item in _read_list(name, node))


def _read_record(record_class: type, name: str, node: yaml.Node) -> Any:
    names = [attribute.name for attribute in fields(record_class)]
    values = {}
    for key, value in _read_mapping(f"an entry of “{name}”", node):
        if key not in names:
            raise FrontMatterError(
                value, f"an entry of “{name}” has no “{key}”; it may have {', '.join(names)}."
            )
        values[key] = READERS[key](f"{name}.{key}", value)
    if names[0] not in values:
        raise FrontMatterError(node, f"an entry of “{name}” is not complete: it needs “{names[0]}”.")
    return record_class(**values)


READERS_BY_TYPE: dict[FieldType, Callable[[str, yaml.Node], Any]] = {
    **dict.fromkeys(FieldType, _read_text),
    FieldType.LINES: _read_texts,
    FieldType.RELATED_ROWS: _read_texts,
    FieldType.DATE: _read_datetime,
}
READERS: dict[str, Callable[[str, yaml.Node], Any]] = {
    **{field.manuscript_key: READERS_BY_TYPE[field.type] for field in FIELDS},
    "bylines": partial(_read_records, ManuscriptByline),
    "images": partial(_read_records, ManuscriptImage),
    "attachments": partial(_read_records, ManuscriptFile),
    **dict.fromkeys(
        ("uid", "author", "name", "role", "key", "file", "digest", "label", "credit", "licence"), _read_text
    ),
    "alt": _read_translations,
    "decorative": _read_flag,
    "focus": _read_percentages,
}
"""The reader of each field of a manuscript and of the records in it, by key."""
