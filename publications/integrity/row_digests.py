"""Digests of all rows, recorded while a backup is made, and compared with the rows of a site that was restored from it.

They find a change in any table, also in those that the audit log does not cover. A backup records them before and after
it copies the database, and keeps those that are the same, so that what people save at that time is no fault. The file,
signed if there is a SIGNING_KEY, is among the originals, and so in the backup. Tables are read as they are stored.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

from publications.durable_files import make_folder, write_file
from publications.hash_chain import hash_value
from publications.minisign import BadSignature, PublicKey, read_chunks
from publications.models import AUDIT_FOLDER
from publications.signing import read_public_key, sign

from .report import Progress

BEFORE, RECORDED = "row-digests.before.jsonl", "row-digests.jsonl"
SIGNATURE = f"{RECORDED}.minisig"
ANY = ""
"""In place of the digest of a row that changed while the backup was made."""
LEFT_OUT = {"session", "desksession", "presence", "indexedterm", "editionterm", "similarity"}
"""Models whose rows nobody misses, or that `verify --full` compares with a rebuild."""
ROWS_PER_BATCH = 500

Digests = dict[str, dict[str, str]]
"""Digests of rows by table and primary key."""


def record_rows(*, before: bool = False) -> int:
    """Store the digests of all rows, and return how many there are.

    Args:
        before: that a copy of the database is about to be made; the next call then leaves out what has changed.
    """
    first, rows = _read(BEFORE), read_rows()
    if not before and first is not None:
        rows = {table: _unchanged(first.get(table, {}), rows.get(table, {})) for table in first | rows}
    _write(BEFORE if before else RECORDED, rows)
    if not before:
        _path(BEFORE).unlink(missing_ok=True)
        _path(SIGNATURE).unlink(missing_ok=True)
        if signature := sign(_path(RECORDED).read_bytes(), name=RECORDED):
            write_file(_path(SIGNATURE), [signature.encode()])
    return sum(map(len, rows.values()))


def find_changed_rows(progress: Progress) -> Iterator[str]:
    """Yield the rows that differ from the ones that the backup recorded, are missing, or were not in it."""
    recorded = _read(RECORDED)
    if recorded is None:
        yield f"No backup has recorded the rows: there is no {_path(RECORDED)}."
        return
    if (key := read_public_key()) and not _is_signed(key):
        yield f"{_path(RECORDED)} was changed, or has no signature by the key of this site."
    rows = read_rows()
    for done, table in enumerate(sorted(recorded.keys() | rows.keys()), start=1):
        yield from _compare(table, recorded.get(table, {}), rows.get(table, {}))
        progress(done, len(recorded))


def _is_signed(key: PublicKey) -> bool:
    try:
        key.verify(read_chunks(_path(RECORDED)), _path(SIGNATURE).read_text(encoding="utf-8"))
    except (BadSignature, FileNotFoundError):
        return False
    return True


def read_rows() -> Digests:
    """Return the digests of all rows as they are now, without those of `LEFT_OUT`."""
    return {model._meta.db_table: dict(_digest_rows(model)) for model in recorded_models()}


def recorded_models() -> list[type[Model]]:
    """Return the models whose rows are recorded."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in tables and model._meta.model_name not in LEFT_OUT
    ]


def _digest_rows(model: type[Model]) -> Iterator[tuple[str, str]]:
    quote, table = connection.ops.quote_name, model._meta.db_table
    as_stored = "quote({})" if connection.vendor == "sqlite" else "{}::text"
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    key, *columns = (as_stored.format(quote(name)) for name in (model._meta.pk.column, *names))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {key}, {', '.join(columns)} FROM {quote(table)}")  # noqa: S608 (names of columns)
        while rows := cursor.fetchmany(ROWS_PER_BATCH):
            for pk, *values in rows:
                yield pk, hash_value(dict(zip(names, values, strict=True)))


def _unchanged(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    return {
        pk: second[pk] if first.get(pk) == second.get(pk) else ANY
        for pk in (*first, *(second.keys() - first.keys()))
    }


def _compare(table: str, recorded: Mapping[str, str], rows: Mapping[str, str]) -> Iterator[str]:
    for pk in sorted(recorded.keys() | rows.keys()):
        if recorded.get(pk) == ANY or recorded.get(pk) == rows.get(pk):
            continue
        fault = (
            "was not in the backup"
            if pk not in recorded
            else "is missing"
            if pk not in rows
            else "was changed"
        )
        yield f"{table}, row {pk}: it {fault}."


def _path(name: str) -> Path:
    return Path(settings.ORIGINALS) / AUDIT_FOLDER / name


def _write(name: str, rows: Digests) -> None:
    path = _path(name)
    make_folder(path.parent)
    lines = (f"{json.dumps([table, digests])}\n".encode() for table, digests in rows.items())
    write_file(path, lines)


def _read(name: str) -> Digests | None:
    try:
        with _path(name).open(encoding="utf-8") as file:
            return dict(json.loads(line) for line in file)
    except FileNotFoundError:
        return None
