"""The state of migrations: those missing, those of a newer release, and rows that migrating backwards would lose.

Migrating backwards over a migration that created a table or a column is refused while it contains data of people.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps.registry import Apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, Model, QuerySet

DERIVED_MODELS = frozenset(
    {
        "indexedterm",
        "namedterm",
        "searchindex",
        "editionterm",
        "similarity",
        "presence",
        "newsevent",
        "outboxmail",
        "operationrecord",
        "alertstate",
    }
)
"""Models whose rows are derived, rebuilt by `manage.py rebuild`, say what other rows say, or are stored anew each day.
Without subscribers, whose rows are kept, the state of their mails is of no use."""

DERIVED_FIELDS = frozenset(
    {
        *(("auditentry", name) for name in ("changed_publications", "changed_pages")),
        *(("auditentry", name) for name in ("hash", "personal_hash", "personal_salt", "public_part")),
        ("edition", "content_digest"),
        ("kind", "is_listed"),
        ("subscriber", "has_retries"),
    }
)
"""Fields of other models without which the site only does more than it needs to, a renamed one by
both names; and the hashes of the audit log, which migrating forward begins anew. The
first rows take the newsletter out of lists: an older release has its issues in them. It keeps the order of the mails to
a subscriber by another column."""

TABLES_WITHOUT_MODELS = ("django_migrations", "publications_search", "publications_filed", "sqlite_")
"""Prefixes of tables without a model: those of Django and SQLite, and the search index."""

OUR_APPS = ("accounts", "publications", "subscriptions")

Plan = Iterable[tuple[Migration, bool]]
"""The plan of `migrate`: each migration, and whether it is to be unapplied."""


@dataclass(frozen=True)
class MigrationState:
    """Migrations as `app.name`: those that the database lacks, and those unknown to this code."""

    unapplied: tuple[str, ...]
    newer: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        return not self.unapplied and not self.newer


def read_migration_state(using: str = DEFAULT_DB_ALIAS) -> MigrationState:
    """Compare the migrations that the database records with those of the code.

    Raises:
        django.db.Error: the database does not answer.
    """
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return MigrationState(
        unapplied=tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan),
        newer=tuple(_newer_migrations(executor.loader)),
    )


def latest_migrations() -> tuple[str, ...]:
    """Return the last migration of each app of ours in the code, as `app.name`."""
    leaf_nodes = MigrationLoader(None).graph.leaf_nodes()
    return tuple(f"{app}.{name}" for app, name in sorted(leaf_nodes) if app in OUR_APPS)


def _newer_migrations(loader: MigrationLoader) -> Iterator[str]:
    """Yield migrations recorded after the last known one of their app. Older unknown ones were squashed."""
    known = set(loader.disk_migrations)
    known |= {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    recorded = MigrationRecorder(loader.connection)
    rows = (
        list(recorded.migration_qs.order_by("pk").values_list("app", "name")) if recorded.has_table() else []
    )
    for app in sorted(loader.migrated_apps):
        names = [row for row in rows if row[0] == app]
        last = max((index for index, row in enumerate(names) if row in known), default=-1)
        yield from (f"{app}.{name}" for app, name in names[last + 1 :])


def refuse_newer_database(state: MigrationState, *, remedy: str = "") -> None:
    """Raise CommandError where a newer release migrated the database, naming what is unknown to this code."""
    if not state.newer:
        return
    lines = [
        "A newer release has migrated this database. This code does not know",
        *(f"    migration {name}" for name in state.newer),
        *(f"    {where}" for where in find_unknown_rows()),
        "Start the newer release. To go back for good, first go back in the database with the newer release: "
        "“manage.py migrate APP NUMBER”, or put back the backup from before the upgrade (deploy/restore).",
        *([remedy] if remedy else []),
    ]
    raise CommandError("\n".join(lines))


def find_unknown_rows(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return tables and columns with rows that no model has: "publications_review (3 rows)"."""
    connection = connections[using]
    known = {model._meta.db_table: model for model in connection.introspection.get_migratable_models()}
    through = {table for table in connection.introspection.django_table_names() if table not in known}
    rows_by_place = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in known:
                rows_by_place += _unknown_columns(connection, cursor, known[table])
            elif table not in through and not table.startswith(TABLES_WITHOUT_MODELS):
                rows_by_place.append((table, _count(connection, cursor, table)))
    return [f"{where} ({_format_row_count(rows)})" for where, rows in rows_by_place if rows]


def _format_row_count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _unknown_columns(connection, cursor, model: type[Model]) -> list[tuple[str, int]]:
    table = model._meta.db_table
    columns = {field.column for field in model._meta.local_fields}
    names = (column.name for column in connection.introspection.get_table_description(cursor, table))
    return [
        (f"{table}.{name}", _count(connection, cursor, table, name)) for name in names if name not in columns
    ]


