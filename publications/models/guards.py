"""Guards in the database: no two windows of a publication overlap, and the text of an edition never changes.

An edition is never deleted, but for one that was cancelled before it was public. The guards complete the constraints
of the models. Only a redaction, which increments `redaction_count`, may change a text.
Guards are removed before a migrate with something to do and installed again after it.
"""

from collections.abc import Iterable

from django.db import connections, router

from publications.publication_fields import FROZEN_COLUMNS

from .edition import NOTICE_COLUMNS, Edition
from .edition_queryset import EndReason

EDITION_COLUMNS = (
    "publication", "number", "locale", "type_line", "change", "change_note", "digest", "restored_from",
    "html", "plain_text", "paragraphs", "contents", *NOTICE_COLUMNS,
)  # fmt: skip
"""Frozen columns of an edition that a publication does not have."""
FROZEN_COLUMN_NAMES = tuple(
    Edition._meta.get_field(name).column
    for name in (*EDITION_COLUMNS, *(field.name for field in FROZEN_COLUMNS))
)

TABLE = Edition._meta.db_table

OVERLAP_QUERY = f"""
SELECT RAISE(ABORT, 'the windows of two editions overlap')
FROM {TABLE} AS other
WHERE other.publication_id = NEW.publication_id AND other.id <> NEW.id
  AND other.visible_from < other.visible_until AND NEW.visible_from < NEW.visible_until
  AND other.visible_from < NEW.visible_until AND NEW.visible_from < other.visible_until;
"""  # noqa: S608 (no value from outside)


def _any_changed(columns: Iterable[str], comparison: str) -> str:
    return " OR ".join(f"NEW.{column} {comparison} OLD.{column}" for column in columns)


def _sqlite_guards(columns: Iterable[str]) -> dict[str, str]:
    return {
        "edition_no_overlap_insert": f"""CREATE TRIGGER edition_no_overlap_insert AFTER INSERT ON {TABLE}
        BEGIN {OVERLAP_QUERY} END""",
        "edition_no_overlap_update": f"""CREATE TRIGGER edition_no_overlap_update
        AFTER UPDATE OF visible_from, visible_until ON {TABLE} BEGIN {OVERLAP_QUERY} END""",
        "edition_frozen": f"""CREATE TRIGGER edition_frozen BEFORE UPDATE ON {TABLE}
        WHEN ({_any_changed(columns, "IS NOT")}) AND NEW.redaction_count <= OLD.redaction_count
        BEGIN SELECT RAISE(ABORT, 'the text of an edition is frozen'); END""",
        "edition_kept": f"""CREATE TRIGGER edition_kept BEFORE DELETE ON {TABLE}
        WHEN OLD.end_reason <> '{EndReason.CANCELLED.value}'
        BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END""",
    }


SQLITE_TRIGGERS = _sqlite_guards(FROZEN_COLUMN_NAMES)


OVERLAP_CONSTRAINT = (
    "EXCLUDE USING gist (publication_id WITH =, tstzrange(visible_from, visible_until) WITH &&) "
    "WHERE (visible_from < visible_until)"
)
POSTGRES_TRIGGERS = {
    name: f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"
    for name, event in (("edition_frozen", "UPDATE"), ("edition_kept", "DELETE"))
}


def _postgres_functions(columns: Iterable[str]) -> dict[str, str]:
    """Return the bodies of the functions that the triggers call, by name."""
    return {
        "edition_frozen": f"""
        BEGIN
            IF ({_any_changed(columns, "IS DISTINCT FROM")}) AND NEW.redaction_count <= OLD.redaction_count THEN
                RAISE EXCEPTION 'the text of an edition is frozen'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END """,
        "edition_kept": f"""
        BEGIN
            IF OLD.end_reason <> '{EndReason.CANCELLED.value}' THEN
                RAISE EXCEPTION 'an edition is never deleted' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
        END """,
    }


def _postgres_guards(columns: Iterable[str]) -> tuple[str, ...]:
    return (
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS edition_no_overlap",
        f"ALTER TABLE {TABLE} ADD CONSTRAINT edition_no_overlap {OVERLAP_CONSTRAINT}",
        *(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
            for name, body in _postgres_functions(columns).items()
        ),
        *_drop_statements("postgresql"),
        *POSTGRES_TRIGGERS.values(),
    )


def install_guards(using: str = "default", **_signal) -> None:
    """Install the guards; safe to repeat. Receiver of `post_migrate`.

    In a database that was migrated back to an older release they guard the columns that are left.
    """
    connection = connections[using]
    if not _has_editions(using):
        return
    with connection.cursor() as cursor:
        existing = {column.name for column in connection.introspection.get_table_description(cursor, TABLE)}
        if "redaction_count" not in existing:  # before the rename of that column, older code installs its own
            return
        columns = [name for name in FROZEN_COLUMN_NAMES if name in existing]
        if connection.vendor == "sqlite":
            statements = [*_drop_statements(connection.vendor), *_sqlite_guards(columns).values()]
        else:
            statements = _postgres_guards(columns)
        for statement in statements:
            cursor.execute(statement)


def remove_guards(using: str = "default", plan: Iterable = (), **_signal) -> None:
    """Drop the triggers before a migration. Receiver of `pre_migrate`.

    SQLite refuses to drop a column that a trigger names, and a function of PostgreSQL fails at the next update of a
    row where a column that it names has been renamed.
    """
    if not plan or not _has_editions(using):
        return
    with connections[using].cursor() as cursor:
        for statement in _drop_statements(connections[using].vendor):
            cursor.execute(statement)


def _has_editions(using: str) -> bool:
    is_ours = router.allow_migrate(using, "publications")
    return is_ours and TABLE in connections[using].introspection.table_names()


def _drop_statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_TRIGGERS]
    return [f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in POSTGRES_TRIGGERS]


_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid, true) FROM pg_constraint
WHERE conrelid = to_regclass(%s) AND contype = 'x' AND convalidated
"""
_TRIGGERS = """
SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A')
"""


def find_missing_guards(using: str = "default") -> list[str]:
    """Return the names of guards that a database lacks or defines differently."""
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            expected, installed = SQLITE_TRIGGERS, dict(cursor.fetchall())
        else:
            expected, installed = _expected_on_postgres(), _installed_on_postgres(cursor)
    return [name for name, statement in expected.items() if installed.get(name) != statement]


def _expected_on_postgres() -> dict[str, tuple[str, ...]]:
    functions = _postgres_functions(FROZEN_COLUMN_NAMES)
    triggers = {name: (trigger, functions[name]) for name, trigger in POSTGRES_TRIGGERS.items()}
    return {"edition_no_overlap": (OVERLAP_CONSTRAINT,), **triggers}


def _installed_on_postgres(cursor) -> dict[str, tuple[str, ...]]:
    """Return the guards as the database has them: definitions, and bodies of the functions of triggers."""
    installed = {}
    for query in (_CONSTRAINTS, _TRIGGERS):
        cursor.execute(query, [TABLE])
        installed |= {name: tuple(definition) for name, *definition in cursor.fetchall()}
    return installed
