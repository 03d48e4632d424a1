"""The highest primary key that each table ever gave: no new row gets the key of one that was deleted.

Comments, log entries and addresses elsewhere may still name a deleted row by its key, and the rows that are left do not
show it. Databases remember it in sequences, which an archive records and a restore sets.
"""

import json
from collections.abc import Mapping

from django.db import connection
from django.db.models import AutoField, BigAutoField

from publications.hash_chain import serialize_canonically
from publications.models import AuditEntry, Publication

from .rows import MalformedRow
from .tables import ARCHIVED, ArchivedTable

KEYS_FILE = "tables/primary-keys.json"
"""In the payload: the highest key by the name of the table."""

MAX_KEY = 2**31 - 1
"""Of what an audit entry may name: a higher one is a damaged entry, and sequences of some tables end there."""


def numbered_tables() -> list[ArchivedTable]:
    """Return the tables whose keys the database gives."""
    return [table for table in ARCHIVED if isinstance(table.key, AutoField | BigAutoField)]


def render_highest_keys() -> bytes:
    """Return the content of the file: what rows have now, and what sequences have given before."""
    stored, given = _highest_stored_keys(), _read_sequences()
    highest = {
        table.name: max(stored[table.name], given.get(table.model._meta.db_table, 0))
        for table in numbered_tables()
    }
    return serialize_canonically(highest) + b"\n"


def parse_highest_keys(content: bytes, place: str) -> dict[str, int]:
    """Return the keys by table. Raises MalformedRow for anything that `render_highest_keys` has not written."""
    try:
        keys = json.loads(content)
        is_valid = all(
            type(keys.get(table.name, 0)) is int and 0 <= keys.get(table.name, 0) <= _limit_of(table)
            for table in numbered_tables()
        )
    except (ValueError, AttributeError, RecursionError):
        is_valid = False
    if not is_valid:
        raise MalformedRow(f"{place}: this is no list of tables with the highest key of each")
    return keys


def continue_keys(recorded: Mapping[str, int]) -> None:
    """Let new rows have higher keys than all that were recorded, restored, or named by the audit log."""
    stored = _highest_stored_keys()
    stored[Publication._meta.label_lower] = max(
        stored[Publication._meta.label_lower], _highest_in_audit_log()
    )
    with connection.cursor() as cursor:
        for table in numbered_tables():
            _set_sequence(cursor, table, max(stored[table.name], recorded.get(table.name, 0)))


def _limit_of(table: ArchivedTable) -> int:
    return connection.ops.integer_field_range(table.key.get_internal_type())[1]


def _highest_stored_keys() -> dict[str, int]:
    quote = connection.ops.quote_name
    selections = (
        f"SELECT '{table.name}', max({quote(table.key.column)}) FROM {quote(table.model._meta.db_table)}"  # noqa: S608
        for table in numbered_tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selections))
        return {name: highest or 0 for name, highest in cursor.fetchall()}


def _read_sequences() -> dict[str, int]:
    """Return the last key that each sequence has given, by the name of its table in the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
        else:
            cursor.execute(
                "SELECT tables.relname, pg_sequence_last_value(sequences.oid) FROM pg_class tables"
                " JOIN pg_depend ON refobjid = tables.oid AND deptype IN ('a', 'i')"
                " JOIN pg_class sequences ON sequences.oid = objid AND sequences.relkind = 'S'"
                " WHERE pg_table_is_visible(tables.oid)"
            )
        return {name: last or 0 for name, last in cursor.fetchall()}


def _set_sequence(cursor, table: ArchivedTable, highest: int) -> None:
    name, column = table.model._meta.db_table, table.key.column
    if connection.vendor == "sqlite":
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, highest])
    else:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
            [connection.ops.quote_name(name), column, max(highest, 1), highest > 0],
        )


def _highest_in_audit_log() -> int:
    """Return the highest key of a publication that an entry names, 0 if none does."""
    entries = AuditEntry.objects.order_by().values_list("changed_publications", "public_part__publication")
    named = (pk for changed, own in entries.iterator() for pk in (*_list_of(changed), own))
    return max((pk for pk in named if type(pk) is int and pk <= MAX_KEY), default=0)


def _list_of(value: object) -> list:
    return value if isinstance(value, list) else []