def _count(connection, cursor, table: str, column: str = "") -> int:
    """Return the number of rows of a table, or of those with a value in a column."""
    quote = connection.ops.quote_name
    counted = quote(column) if column else "*"
    cursor.execute(f"SELECT COUNT({counted}) FROM {quote(table)}")  # noqa: S608 (names that the database gave)
    return cursor.fetchone()[0]


def refuse_data_loss(
    *, plan: Plan = (), apps: Apps | None = None, using: str = DEFAULT_DB_ALIAS, **_signal
) -> None:
    """Raise CommandError where unapplying migrations would drop tables or columns with data of people.

    Receiver of `pre_migrate`. `settings.ALLOW_DATA_LOSS` switches it off.
    """
    if settings.ALLOW_DATA_LOSS or not any(backwards for _migration, backwards in plan):
        return
    if lost := find_lost_rows(plan, apps, using):
        rows = "".join(f"\n    {what}" for what in lost)
        raise CommandError(
            f"Going back would lose what stands here:{rows}\nNothing was changed. Put back the backup from before the "
            "upgrade (deploy/restore), or, where all of this may go, run the command again with ALLOW_DATA_LOSS=1 in "
            "its environment."
        )


def find_lost_rows(plan: Plan, apps: Apps, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the rows that unapplying migrations would drop: "reviews (publications_review): 3 rows".

    Args:
        apps: the models as the database has them now.
    """
    models, fields = find_created(plan)
    rows_by_place = [_rows_of_model(apps, key, using) for key in sorted(models)]
    rows_by_place += [_rows_of_field(apps, key, using) for key in sorted(fields)]
    return [f"{what}: {_format_row_count(rows)}" for what, rows in rows_by_place if rows]


def find_created(plan: Plan) -> tuple[set[tuple[str, str]], set[tuple[str, str, str]]]:
    """Return the models, and the fields of other models, that the migrations to be unapplied created.

    Derived ones are left out. All have their current names.
    """
    models: set[tuple[str, str]] = set()
    fields: set[tuple[str, str, str]] = set()
    undone = [migration for migration, backwards in plan if backwards]
    for migration in reversed(undone):  # the oldest first
        app = migration.app_label
        for operation in _database_operations(migration.operations):
            match operation:
                case operations.CreateModel():
                    models.add((app, operation.name_lower))
                case operations.DeleteModel():
                    models.discard((app, operation.name_lower))
                    fields = {key for key in fields if key[:2] != (app, operation.name_lower)}
                case operations.RenameModel():
                    old, new = (app, operation.old_name_lower), (app, operation.new_name_lower)
                    models = {new if key == old else key for key in models}
                    fields = {(*new, key[2]) if key[:2] == old else key for key in fields}
                case operations.AddField():
                    fields.add((app, operation.model_name_lower, operation.name))
                case operations.RemoveField():
                    fields.discard((app, operation.model_name_lower, operation.name))
                case operations.RenameField():
                    old = (app, operation.model_name_lower, operation.old_name)
                    fields = {(*old[:2], operation.new_name) if key == old else key for key in fields}
    kept = {key for key in models if key[1] not in DERIVED_MODELS}
    fields = {key for key in fields if key[:2] not in models and key[1] not in DERIVED_MODELS}
    return kept, {key for key in fields if key[1:] not in DERIVED_FIELDS}


def _database_operations(steps: Iterable[operations.base.Operation]) -> Iterator[operations.base.Operation]:
    for step in steps:
        if isinstance(step, operations.SeparateDatabaseAndState):
            yield from _database_operations(step.database_operations)
        else:
            yield step


def _rows_of_model(apps: Apps, key: tuple[str, str], using: str) -> tuple[str, int]:
    try:
        model = apps.get_model(*key)
    except LookupError:  # made for the database alone
        return "", 0
    if model._meta.proxy or not model._meta.managed:
        return "", 0
    return f"{model._meta.verbose_name_plural} ({model._meta.db_table})", model._base_manager.using(
        using
    ).count()


def _rows_of_field(apps: Apps, key: tuple[str, str, str], using: str) -> tuple[str, int]:
    try:
        field = apps.get_model(*key[:2])._meta.get_field(key[2])
    except LookupError:
        return "", 0
    model = field.model
    if field.many_to_many:
        through = field.remote_field.through
        return f"{field.name} ({through._meta.db_table})", through._base_manager.using(using).count()
    rows = _rows_with_values(model._base_manager.using(using), field).count() if field.column else 0
    return (
        f"{model._meta.verbose_name_plural}, {field.verbose_name} ({model._meta.db_table}.{field.column})",
        rows,
    )


def _rows_with_values(rows: QuerySet, field: Field) -> QuerySet:
    """Return the rows whose value differs from the default of the column."""
    default = field.get_default()
    rows = rows.exclude(**{f"{field.name}__isnull": True})
    return rows if default is None else rows.exclude(**{field.name: default})
