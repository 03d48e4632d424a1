"""Read front matter in YAML, TOML or JSON, valid or not, and convert its values to texts, lists and flags.

A value is the text as typed, a list or a mapping: `2014-03-19` and `no` are not interpreted here. Invalid YAML is
repaired (tabs) or read line by line, which is reported. Depth and length of values are limited, because aliases may be
circular.
"""

import html
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from publications.stored_messages import gettext as _

from ..access_values import NO_VALUES, YES_VALUES
from ..coverage import TAG
from ..imported_file import ImportLog, ImportRefused

MAX_FILE_BYTES = 2_000_000
CONTROL_CHARACTERS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MAX_ALIASES = 20
MERGE_KEY = "<<"
YAML = re.compile(r"(?:[ \t]*\n)*---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
TOML = re.compile(r"(?:[ \t]*\n)*\+\+\+[ \t]*\n(.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
FIELD_LINE = re.compile(r"([A-Za-z_][\w .\t-]*+):(?:[ \t]++(.*))?$")
ITEM_LINE = re.compile(r"[ \t]*+-[ \t]++(.*)$")

NULL_TEXTS = ("", "null", "~", "none", "nil")
EMPTY_VALUES = (None, "", [], {})
FLAG_VALUES = {
    **dict.fromkeys(YES_VALUES, True),
    **dict.fromkeys(NO_VALUES, False),
}
MAX_DEPTH = 4
MAX_ITEMS = 200

Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass
class FrontMatter:
    """The fields of a file, and the text after them."""

    fields: dict[str, Any]
    body: str


def read_front_matter(content: bytes, log: ImportLog) -> FrontMatter:
    """Split the content of a file into fields and text.

    Args:
        content: the bytes of the file.
        log: collects notes on repairs.

    Raises:
        ImportRefused: there is no front matter.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ImportRefused(_("The file is larger than 2 MB: it is no text for readers."))
    text = decode_text(content, log)
    for pattern, parse in ((YAML, _parse_yaml), (TOML, _parse_toml)):
        if match := pattern.match(text):
            return FrontMatter(_check_fields(parse(match[1], log)), text[match.end() :])
    if text.lstrip().startswith("{"):
        return _split_json(text.lstrip())
    raise ImportRefused(
        _("There is no front matter. Begin the file with a line ---, fields, and a line ---.")
    )


def decode_text(content: bytes, log: ImportLog) -> str:
    """Return the text of a file in UTF-8, UTF-16 or, else, Windows-1252, without control characters."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        log.guessed("encoding", _("Not UTF-8: read as Windows-1252."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    clean = CONTROL_CHARACTERS.sub("", text)
    if clean != text:
        count = len(text) - len(clean)
        log.dropped("characters", _("Characters that are no text left out: %d.") % count)
    return clean


def _check_fields(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise ImportRefused(_("The front matter holds no fields such as “title: …”."))
    return {str(name): value for name, value in fields.items()}


def _parse_yaml(text: str, log: ImportLog) -> Any:
    try:
        return _load_yaml(text, log)
    except _InvalidYAML as error:
        problem = str(error)
    try:
        repaired = _load_yaml("\n".join(line.rstrip().expandtabs(2) for line in text.split("\n")), log)
        log.changed("yaml", _("Tabs in the front matter were read as spaces (%s).") % problem)
    except _InvalidYAML:
        repaired = _parse_line_by_line(text, log)
        log.guessed("yaml", _("The front matter is not YAML (%s): read line by line.") % problem)
    return repaired


class _InvalidYAML(ValueError):
    """Front matter that is not valid YAML."""


def has_many_aliases(text: str) -> bool:
    """Whether YAML has more aliases than a text or a list needs: aliases of aliases expand without limit."""
    return len(re.findall(r"(?:^|[\s\[,{])\*\w", text)) > MAX_ALIASES


def _load_yaml(text: str, log: ImportLog) -> Any:
    try:
        if has_many_aliases(text):
            raise _InvalidYAML(_("too many aliases"))
        loader = Loader(text)
        try:
            node = loader.get_single_node()
            _report_repeated(node, log)
            return _merge_fields(loader.construct_document(node)) if node else {}
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _InvalidYAML(
            _("line %(line)d: %(problem)s") % {"line": mark.line + 2, "problem": error.problem}
        ) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError) as error:
        raise _InvalidYAML(str(error)[:80]) from error


def _merge_fields(fields: Any) -> Any:
    """Return fields with those that they take from others by the key `<<` (yaml.org/type/merge.html)."""
    if not isinstance(fields, dict) or MERGE_KEY not in fields:
        return fields
    sources = fields.pop(MERGE_KEY)
    for source in sources if isinstance(sources, list) else [sources]:
        fields = (_merge_fields(source) if isinstance(source, dict) else {}) | fields
    return fields


def _report_repeated(node: yaml.Node | None, log: ImportLog) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    names = Counter(key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode))
    for name in (name for name, times in names.items() if times > 1):
        log.dropped("field", _("“%s” stands twice in the front matter: the last one counts.") % name)


def _parse_line_by_line(text: str, log: ImportLog) -> dict[str, Any]:
    """Return fields at the start of a line, flat lists and continued texts; report other lines."""
    fields: dict[str, list[str]] = {}
    list_names: set[str] = set()
    name = ""
    for line in text.split("\n"):
        if match := FIELD_LINE.match(line):
            name = match[1].strip()
            list_names.discard(name)
            fields[name] = [first] if (first := _unquote(match[2] or "")) else []
        elif (item := ITEM_LINE.match(line)) and name and (name in list_names or not fields[name]):
            list_names.add(name)
            fields[name].append(_unquote(item[1]))
        elif line.strip() and name and name not in list_names:
            fields[name].append(_unquote(line))
        elif line.strip():
            log.dropped("field", _("A line of the front matter was left out: %s") % line.strip())
    return {name: parts if name in list_names else " ".join(parts).strip() for name, parts in fields.items()}


def _unquote(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else "" if text in ("|", ">", "|-", ">-") else text


def _parse_toml(text: str, _log: ImportLog) -> Any:
    try:
        return as_typed(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ImportRefused(_("The front matter is not TOML: %s") % error) from error


def _split_json(text: str) -> FrontMatter:
    try:
        fields, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise ImportRefused(_("There is no front matter that can be read: %s") % str(error)[:80]) from error
    return FrontMatter(_check_fields(as_typed(fields)), text[end:].lstrip("\n"))


def as_typed(value: Any) -> Any:
    """Return values as typed in YAML: dates in ISO format, booleans as true and false."""
    if isinstance(value, dict):
        return {str(name): as_typed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_typed(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return CONTROL_CHARACTERS.sub("", text)  # of escapes


def as_text(value: Any) -> str:
    """Return a value as text on one line, the only item of a list, or ""."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return "" if text.lower() in NULL_TEXTS else text


def as_texts(value: Any, *, split_commas: bool = False, max_items: int | None = MAX_ITEMS) -> list[str]:
    """Return the texts of a list, or a single one.

    Args:
        split_commas: whether a single one is split at commas.
        max_items: how many of a list are read; None for all, any of which may hide a text.
    """
    if isinstance(value, list):
        return list(filter(None, map(as_text, value[:max_items])))
    parts = as_text(value).split(",") if split_commas else [as_text(value)]
    return list(filter(None, map(str.strip, parts)))


def as_flag(value: Any) -> bool | None:
    """Return whether a value means yes or no, or None."""
    return FLAG_VALUES.get(as_text(value).lower())


def has_value(value: Any) -> bool:
    """Whether a value is neither empty nor a placeholder such as `null`."""
    return value not in EMPTY_VALUES and not (isinstance(value, str) and not as_text(value))


def first_value(fields: Mapping[str, Any], *keys: str) -> Any:
    """Return the first non-empty value under these keys."""
    return next((fields[key] for key in keys if has_value(fields.get(key))), None)


def without_html(text: str) -> str:
    """Return a text without HTML: entities decoded, tags removed."""
    return " ".join(html.unescape(TAG.sub("", text)).split())


def display_value(value: Any, depth: int = 0) -> str:
    """Return any value as text for the report."""
    if isinstance(value, str):
        return " ".join(value.split())
    if depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        items = list(value.items())[:MAX_ITEMS]
        return "; ".join(f"{name}: {display_value(item, depth + 1)}" for name, item in items)
    if isinstance(value, list):
        return ", ".join(display_value(item, depth + 1) for item in value[:MAX_ITEMS])
    return str(value)
