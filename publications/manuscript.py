"""A publication as plain text and files, both ways and without loss: the one format of import, archive,
revision, comparison and restore. Knows no database.

A manuscript is YAML front matter, then Markdown; with its files it is a folder whose text is `index.md`.
Format 1. Its fields are read as they were typed: `no`, `1.0` and `2024-04-09` are titles like any other.
What it cannot carry, or does not understand, it refuses in a sentence that says where and what to do.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import yaml

FORMAT = 1
INDEX = "index.md"
HOME_ZONE = ZoneInfo("Europe/Stockholm")
TAG = "tag:yaml.org,2002:"
NULL = f"{TAG}null"
LONG = 160  # characters from which a text stands as a block of its own

OPENING = re.compile(r"\ufeff?(?:[ \t]*\n)*---[ \t]*\n")
CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
NO_TEXT = re.compile("[\0\ud800-\udfff]")
FILE_NAME = re.compile(r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*")

Files = Mapping[str, bytes]


class Unreadable(ValueError):
    """A manuscript that cannot be read or written, with a sentence naming the place and the remedy."""


def _settled(value: Any) -> Any:
    """Texts with one kind of newline, lists as tuples, moments at a fixed distance from UTC."""
    if isinstance(value, str):
        return str.replace(value, "\r\n", "\n").replace("\r", "\n")
    if isinstance(value, list | tuple):
        return tuple(_settled(each) for each in value)
    return _with_zone(value) if isinstance(value, datetime) else value


def _with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None or not 1000 < moment.year < 9000:
        raise Unreadable(f"“{moment}” cannot be when a piece came out: give a full year and a zone.")
    return moment.replace(tzinfo=timezone(moment.utcoffset()), fold=0)


class _Settled:
    """The same words make an equal record, whoever wrote them down."""

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name != "more":
                object.__setattr__(self, each.name, _settled(getattr(self, each.name)))


@dataclass(frozen=True, kw_only=True)
class Byline(_Settled):
    """An author's place: the stable id (the slug of the author), the name as a help to readers, the role."""

    author: str
    name: str = ""
    role: str = "author"


@dataclass(frozen=True, kw_only=True)
class Picture(_Settled):
    """A picture of the library that the text shows; `focus` in per cent from left and top."""

    key: str
    file: str = ""
    digest: str = ""
    alt: dict[str, str] = field(default_factory=dict, hash=False)
    credit: str = ""
    licence: str = ""
    decorative: bool = False
    focus: tuple[int, int] = (50, 50)

    def __post_init__(self) -> None:
        super().__post_init__()
        filled = {language: _settled(text) for language, text in sorted(self.alt.items()) if text}
        object.__setattr__(self, "alt", filled)


@dataclass(frozen=True, kw_only=True)
class Attachment(_Settled):
    """A file that comes with the piece."""

    file: str
    label: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Manuscript(_Settled):
    """One publication. Fields are named and ordered as an editor reads them in the front matter."""

    title: str = ""
    kind: str = "quick-comment"
    language: str = "en"
    bylines: tuple[Byline, ...] = ()
    summary: str = ""
    key_points: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    slug: str = ""
    number: str = ""
    cover: str = ""
    images: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    related: tuple[str, ...] = ()
    translation_of: str = ""
    note: str = ""
    uid: str = ""
    body: str = ""
    more: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def digest(self) -> str:
        """SHA-256 over what publishing would put before readers.

        Left out: what is public by itself as soon as it is saved (related links, the pictures' own words),
        what never is (the note), and what only helps whoever reads the file (names of authors, the uid).
        """
        nameless = tuple(replace(line, name="") for line in self.bylines)
        counted = _entry(replace(self, bylines=nameless, related=(), images=(), note="", uid=""))
        if self.published_at:
            counted["published_at"] = self.published_at.astimezone(UTC).isoformat()
        return hashlib.sha256(json.dumps({**counted, "body": self.body}, sort_keys=True).encode()).hexdigest()


IN_FRONT = [each.name for each in fields(Manuscript) if each.name not in ("body", "more")]
ALWAYS_WRITTEN = ("title", "kind", "language")
ALSO_CALLED = {"date": "published_at"}


