"""A publication as plain text and files, both ways and without loss: the one format of import, archive,
revision, comparison and restore. Knows no database.

A manuscript is YAML front matter, then Markdown; with its files it is a folder whose text is `index.md`.
Format 1. What it cannot carry, or does not understand, it refuses in a sentence that says where.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FORMAT = 1
INDEX = "index.md"
HOME_ZONE = ZoneInfo("Europe/Stockholm")
FENCE = re.compile(r"\A\ufeff?(?:[ \t]*\n)*---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)

Files = Mapping[str, bytes]


class Unreadable(ValueError):
    """A manuscript that cannot be read or written, with a sentence naming the place and the remedy."""


def _one_kind_of_newline(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, tuple):
        return tuple(_one_kind_of_newline(each) for each in value)
    return value


@dataclass(frozen=True, kw_only=True)
class Byline:
    """An author's place: the stable id (the slug of the author), the name as a help to readers, the role."""

    author: str
    name: str = ""
    role: str = "author"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of the library that the text shows; `focus` in per cent from left and top."""

    key: str
    file: str = ""
    digest: str = ""
    alt: dict[str, str] = field(default_factory=dict)
    credit: str = ""
    licence: str = ""
    decorative: bool = False
    focus: tuple[int, int] = (50, 50)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that comes with the piece."""

    file: str
    label: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Manuscript:
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
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, _one_kind_of_newline(getattr(self, each.name)))

    @property
    def digest(self) -> str:
        """SHA-256 over what publishing would put before readers.

        Left out: what is public by itself as soon as it is saved (related links, the pictures' own words),
        what never is (the note), and what only helps whoever reads the file (names of authors, the uid).
        """
        counted = replace(self, related=(), images=(), note="", uid="", more={})
        counted = replace(counted, bylines=tuple(replace(line, name="") for line in self.bylines))
        counted = replace(counted, published_at=self.published_at and self.published_at.astimezone(HOME_ZONE))
        return hashlib.sha256(dumps(counted).encode()).hexdigest()


DEFAULTS = {each.name: getattr(Manuscript(), each.name) for each in fields(Manuscript)}
LISTS = {"bylines": Byline, "images": Picture, "attachments": Attachment}


def dumps(manuscript: Manuscript) -> str:
    """The manuscript as the text of its file; empty fields are left out. Raises Unreadable."""
    if clash := set(manuscript.more) & set(DEFAULTS):
        raise Unreadable(f"“{sorted(clash)[0]}” is a field of its own and cannot stand in `more`.")
    known = {name: _plain(getattr(manuscript, name)) for name in DEFAULTS if name not in ("body", "more")}
    front = {name: value for name, value in known.items() if value != _plain(DEFAULTS[name])}
    front = {"title": manuscript.title, **front, "format": FORMAT, **manuscript.more}
    try:
        text = yaml.dump(front, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)
        whole = f"---\n{text}---\n\n{manuscript.body}\n"
        whole.encode("utf-8")
    except (yaml.YAMLError, UnicodeEncodeError) as reason:
        raise Unreadable(f"This text cannot be written as a manuscript: {reason}") from reason
    return whole


def loads(text: str, *, source: str = "manuscript") -> Manuscript:
    """Read the text of a file. Raises Unreadable, naming the file, and the line where there is one."""
    text = _one_kind_of_newline(text)
    found = FENCE.match(text)
    if not found:
        raise Unreadable(
            f"{source}: there is no front matter. Begin the file with a line ---, fields, and a line ---."
        )
    front, extra = _front_matter(found.group(1) + "\n", source)
    if str(front.pop("format", FORMAT)) != str(FORMAT):
        raise Unreadable(f"{source}: written by a newer version of this program. Update it, then try again.")
    values = {name: _read_field(name, value, source) for name, value in front.items() if name in DEFAULTS}
    more = {name: value for name, value in extra.items() if name not in DEFAULTS and name != "format"}
    body = text[found.end() :].removeprefix("\n").removesuffix("\n")
    return Manuscript(**{**values, "body": body, "more": more})


