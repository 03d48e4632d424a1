"""Build the items of an export of the events of expat, without the comments of readers, which are only counted."""

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from .export_item import ExportItem, ItemTerm

BUFFER_BYTES = 1 << 16
MAX_DEPTH = 32
MAX_VALUE_CHARACTERS = 4_000_000
"""Longer texts are cut, and their post is refused: no publication is as long as ten novels."""
MAX_ITEM_CHARACTERS = 5 * MAX_VALUE_CHARACTERS
"""The same for all fields of an item together."""
SITE_FIELDS = {"title", "link", "language", "wp:wxr_version", "wp:base_blog_url", "wp:base_site_url"}
GROUPS = {"wp:author", "wp:category", "wp:tag", "wp:term"}
NAMESPACES = (
    ("/excerpt/", "excerpt"),
    ("purl.org/rss/1.0/modules/content", "content"),
    ("purl.org/dc/elements", "dc"),
    ("wordpress.org/export/", "wp"),
)


class ItemBuilder:
    """Builds the items of one file, which `take_items` returns.

    Args:
        name: that of the file, for messages.
        encoding: that of the file.
        start: the place in the file of the first byte that is parsed.

    `site` has the fields of the site, `groups` its authors and terms; `line_of_item` is 0 between items.
    """

    def __init__(self, name: str, encoding: str, start: int) -> None:
        self.name, self.start = name, start
        self.is_complete = False
        self.site: dict[str, str] = {}
        self.groups: list[tuple[str, dict[str, str]]] = []
        self.items: list[ExportItem] = []
        self.item: ExportItem | None = None
        self.group: dict[str, str] | None = None
        self.names: dict[str, str] = {}
        self.prefixes: dict[str, str] = {}
        self.path: list[str] = []
        self.skipped_depth = 0
        self.text: list[str] | None = None
        self.attributes: dict[str, str] = {}
        self.key = ""
        self.line_of_item = 0
        self.size = self.item_size = 0
        self.parser = parser = expat.ParserCreate(encoding)
        parser.buffer_text, parser.buffer_size = True, BUFFER_BYTES
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse_declarations

    def take_items(self) -> Iterator[ExportItem]:
        while self.items:
            yield self.items.pop(0)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        path = self.path
        if len(path) >= MAX_DEPTH:
            self._refuse(_("“%(file)s” is nested too deeply in line %(line)d: it is no export of WordPress."))
        if not path:
            self._read_prefixes(attributes)
        name = self.names.get(name) or self._short_name(name)
        path.append(name)
        if self.skipped_depth:
            return
        depth = len(path)
        if depth == 3:
            self._start_of_channel(name)
        elif depth == 4 and name == "wp:comment" and self.item is not None:
            self.item.comments += 1
            self.skipped_depth = depth
        elif depth >= 4 and (self.item is not None or self.group is not None):
            self._collect(attributes)

    def _start_of_channel(self, name: str) -> None:
        self.item_size = 0
        if name == "item":
            self.line_of_item = self.parser.CurrentLineNumber
            self.item = ExportItem(self.start + self.parser.CurrentByteIndex)
        elif name in GROUPS:
            self.group = {}
        elif name in SITE_FIELDS:
            self._collect({})

    def _collect(self, attributes: dict[str, str]) -> None:
        self.text, self.size, self.attributes = [], 0, attributes
        self.parser.CharacterDataHandler = self._add_text

    def _add_text(self, text: str) -> None:
        self.size += len(text)
        self.item_size += len(text)
        if self.size <= MAX_VALUE_CHARACTERS and self.item_size <= MAX_ITEM_CHARACTERS:
            self.text.append(text)
        elif self.item is not None:
            self.item.is_cut = True

    def _take_text(self) -> str:
        """Return the text of the element that ends, and collect no more."""
        text, self.text = "".join(self.text or ()), None
        self.parser.CharacterDataHandler = None
        return text

    def _end(self, _name: str) -> None:
        depth, name = len(self.path), self.path.pop()
        self.is_complete = depth == 1
        if self.skipped_depth:
            self.skipped_depth = 0 if depth == self.skipped_depth else self.skipped_depth
        elif depth == 3:
            self._end_of_channel(name)
        elif self.text is not None and self.item is not None:
            self._end_in_item(self.item, depth, name)
        elif self.text is not None and self.group is not None:
            self.group[name] = self._take_text().strip()

    def _end_of_channel(self, name: str) -> None:
        if name == "item" and self.item is not None:
            self.item.length = self.start + self.parser.CurrentByteIndex - self.item.start
            self.items.append(self.item)
            self.item, self.line_of_item = None, 0
        elif self.group is not None:
            self.groups.append((name, self.group))
            self.group = None
        elif self.text is not None:
            self.site.setdefault(name, self._take_text().strip())

    def _end_in_item(self, item: ExportItem, depth: int, name: str) -> None:
        text = self._take_text()
        if name == "wp:meta_key":
            self.key = text.strip()
        elif name == "wp:meta_value":
            item.metadata.append((self.key, text))
        elif depth == 4 and name == "category":
            get = self.attributes.get
            item.terms.append(ItemTerm(get("domain", "category"), get("nicename", ""), text.strip()))
        elif depth == 4:
            item.fields.setdefault(name, text)

    def _read_prefixes(self, attributes: dict[str, str]) -> None:
        """Learn the prefixes of a file that another program has written with its own."""
        for attribute, address in attributes.items():
            prefix = next((prefix for part, prefix in NAMESPACES if part in address), "")
            if prefix and attribute.startswith("xmlns:"):
                self.prefixes[attribute.removeprefix("xmlns:")] = prefix

    def _short_name(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        self.names[name] = f"{self.prefixes.get(prefix, prefix)}{colon}{local}"
        return self.names[name]

    def _refuse_declarations(self, *_declared: Any) -> None:
        self._refuse(
            _(
                "“%(file)s” declares a document type in line %(line)d, which no export of WordPress does: export "
                "again, or remove that line."
            )
        )

    def _refuse(self, message: str) -> None:
        values = {"file": self.name, "line": self.parser.CurrentLineNumber}
        raise ImportRefused(message % values)