def dumps(manuscript: Manuscript) -> str:
    """The manuscript as the text of its file; empty fields are left out. Raises Unreadable."""
    if clash := {*IN_FRONT, *ALSO_CALLED, "format"} & set(manuscript.more):
        raise Unreadable(f"“{min(clash)}” is a field of its own: take it out of `more`.")
    _check_text(manuscript.body)
    front = {**_entry(manuscript), "format": FORMAT, **manuscript.more}
    try:
        text = yaml.dump(front, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))
    except Unreadable:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as reason:
        sentence = "`more` cannot be written ({}): keep to texts, numbers, dates and lists."
        raise Unreadable(sentence.format(reason.args[-1])) from reason
    return f"---\n{text}---\n" + (f"\n{manuscript.body}\n" if manuscript.body else "")


def loads(text: str, *, source: str = "manuscript") -> Manuscript:
    """Read the text of a file. Raises Unreadable, naming the file and the line."""
    text = _settled(text)
    opening = OPENING.match(text)
    closing = CLOSING.search(text, opening.end()) if opening else None
    if not opening or not closing:
        raise Unreadable(
            f"{source}: there is no front matter. Begin the file with a line ---, fields such as “title: …”, "
            "and a line ---."
        )
    if found := NO_TEXT.search(text):
        raise Unreadable(f"{_at(source, text, found.start())}: a character here is no text. Take it out.")
    lines_before = "\n" * text.count("\n", 0, opening.end())
    values = _front_matter(lines_before + text[opening.end() : closing.start()], source)
    return Manuscript(**values, body=text[closing.end() :].removeprefix("\n").removesuffix("\n"))


def write(manuscript: Manuscript, folder: Path, files: Files | None = None) -> Path:
    """Write the manuscript and its files as a folder, whole or not at all, and say where. Raises Unreadable.

    A folder that is there is replaced, if it holds a manuscript and no folder of its own.
    """
    contents = {**(files or {}), INDEX: dumps(manuscript).encode()}
    for name in files or {}:
        if not _is_file_name(name):
            raise Unreadable(f"“{name}” cannot be the name of a file beside a manuscript: choose another.")
    _check_replaceable(folder)
    made = folder.with_name(f".{uuid4().hex}")
    try:
        made.mkdir(parents=True)
        for name, content in contents.items():
            (made / name).write_bytes(content)
        _put_in_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def read(path: Path) -> tuple[Manuscript, dict[str, Path]]:
    """A manuscript in a folder or a single file, and the files beside it that it names. Raises Unreadable."""
    file = path / INDEX if path.is_dir() else path
    source = f"{path.name}/{INDEX}" if path.is_dir() else path.name
    try:
        content = file.read_bytes()
        manuscript = loads(content.decode("utf-8"), source=source)
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        raise Unreadable(f"{source}, line {line}: not UTF-8. Save it as UTF-8, then try again.") from reason
    except OSError as reason:
        raise Unreadable(f"{source}: cannot be read ({reason.strerror}). Is it there?") from reason
    named = [each.file for each in (*manuscript.images, *manuscript.attachments) if _is_file_name(each.file)]
    beside = {name: file.parent / name for name in named}
    return manuscript, {name: at for name, at in beside.items() if at.is_file() and not at.is_symlink()}


def _is_file_name(name: str) -> bool:
    """A plain name: it leads out of no folder, hides nowhere and is not that of the text."""
    return bool(FILE_NAME.fullmatch(name)) and len(name.encode()) <= 255 and name.casefold() != INDEX


def _check_replaceable(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / INDEX).is_file() or any(each.is_dir() for each in folder.iterdir()):
        raise Unreadable(f"“{folder.name}” holds other things than a manuscript: choose a new folder.")


