"""Rows as JSON Lines, in the form of Django's serializers: one row a line, with its model, primary key and columns.

Times have microseconds and are in UTC. The same rows give the same bytes on every database.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched, groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Field, ForeignKey, QuerySet

from publications.hash_chain import format_time, serialize_canonically

from .tables import ArchivedTable

ROWS_PER_READ = 200
ROWS_PER_INSERT = 500
REFUSALS = (DataError, IntegrityError, OverflowError, ValueError)
"""Errors of databases and drivers for a row that cannot be stored, not for a database that fails."""


class MalformedRow(Exception):
    """What the rows of an archive cannot hold; the message names the file, the line and what is wrong."""


class Line(NamedTuple):
    """A line of a file of rows, and where it stands."""

    content: bytes
    file: str
    number: int

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.number}"


@dataclass(frozen=True)
class ParsedRow:
    """A row that can be stored: the values of its columns, and the line it stands in."""

    table: ArchivedTable
    values: list[Any]
    line: Line


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


def insert_lines(tables: Mapping[str, ArchivedTable], lines: Iterable[Line]) -> int:
    """Store the rows of lines as they are, without signals and automatic times; return how many there are.

    Raises:
        MalformedRow: a line is no row of one of the tables, has not exactly their columns, or has a value that a column
            cannot hold.
    """
    count = 0
    for batch in batched(lines, ROWS_PER_INSERT):
        rows = sorted((_parse(tables, line) for line in batch), key=lambda row: row.table.name)
        for table, group in groupby(rows, key=lambda row: row.table):
            _insert(table, list(group))
        count += len(rows)
    return count


def _parse(tables: Mapping[str, ArchivedTable], line: Line) -> ParsedRow:
    record = parse_line(line)
    table = tables.get(record["model"])
    if table is None:
        raise MalformedRow(f"{line.place}: this release restores no table {record['model']}")
    if differing := sorted(record["fields"].keys() ^ {field.name for field in table.fields}):
        raise MalformedRow(
            f"{line.place}: a row of {table.name} has other columns in this release: {', '.join(differing)[:200]}"
        )
    values = [_read(line, table.key, record["pk"])]
    values += [_read(line, field, record["fields"][field.name]) for field in table.fields]
    values += [_restored_value(table, field, record["pk"]) for field in _restored_fields(table)]
    return ParsedRow(table, values, line)


def parse_line(line: Line) -> dict[str, Any]:
    """Return a row as it stands in a line: model, pk and fields. Raises MalformedRow for anything else."""
    try:
        record = json.loads(line.content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRow(f"{line.place}: this is no JSON ({error})") from None
    match record:
        case {"model": str(), "pk": int() as pk, "fields": dict()} if type(pk) is int and pk > 0:
            return record
    raise MalformedRow(f"{line.place}: a row has a model, a pk (a number) and fields")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _read(line: Line, field: Field, value: Any) -> Any:
    """Return a value as the database takes it. Only what `_plain` writes is accepted, so that nothing is converted."""
    try:
        if _is_content_type(field):
            return ContentType.objects.get_by_natural_key(*value.split(".")).pk
        stored = field.to_python(value)
        is_readable = (value is not None or field.null) and _is_same(_plain(field, stored), value)
        if is_readable and not (field.name == "original" and _leads_elsewhere(value)):
            return field.get_db_prep_save(stored, connection)
    except (ValidationError, ObjectDoesNotExist, ValueError, TypeError, AttributeError, OverflowError):
        pass
    raise MalformedRow(f"{line.place}: the column {field.name} cannot hold {repr(value)[:80]}")


def _is_same(stored: Any, value: Any) -> bool:
    return type(stored) is type(value) and stored == value


def _leads_elsewhere(name: str) -> bool:
    """Whether the name of an uploaded file leads out of the storage."""
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _restored_fields(table: ArchivedTable) -> list[Field]:
    return [table.model._meta.get_field(name) for name in table.left_out]


def _restored_value(table: ArchivedTable, field: Field, pk: int) -> Any:
    """Return what a restored row has in a column that is left out."""
    value = table.left_out[field.name]
    if value is None:
        value = field.get_default()
    elif isinstance(value, str):
        value = value.format(pk=pk)
    return field.get_db_prep_save(field.to_python(value), connection)


def _insert(table: ArchivedTable, rows: Sequence[ParsedRow]) -> None:
    quote = connection.ops.quote_name
    columns = [field.column for field in (table.key, *table.fields, *_restored_fields(table))]
    names, places = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {quote(table.model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, [row.values for row in rows])
    except REFUSALS:
        _insert_one_by_one(statement, rows)


def _insert_one_by_one(statement: str, rows: Sequence[ParsedRow]) -> None:
    """Find the row that the database refuses."""
    for row in rows:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, row.values)
        except REFUSALS as error:
            raise MalformedRow(f"{row.line.place}: the database refuses the row: {error}") from error
