"""The front matter of a file from anywhere: YAML, TOML or JSON, sound or not. It gives up on no file that has one.

Every value is text as it was typed, a list, or fields of its own: `2014-03-19` and `no` mean nothing yet.
What YAML refuses is mended (tabs) or else read line by line, and that is told.
"""

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from .arrival import Refusal, Telling

LARGEST = 2_000_000
MOST_ALIASES = 20
NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
YAML = re.compile(r"(?:[ \t]*\n)*---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
TOML = re.compile(r"(?:[ \t]*\n)*\+\+\+[ \t]*\n(.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
FIELD = re.compile(r"([A-Za-z_][\w .\t-]*+):(?:[ \t]++(.*))?$")
ITEM = re.compile(r"[ \t]*+-[ \t]++(.*)$")

Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass
class Front:
    """The fields of a file, and the text behind them."""

    fields: dict[str, Any]
    body: str


def read(content: bytes, telling: Telling) -> Front:
    """Divide the bytes of a file into fields and text. Raises Refusal where there is no front matter."""
    if len(content) > LARGEST:
        raise Refusal(_("The file is larger than 2 MB: it is no text for readers."))
    text = _decoded(content, telling)
    for pattern, parse in ((YAML, _yaml), (TOML, _toml)):
        if found := pattern.match(text):
            return Front(_named(parse(found[1], telling)), text[found.end() :])
    if text.lstrip().startswith("{"):
        return _json(text.lstrip())
    raise Refusal(_("There is no front matter. Begin the file with a line ---, fields, and a line ---."))


def _decoded(content: bytes, telling: Telling) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        telling.guessed("encoding", _("Not UTF-8: read as Windows-1252."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    clean = NO_TEXT.sub("", text)
    if clean != text:
        count = len(text) - len(clean)
        telling.dropped("characters", _("Characters that are no text left out: %d.") % count)
    return clean


def _named(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise Refusal(_("The front matter holds no fields such as “title: …”."))
    return {str(name): value for name, value in fields.items()}


def _yaml(text: str, telling: Telling) -> Any:
    try:
        return _loaded(text, telling)
    except _Unsound as reason:
        problem = str(reason)
    try:
        mended = _loaded("\n".join(line.rstrip().expandtabs(2) for line in text.split("\n")), telling)
        telling.changed("yaml", _("Tabs in the front matter were read as spaces (%s).") % problem)
    except _Unsound:
        mended = _line_by_line(text, telling)
        telling.guessed("yaml", _("The front matter is not YAML (%s): read line by line.") % problem)
    return mended


class _Unsound(ValueError):
    """Front matter that YAML refuses."""


def _loaded(text: str, telling: Telling) -> Any:
    try:
        if len(re.findall(r"(?:^|[\s\[,{])\*\w", text)) > MOST_ALIASES:
            raise _Unsound(_("too many aliases"))
        loader = Loader(text)
        try:
            node = loader.get_single_node()
            _tell_repeated(node, telling)
            return loader.construct_document(node) if node else {}
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as reason:
        mark = reason.problem_mark or reason.context_mark
        raise _Unsound(
            _("line %(line)d: %(problem)s") % {"line": mark.line + 2, "problem": reason.problem}
        ) from reason
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError) as reason:
        raise _Unsound(str(reason)[:80]) from reason


def _tell_repeated(node: yaml.Node | None, telling: Telling) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    names = Counter(key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode))
    for name in (name for name, times in names.items() if times > 1):
        telling.dropped("field", _("“%s” stands twice in the front matter: the last one counts.") % name)


def _line_by_line(text: str, telling: Telling) -> dict[str, Any]:
    """Fields at the start of a line, lists of one level, and texts that run on; what else there is, is told."""
    found: dict[str, list[str]] = {}
    listed: set[str] = set()
    name = ""
    for line in text.split("\n"):
        if match := FIELD.match(line):
            name = match[1].strip()
            listed.discard(name)
            found[name] = [first] if (first := _bare(match[2] or "")) else []
        elif (item := ITEM.match(line)) and name and (name in listed or not found[name]):
            listed.add(name)
            found[name].append(_bare(item[1]))
        elif line.strip() and name and name not in listed:
            found[name].append(_bare(line))
        elif line.strip():
            telling.dropped("field", _("A line of the front matter was left out: %s") % line.strip())
    return {name: parts if name in listed else " ".join(parts).strip() for name, parts in found.items()}


def _bare(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else "" if text in ("|", ">", "|-", ">-") else text


def _toml(text: str, _telling: Telling) -> Any:
    try:
        return _as_text(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as reason:
        raise Refusal(_("The front matter is not TOML: %s") % reason) from reason


def _json(text: str) -> Front:
    try:
        fields, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as reason:
        raise Refusal(_("There is no front matter that can be read: %s") % str(reason)[:80]) from reason
    return Front(_named(_as_text(fields)), text[end:].lstrip("\n"))


def _as_text(value: Any) -> Any:
    """Values as YAML would have them typed: dates as ISO has them, truth as true and false."""
    if isinstance(value, dict):
        return {str(name): _as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