def write(manuscript: Manuscript, folder: Path, files: Files | None = None) -> Path:
    """Write the manuscript and its files as a folder, whole or not at all. Raises Unreadable."""
    text = dumps(manuscript)
    for name in files or {}:
        if Path(name).name != name or name.startswith(".") or name == INDEX:
            raise Unreadable(f"“{name}” cannot be the name of a file beside a manuscript.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        (made / INDEX).write_text(text, encoding="utf-8", newline="\n")
        for name, content in (files or {}).items():
            (made / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        made.replace(folder)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return folder


def read(path: Path) -> tuple[Manuscript, dict[str, Path]]:
    """A manuscript from a folder or a single file, with the files beside it that it names. Raises Unreadable."""
    file = path / INDEX if path.is_dir() else path
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as reason:
        raise Unreadable(f"{file.name}: not UTF-8 text. Save it as UTF-8, then try again.") from reason
    manuscript = loads(text, source=str(file))
    named = [
        each.file
        for each in (*manuscript.images, *manuscript.attachments)
        if Path(each.file).name == each.file
    ]
    beside = {name: file.parent / name for name in named if name}
    return manuscript, {name: found for name, found in beside.items() if found.is_file()}


def _front_matter(text: str, source: str) -> tuple[dict, dict]:
    """The fields twice: as plain strings (so that `no` and `1.0` stay what was typed), and as YAML values."""
    try:
        typed, valued = yaml.load(text, Loader=yaml.BaseLoader), yaml.load(text, Loader=yaml.SafeLoader)  # noqa: S506
    except yaml.MarkedYAMLError as reason:
        line = reason.problem_mark.line + 2 if reason.problem_mark else "?"
        raise Unreadable(
            f"{source}, line {line}: the front matter is not YAML ({reason.problem})."
        ) from reason
    except (yaml.YAMLError, ValueError, RecursionError) as reason:
        raise Unreadable(f"{source}: the front matter is not YAML ({reason}).") from reason
    if typed in ("", None):
        return {}, {}
    if not isinstance(typed, dict):
        raise Unreadable(f"{source}: the front matter is not a list of fields such as “title: …”.")
    return typed, {str(name): value for name, value in valued.items()}


def _read_field(name: str, value: Any, source: str) -> Any:
    default = DEFAULTS[name]
    if name in LISTS:
        return tuple(_read_entry(LISTS[name], name, entry, source) for entry in _listed(name, value, source))
    if name == "published_at":
        return _moment(value, source)
    if isinstance(default, tuple):
        return tuple(_text(name, entry, source) for entry in _listed(name, value, source))
    return _text(name, value, source)


def _listed(name: str, value: Any, source: str) -> list:
    if value == "":
        return []
    if not isinstance(value, list):
        raise Unreadable(f"{source}: “{name}” must be a list, one entry a line, each behind a hyphen.")
    return value


def _text(name: str, value: Any, source: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{source}: “{name}” must be text.")
    return value


def _read_entry(kind: type, name: str, entry: Any, source: str) -> Any:
    known = {each.name: each.default for each in fields(kind)}
    if not isinstance(entry, dict) or not set(entry) <= set(known):
        raise Unreadable(f"{source}: an entry of “{name}” may have the fields {', '.join(known)}.")
    try:
        return kind(**{key: _entry_value(key, value, name, source) for key, value in entry.items()})
    except (TypeError, ValueError) as reason:
        raise Unreadable(f"{source}: an entry of “{name}” is not complete ({reason}).") from reason


def _entry_value(key: str, value: Any, name: str, source: str) -> Any:
    if key == "alt":
        return {language: _text(f"{name}.alt", text, source) for language, text in dict(value).items()}
    if key == "focus":
        left, top = (int(part) for part in value)
        return (left, top)
    if key == "decorative":
        return value == "true"
    return _text(f"{name}.{key}", value, source)


def _moment(value: Any, source: str) -> datetime | None:
    """A day or a moment; without a zone it is that of Stockholm."""
    if value == "":
        return None
    try:
        moment = datetime.fromisoformat(
            re.sub(r"\s+(?=[+-]\d\d|Z)", "", _text("published_at", value, source).strip())
        )
    except ValueError as reason:
        raise Unreadable(
            f"{source}: “{value}” is not a date such as 2024-04-09 or 2024-04-09 14:30."
        ) from reason
    return moment if moment.tzinfo else moment.replace(tzinfo=HOME_ZONE)


def _plain(value: Any) -> Any:
    """A value as YAML holds it: tuples become lists, entries become the fields that are not empty."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Byline | Picture | Attachment):
        return dict(_filled(value))
    return value


def _filled(entry: Any) -> Iterator[tuple[str, Any]]:
    for position, each in enumerate(fields(entry)):
        value = _plain(getattr(entry, each.name))
        default = {} if each.name == "alt" else _plain(each.default)
        if position == 0 or value != default:
            yield each.name, value


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are; whatever YAML would not give back unchanged, escaped."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    awkward = any(mark in text for mark in "\x85\u2028\u2029\ufeff\t") or (
        not text.isprintable() and "\n" not in text
    )
    block = "\n" in text and not awkward and not re.search(r"[ ]$|^ |\A\n|\n\Z", text, re.MULTILINE)
    style = '"' if awkward else "|" if block else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _write_moment(dumper: yaml.SafeDumper, moment: datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", moment.isoformat(" "))


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(datetime, _write_moment)
