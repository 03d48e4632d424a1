"""Custom fields that become fields of a publication, as the mapping says: values, names of authors, files, texts."""

import re
from collections.abc import Iterator

from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from ..mapping import LISTED_FIELDS, ImportMapping, normalize_key
from .authors import find_person
from .export_item import ExportItem, read_number
from .index import ExportIndex
from .post_parts import PostParts
from .posts import plain_name

_PHP_ARRAY = re.compile(r"a:\d+:\{")
_PHP_ITEM = re.compile(r'i:\d+;(?:s:\d+:"([^"]*)"|i:(\d+));')
_BETWEEN_NAMES = re.compile(r"\s*[,;|\n]\s*|\s+(?:and|och|samt|&|und|et)\s+")
_ADDRESS = re.compile(r"https?://|/")


def read_values(item: ExportItem, mapping: ImportMapping) -> dict[str, str]:
    """Return values by the names of the fields that take one: the first custom field that has one counts."""
    values: dict[str, str] = {}
    for target, value in _list_mapped(item, mapping):
        if target not in LISTED_FIELDS:
            values.setdefault(target, " ".join(value.split()))
    return values


def read_names(
    item: ExportItem, mapping: ImportMapping, index: ExportIndex, log: ImportLog
) -> tuple[str, ...]:
    """Return the ids or names of the authors in custom fields: names, or numbers of guest authors or accounts."""
    names: dict[str, None] = {}
    for value in _list_values(item, mapping, "authors"):
        for name in filter(None, map(plain_name, _BETWEEN_NAMES.split(value))):
            found = find_person(name, index) if name.isdecimal() else name
            if found:
                names[found] = None
            else:
                log.dropped("author", _("This is nobody's name: %s") % name)
    return tuple(names)


def read_files(item: ExportItem, mapping: ImportMapping, parts: PostParts, log: ImportLog) -> tuple[str, ...]:
    """Return the addresses of the files in custom fields: addresses, or numbers of the media library."""
    addresses = []
    for value in _list_values(item, mapping, "files"):
        if value.isdecimal():
            file = parts.find(read_number(value))
            addresses += [file.url] if file else []
        elif _ADDRESS.match(value):
            addresses.append(value)
        else:
            log.dropped("value", _("This is no file, and was left out: %s") % value[:500])
    return tuple(dict.fromkeys(addresses))


def read_texts(item: ExportItem, mapping: ImportMapping) -> str:
    """Return the texts in custom fields, which stand at the end of that of the post."""
    return "".join(f"\n\n{value}" for value in _list_values(item, mapping, "text"))


def _list_values(item: ExportItem, mapping: ImportMapping, field: str) -> Iterator[str]:
    """Yield the values of the custom fields that become a field; those of an array of PHP one by one."""
    for target, value in _list_mapped(item, mapping):
        if target == field and _PHP_ARRAY.match(value):
            yield from ("".join(groups).strip() for groups in _PHP_ITEM.findall(value))
        elif target == field:
            yield value.strip()


def _list_mapped(item: ExportItem, mapping: ImportMapping) -> Iterator[tuple[str, str]]:
    for name, value in item.metadata:
        if value.strip() and (target := mapping.fields.get(normalize_key(name), "")):
            yield target, value
