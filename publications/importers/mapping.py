"""How names and fields of a source become those of this site: a YAML file that is proposed, edited and read.

It has six sections, each optional:

- `topics`: a topic, category or tag of the source, and the name of the topic here; empty leaves it out.
- `people`: the id or name of an author in the source, and the name of the author here.
- `kinds`: a category, type or section of the source, and the slug of a kind.
- `fields`: a custom field of the source, and the name of a field of a publication.
- `shortcodes`: a shortcode of WordPress, and `open` if all readers saw the words in it.
- `pages`: rules of an old site, each for a type of page (`old_site`).

Keys are compared without case and with single spaces.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import yaml

from publications.manuscript import ManuscriptByline
from publications.slugs import fold_name, slugify
from publications.stored_messages import gettext as _
from publications.stored_messages import store_message

from .imported_file import ImportedFile, ImportRefused

MAX_MAPPING_BYTES = 2_000_000
MAX_DEPTH = 6
NAME_SECTIONS = ("topics", "people", "kinds", "fields", "shortcodes")
SECTIONS = (*NAME_SECTIONS, "pages")
MAPPED_SECTIONS = ("kinds", "fields")
"""The sections that a source applies, and the desk offers for each import. Topics and people are decided for all."""
LISTED_FIELDS = ("authors", "files", "text")
"""Fields that take the values of several custom fields, each of which may hold several; a text stands at the end."""
MAPPED_FIELDS = ("summary", *LISTED_FIELDS, "doi", "isbn", "number", "external_url", "note")
"""Fields of a publication that custom fields can become."""
OPEN = "open"
"""What the mapping says of a shortcode whose words all readers saw."""
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class ImportMapping:
    """Names and fields of a source with those of this site. Keys are normalized by `normalize_key`.

    Args:
        kinds, fields: "" leaves a type or custom field out. What has no row is left out too, but is a question still.
        decided_people: what was decided on names of authors, without regard to ids.
        types: those rows of `kinds` that are types of texts, which a source imports only if they have a kind.
        comments: what a proposal says of a row, by section and key, or number of a page rule.
    """

    topics: Mapping[str, str] = NOTHING
    people: Mapping[str, str] = NOTHING
    kinds: Mapping[str, str] = NOTHING
    fields: Mapping[str, str] = NOTHING
    shortcodes: Mapping[str, str] = NOTHING
    pages: tuple[Mapping[str, Any], ...] = ()
    decided_people: Mapping[str, str] = NOTHING
    types: frozenset[str] = frozenset()
    comments: Mapping[tuple[str, str | int], str] = field(default_factory=dict, compare=False)

    @classmethod
    def from_names(cls, **sections: Any) -> Self:
        """Return the mapping of these sections, with normal keys."""
        return cls(
            **{
                name: _normalize_keys(section) if name in NAME_SECTIONS else section
                for name, section in sections.items()
            }
        )

    def find_topic(self, name: str) -> str:
        """Return the name of a topic here, or "" if it is left out; a name without a row stays."""
        return self.topics.get(normalize_key(name), name)

    def find_person(self, author_id: str, name: str) -> str:
        """Return the name here of an author in the source, or "" if no row or decision has one.

        A row may have the id or the name, and wins. A decision is on the name: another person may have the id in
        another source. Without a name the id is the name.
        """
        rows = (self.people.get(normalize_key(key)) for key in (author_id, name) if key)
        return next(filter(None, rows), "") or self.decided_people.get(normalize_key(name or author_id), "")


def list_rows(mapping: ImportMapping) -> dict[str, list]:
    """Return name, target and comment of each row of the sections that the desk offers, and the types, for JSON."""
    rows: dict[str, list] = {
        section: [
            [name, target, store_message(mapping.comments.get((section, name), ""))]
            for name, target in getattr(mapping, section).items()
        ]
        for section in MAPPED_SECTIONS
    }
    return rows | {"types": sorted(mapping.types)}


def normalize_key(name: str) -> str:
    """Return a name in lower case with single spaces."""
    return fold_name(name)


def _normalize_keys(section: Mapping[str, str]) -> dict[str, str]:
    return {normalize_key(name): " ".join(target.split()) for name, target in section.items()}


def apply_mapping(imported: ImportedFile, mapping: ImportMapping) -> ImportedFile:
    """Return a text with the topics and authors that the mapping names."""
    text = imported.manuscript
    if text is None or not (mapping.topics or mapping.people or mapping.decided_people):
        return imported
    tags = _map_topics(text.tags, mapping)
    bylines = tuple(
        {
            byline.author: byline for byline in (_map_byline(byline, mapping) for byline in text.bylines)
        }.values()
    )
    return replace(imported, manuscript=replace(text, tags=tags, bylines=bylines))


def _map_topics(names: Iterable[str], mapping: ImportMapping) -> tuple[str, ...]:
    targets: dict[str, str] = {}
    for target in filter(None, map(mapping.find_topic, names)):
        targets.setdefault(normalize_key(target), target)
    return tuple(targets.values())


def _map_byline(byline: ManuscriptByline, mapping: ImportMapping) -> ManuscriptByline:
    name = mapping.find_person(byline.author, byline.name)
    return replace(byline, author=slugify(name), name=name) if slugify(name) else byline


def read_mapping(path: Path) -> ImportMapping:
    """Read a mapping from a YAML file.

    Raises:
        ImportRefused: it cannot be read; the message names the line and the remedy.
    """
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            raise ImportRefused(_("“%s” is larger than 2 MB: it is no mapping.") % path.name)
        return parse_mapping(path.read_text(encoding="utf-8-sig"), name=path.name)
    except UnicodeDecodeError as error:
        raise ImportRefused(_("“%s” is not UTF-8. Save it as UTF-8, then try again.") % path.name) from error
    except OSError as error:
        values = {"path": path, "why": error.strerror or error}
        raise ImportRefused(_("“%(path)s” cannot be read: %(why)s") % values) from error


def parse_mapping(text: str, *, name: str) -> ImportMapping:
    """Return the mapping in a text. Args: `name` is that of the file, for messages. Raises as `read_mapping`."""
    try:
        _refuse_aliases(text, name)
        node = yaml.compose(text, yaml.SafeLoader)
        if node is None:
            return ImportMapping()
        return _Parser(name).parse(node)
    except yaml.YAMLError as error:
        values = {"file": name, "line": _line_of(error, text)}
        message = _("“%(file)s”: line %(line)d is not valid YAML. Put names with : or # in quotation marks.")
        raise ImportRefused(message % values) from error


def _refuse_aliases(text: str, name: str) -> None:
    """Refuse references within the file, of which a few lines can make millions of rows, and endless levels."""
    levels = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        levels += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        values = {"file": name, "line": event.start_mark.line + 1}
        if levels > MAX_DEPTH + 4:
            raise ImportRefused(_("“%(file)s”: line %(line)d has too many levels.") % values)
        if isinstance(event, yaml.AliasEvent):
            message = _("“%(file)s”: line %(line)d refers to another line by “*”. Write it out.")
            raise ImportRefused(message % values)


def _line_of(error: yaml.YAMLError, text: str) -> int:
    if mark := getattr(error, "problem_mark", None):
        return mark.line + 1
    return text.count("\n", 0, getattr(error, "position", 0)) + 1


class _Parser:
    """Reads the nodes of a YAML document, with the lines of errors."""

    def __init__(self, name: str) -> None:
        self.name = name

    def parse(self, node: yaml.Node) -> ImportMapping:
        sections: dict[str, Any] = {}
        for key, (key_node, value) in self._pairs(node).items():
            if key not in SECTIONS:
                message = _("“%(file)s”: line %(line)d has “%(key)s”. There are: %(known)s.")
                values = self._place(key_node) | {"key": key, "known": ", ".join(SECTIONS)}
                raise ImportRefused(message % values)
            if _is_empty(value):
                continue
            sections[key] = self._pages(value) if key == "pages" else self._names(value)
            if key == "shortcodes":
                self._check_shortcodes(value)
        return ImportMapping.from_names(**sections)

    def _names(self, node: yaml.Node) -> dict[str, str]:
        names: dict[str, str] = {}
        for key, (_key_node, value) in self._pairs(node).items():
            if not isinstance(value, yaml.ScalarNode):
                message = _("“%(file)s”: line %(line)d has to be “name in the source: name here”.")
                raise ImportRefused(message % self._place(value))
            names[key] = "" if _is_empty(value) else value.value
        return names

    def _check_shortcodes(self, node: yaml.Node) -> None:
        for key, value in node.value:
            if value.value != OPEN:
                message = _("“%(file)s”: line %(line)d: write “%(name)s: open”, or take the line out.")
                raise ImportRefused(message % (self._place(key) | {"name": key.value}))

    def _pages(self, node: yaml.Node) -> tuple[dict[str, Any], ...]:
        if not isinstance(node, yaml.SequenceNode):
            message = _("“%(file)s”: line %(line)d has to be a list of rules, each with a “-” before it.")
            raise ImportRefused(message % self._place(node))
        rules = []
        for item in node.value:
            self._pairs(item)
            rules.append(self._plain(item, 0) | {"line": item.start_mark.line + 1})
        return tuple(rules)

    def _plain(self, node: yaml.Node, depth: int) -> Any:
        if depth > MAX_DEPTH:
            message = _("“%(file)s”: line %(line)d has too many levels.")
            raise ImportRefused(message % self._place(node))
        if isinstance(node, yaml.MappingNode):
            return {key: self._plain(value, depth + 1) for key, (_node, value) in self._pairs(node).items()}
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, depth + 1) for item in node.value]
        return "" if _is_empty(node) else node.value

    def _pairs(self, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            message = _("“%(file)s”: line %(line)d has to be “name: …”.")
            raise ImportRefused(message % self._place(node))
        pairs: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in pairs:
                message = _("“%(file)s”: line %(line)d has a name that is there already: “%(key)s”.")
                raise ImportRefused(message % (self._place(key) | {"key": str(key.value)[:80]}))
            pairs[key.value] = key, value
        return pairs

    def _place(self, node: yaml.Node) -> dict[str, Any]:
        return {"file": self.name, "line": node.start_mark.line + 1}


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (node.tag.endswith(":null") or not node.value.strip())
