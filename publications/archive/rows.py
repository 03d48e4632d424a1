"""Rows as JSON Lines, in the form of Django's serializers: one row a line, with its model, primary key and columns.

Times have microseconds and are in UTC. The same rows give the same bytes on every database.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import batched, groupby
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Field, ForeignKey, QuerySet

from publications.hash_chain import format_time, serialize_canonically

from .tables import ArchivedTable

ROWS_PER_READ = 200
ROWS_PER_INSERT = 200


class UnknownRow(Exception):
    """A line that is no row of an archived table, or has other columns; the message says what is wrong."""


def read_lines(table: ArchivedTable, rows: QuerySet | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the primary key and the line of each row of a table, or of the given rows of it."""
    names = [field.attname for field in table.fields]
    queryset = table.rows() if rows is None else rows
    for pk, *values in queryset.values_list("pk", *names).iterator(chunk_size=ROWS_PER_READ):
        yield pk, _serialize(table, pk, values)


def read_lines_by_publication(table: ArchivedTable, publications: Sequence[int]) -> dict[int, list[bytes]]:
    """Return the lines of the rows of some publications, by primary key of the publication."""
    names = [field.attname for field in table.fields]
    rows = table.rows().filter(**{f"{table.publication}__in": publications})
    rows = rows.order_by(table.publication, "pk").values_list(table.publication, "pk", *names)
    groups = groupby(rows.iterator(chunk_size=ROWS_PER_READ), key=lambda row: row[0])
    return {
        publication: [_serialize(table, pk, values) for _publication, pk, *values in group]
        for publication, group in groups
    }


def _serialize(table: ArchivedTable, pk: int, values: Sequence[Any]) -> bytes:
    fields = {field.name: _plain(field, value) for field, value in zip(table.fields, values, strict=True)}
    return serialize_canonically({"model": table.name, "pk": pk, "fields": fields}) + b"\n"


def _plain(field: Field, value: Any) -> Any:
    match value:
        case datetime():
            return format_time(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
    if _is_content_type(field):
        return ".".join(ContentType.objects.get_for_id(value).natural_key())
    return value


def _is_content_type(field: Field) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is ContentType


def insert_lines(tables: Mapping[str, ArchivedTable], lines: Iterable[bytes]) -> int:
    """Store the rows of lines as they are, without signals and automatic times; return how many there are.

    Raises:
        UnknownRow: a line is not a row of one of the tables, or has not exactly their columns.
        django.db.Error: the database refuses a row.
    """
    count = 0
    for batch in batched(lines, ROWS_PER_INSERT):
        rows = [_parse(tables, line) for line in batch]
        for table, group in groupby(rows, key=lambda row: row[0]):
            _insert(table, [record for _table, record in group])
        count += len(rows)
    return count


def _parse(tables: Mapping[str, ArchivedTable], line: bytes) -> tuple[ArchivedTable, dict[str, Any]]:
    try:
        record = json.loads(line)
        table = tables[record["model"]]
        is_whole = record["fields"].keys() == {field.name for field in table.fields}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnknownRow(f"a line is no row of a table that this release knows: {line[:80]!r}") from None
    if not is_whole:
        raise UnknownRow(f"a row of {table.name} has other columns than in this release")
    return table, record


def _insert(table: ArchivedTable, records: Sequence[Mapping[str, Any]]) -> None:
    quote = connection.ops.quote_name
    restored = [table.model._meta.get_field(name) for name in table.left_out]
    fields = (table.key, *table.fields, *restored)
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(table.model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_values(table, restored, record) for record in records])


def _values(table: ArchivedTable, restored: Sequence[Field], record: Mapping[str, Any]) -> list[Any]:
    stored = [(table.key, record["pk"])]
    stored += [(field, _read(field, record["fields"][field.name])) for field in table.fields]
    stored += [(field, _restored_value(table, field, record["pk"])) for field in restored]
    return [field.get_db_prep_save(field.to_python(value), connection) for field, value in stored]


def _read(field: Field, value: Any) -> Any:
    if _is_content_type(field):
        return ContentType.objects.get_by_natural_key(*value.split(".")).pk
    return value


def _restored_value(table: ArchivedTable, field: Field, pk: int) -> Any:
    """Return what a restored row has in a column that is left out."""
    value = table.left_out[field.name]
    if value is None:
        return field.get_default()
    return value.format(pk=pk) if isinstance(value, str) else value