def _put_in_place(made: Path, folder: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    former = folder.rename(folder.with_name(f".{uuid4().hex}"))
    try:
        made.rename(folder)
    except OSError:
        former.rename(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


# Writing: records become plain values, and values YAML that reads well.


def _entry(record: Any) -> dict[str, Any]:
    """The fields of a record that are not empty."""
    return {
        each.name: _written(each.name, getattr(record, each.name))
        for each in fields(record)
        if each.name not in ("body", "more")
        and (each.name in ALWAYS_WRITTEN or getattr(record, each.name) != _default(each))
    }


def _default(of: Any) -> Any:
    return of.default if of.default_factory is MISSING else of.default_factory()


def _written(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return _OnOneLine(value) if name == "focus" else [_written(name, each) for each in value]
    if isinstance(value, _Settled):
        return _entry(value)
    return _at_home(value) if isinstance(value, datetime) else value


def _at_home(moment: datetime) -> datetime:
    """As clocks at home show it; before 1879 those went by the sun, and YAML knows no seconds of a zone."""
    home = moment.astimezone(HOME_ZONE)
    return moment.astimezone(UTC) if home.utcoffset() % timedelta(minutes=1) else home


def _check_text(text: str) -> None:
    if found := NO_TEXT.search(text):
        raise Unreadable(f"“{text[:40]!a}” holds a character that is no text ({found[0]!a}). Take it out.")


class _OnOneLine(list):
    """A short list that is read at a glance."""


class _Dumper(yaml.SafeDumper):
    """Front matter as an editor would type it; whatever YAML would not give back unchanged is escaped."""

    AWKWARD = re.compile(r"[\x85\u2028\u2029]|\n\n\Z")

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" and "'" in self.event.value else style

    def represent_text(self, text: str) -> yaml.Node:
        _check_text(text)
        long = "\n" in text or len(text) > LONG
        style = '"' if self.AWKWARD.search(text) else "|" if long else None
        return self.represent_scalar(f"{TAG}str", text, style=style)

    def represent_moment(self, moment: datetime) -> yaml.Node:
        odd = moment.tzinfo and moment.utcoffset() % timedelta(minutes=1)
        return self.represent_undefined(moment) if odd else self.represent_datetime(moment)

    def represent_on_one_line(self, values: list) -> yaml.Node:
        return self.represent_sequence(f"{TAG}seq", values, flow_style=True)


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(datetime, _Dumper.represent_moment)
_Dumper.add_representer(_OnOneLine, _Dumper.represent_on_one_line)
for _kind in (tuple, set, bytes):  # YAML would give back something else, or something no editor can read
    _Dumper.add_representer(_kind, _Dumper.represent_undefined)


# Reading: YAML becomes nodes that know their line, and nodes become fields by the readers below.


class _Fault(yaml.MarkedYAMLError):
    """Something wrong at a place of the front matter, said in a sentence."""

    def __init__(self, at: yaml.Node | yaml.Event, sentence: str) -> None:
        super().__init__(problem=sentence, problem_mark=at.start_mark)


class _Loader(yaml.SafeLoader):
    """Nodes without anchors and tags, no name twice, and of YAML 1.1 only the values of YAML 1.2.

    So `no` and `12:30` stay text where YAML 1.1 makes false and 750 of them.
    """

    yaml_implicit_resolvers: dict = {}

    def compose_node(self, parent: Any, index: Any) -> yaml.Node:
        event = self.peek_event()
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _Fault(event, "a text that begins with &, * or ! needs quotes around it.")
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode) and NO_TEXT.search(node.value):
            raise _Fault(node, "a character here is no text. Take it out.")
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.Node:
        node = super().compose_mapping_node(anchor)
        names = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Fault(key, "the name of a field must be text.")
            if (key.tag, key.value) in names:
                raise _Fault(key, f"“{key.value}” stands twice. Keep one of them.")
            names.add((key.tag, key.value))
        return node


DATE = dict(yaml.SafeLoader.yaml_implicit_resolvers["0"])[f"{TAG}timestamp"].pattern
PLAIN_VALUES = [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?", "-+0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("timestamp", DATE, "0123456789"),
]
"""What stands without quotes and is no text: name, pattern, first signs. Each is so in YAML 1.1 as well."""


def _or_text(construct: Callable) -> Callable:
    def constructed(loader: _Loader, node: yaml.Node) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, OverflowError):  # the 31st of June, a number of 5,000 digits
            return node.value

    return constructed


for _name, _pattern, _first in PLAIN_VALUES:
    _tag = f"{TAG}{_name}"
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z", re.VERBOSE), list(_first))
    _Loader.add_constructor(_tag, _or_text(yaml.SafeLoader.yaml_constructors[_tag]))

REMEDIES = {
    "mapping values are not allowed here": "Put quotes around a text that holds a colon.",
    "found character '\\t' that cannot start any token": "Indent with spaces, not with tabs.",
}


def _front_matter(text: str, source: str) -> dict[str, Any]:
    """The values of the fields, with those unknown as `more`. Raises Unreadable."""
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        return _fields(root, loader) if root else {}
    except _Fault as reason:
        raise Unreadable(f"{source}, line {reason.problem_mark.line + 1}: {reason.problem}") from reason
    except yaml.MarkedYAMLError as reason:
        line = (reason.problem_mark or reason.context_mark).line + 1
        remedy = REMEDIES.get(reason.problem, "Put quotes around a text that YAML takes for something else.")
        raise Unreadable(f"{source}, line {line}: this is not YAML ({reason.problem}). {remedy}") from reason
    except yaml.reader.ReaderError as reason:
        place = _at(source, text, reason.position)
        raise Unreadable(f"{place}: a character here is no text. Take it out.") from reason
    except (ValueError, OverflowError) as reason:
        raise Unreadable(f"{source}, line {loader.line + 1}: an escape such as \\u00e5 is wrong.") from reason
    except RecursionError as reason:
        raise Unreadable(f"{source}: the fields are nested too deeply. Take some levels out.") from reason


def _at(source: str, text: str, position: int) -> str:
    return f"{source}, line {text.count('\n', 0, position) + 1}"


def _fields(root: yaml.Node, loader: _Loader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for typed, node in _pairs("the front matter", root):
        name = ALSO_CALLED.get(typed, typed)
        if name in values or name in more:
            raise _Fault(node, f"“{typed}” stands twice. Keep one of them.")
        if name == "format":
            _check_format(node)
        elif name in IN_FRONT:
            values[name] = READERS[name](typed, node)
        else:
            more[name] = loader.construct_object(node, deep=True)
    return {**values, "more": more}


def _check_format(node: yaml.Node) -> None:
    if not (text := _text("format", node)).isdecimal() or int(text) < 1:
        raise _Fault(node, f"“format” must be a number such as {FORMAT}.")
    if int(text) > FORMAT:
        raise _Fault(node, "written by a newer version of this program. Update it, then try again.")


def _pairs(name: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _Fault(node, f"{name} must be fields such as “title: …”, each on a line of its own.")
    return ((key.value, value) for key, value in node.value)


def _items(name: str, node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.ScalarNode) and node.tag == NULL:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise _Fault(node, f"“{name}” must be a list, one entry a line, each behind a hyphen.")
    return node.value


def _text(name: str, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _Fault(node, f"“{name}” must be text. Put quotes around one that begins with a bracket.")
    return node.value


def _texts(name: str, node: yaml.Node) -> tuple[str, ...]:
    return tuple(_text(name, each) for each in _items(name, node))


def _text_by_language(name: str, node: yaml.Node) -> dict[str, str]:
    return {language: _text(name, text) for language, text in _pairs(f"“{name}”", node)}


def _flag(name: str, node: yaml.Node) -> bool:
    flags = {"true": True, "yes": True, "false": False, "no": False}
    if (text := _text(name, node).lower()) not in flags:
        raise _Fault(node, f"“{name}” must be true or false.")
    return flags[text]


def _per_cent(name: str, node: yaml.Node) -> tuple[int, ...]:
    parts = _texts(name, node)
    if len(parts) != 2 or not all(part.isdecimal() and int(part) <= 100 for part in parts):
        raise _Fault(node, f"“{name}” must be two numbers from 0 to 100, such as [50, 40].")
    return tuple(int(part) for part in parts)


def _moment(name: str, node: yaml.Node) -> datetime | None:
    """A day or a moment; without a zone it is that of Stockholm."""
    if node.tag == NULL:
        return None
    text = _text(name, node).strip()
    try:
        moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d|Z)", "", text))
        return _with_zone(moment if moment.tzinfo else moment.replace(tzinfo=HOME_ZONE))
    except ValueError as reason:
        sentence = f"“{name}”: “{text}” is not a date such as 2024-04-09 or 2024-04-09 14:30."
        raise _Fault(node, sentence) from reason


def _records(kind: type, name: str, node: yaml.Node) -> tuple:
    return tuple(_record(kind, name, each) for each in _items(name, node))


def _record(kind: type, name: str, node: yaml.Node) -> Any:
    known = [each.name for each in fields(kind)]
    values = {}
    for key, value in _pairs(f"an entry of “{name}”", node):
        if key not in known:
            raise _Fault(value, f"an entry of “{name}” has no “{key}”; it may have {', '.join(known)}.")
        values[key] = READERS[key](f"{name}.{key}", value)
    if known[0] not in values:
        raise _Fault(node, f"an entry of “{name}” is not complete: it needs “{known[0]}”.")
    return kind(**values)


READERS: dict[str, Callable[[str, yaml.Node], Any]] = {
    **dict.fromkeys(("title", "kind", "language", "summary", "slug", "number", "cover", "note"), _text),
    **dict.fromkeys(("uid", "translation_of", "author", "name", "role", "key", "file", "digest"), _text),
    **dict.fromkeys(("label", "credit", "licence"), _text),
    **dict.fromkeys(("key_points", "tags", "related"), _texts),
    "published_at": _moment,
    "bylines": partial(_records, Byline),
    "images": partial(_records, Picture),
    "attachments": partial(_records, Attachment),
    "alt": _text_by_language,
    "decorative": _flag,
    "focus": _per_cent,
}
