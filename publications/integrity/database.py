"""Checks of the database itself: its schema, its file, its constraints and its foreign keys."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import Exists, ForeignKey, Model, OuterRef

from publications.migration_state import read_migration_state
from publications.models import guards
from publications.models.translated import SingleRowModel

from .report import Progress


def find_schema_faults(progress: Progress) -> Iterator[str]:
    """Yield the migrations that the database or this code lacks."""
    state = read_migration_state()
    yield from (f"The database lacks the migration {name}." for name in state.unapplied)
    yield from (f"A newer release has applied {name}, which this code does not know." for name in state.newer)


def find_damaged_pages(progress: Progress) -> Iterator[str]:
    """Yield the faults that SQLite finds in its file."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        yield from (message for (message,) in cursor.fetchall() if message != "ok")


def find_missing_constraints(progress: Progress) -> Iterator[str]:
    """Yield the constraints and indexes that models declare and the database does not have."""
    longest = connection.ops.max_name_length()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            existing = connection.introspection.get_constraints(cursor, table)
            declared = {item.name[:longest] for item in (*model._meta.constraints, *model._meta.indexes)}
            yield from (f"The table {table} has no {name}." for name in sorted(declared - existing.keys()))


def find_missing_guards(progress: Progress) -> Iterator[str]:
    """Yield the guards of editions that are not in place."""
    yield from (f"The database does not enforce {name}." for name in guards.find_missing_guards())


def find_empty_single_row_tables(progress: Progress) -> Iterator[str]:
    """Yield the tables of one row that are empty."""
    for model in SingleRowModel.__subclasses__():
        if not model._default_manager.exists():
            yield f"{model._meta.db_table} has no row."


def find_dangling_rows(progress: Progress) -> Iterator[str]:
    """Yield the rows that refer to a row that does not exist."""
    foreign_keys = [(model, field) for model in apps.get_models() for field in _foreign_keys(model)]
    for done, (model, field) in enumerate(foreign_keys, start=1):
        target = field.remote_field.model._base_manager.filter(
            **{field.target_field.attname: OuterRef(field.attname)}
        )
        dangling = model._base_manager.filter(~Exists(target), **{f"{field.attname}__isnull": False})
        for pk, value in dangling.values_list("pk", field.attname)[:100]:
            yield (
                f"{model._meta.db_table} {pk} refers by {field.column} to "
                f"{field.remote_field.model._meta.db_table} {value}, which does not exist."
            )
        progress(done, len(foreign_keys))


def _foreign_keys(model: type[Model]) -> list[ForeignKey]:
    return [field for field in model._meta.local_fields if isinstance(field, ForeignKey)]
