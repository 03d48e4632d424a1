"""The schema of a database, for comparisons: what differs by the order of migrations alone is left out."""

import re

SQLITE_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
AUTOMATIC_NAME = re.compile(r"\b\w+_[0-9a-f]{8}(_\w+)?\b|\bpublications_\w+_(pkey|key|check)\b")
POSTGRES_QUERIES = (
    """
    SELECT 'column', table_name, column_name, data_type, is_nullable, character_maximum_length, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    """
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    """
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    """,
    "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT 'function', proname, prosrc FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
    WHERE pronamespace = 'public'::regnamespace AND lanname = 'plpgsql'
    """,
)


def read_schema(connection) -> list[str]:
    """Return the columns, constraints, indexes, triggers and functions of a database, each as a line, in order.

    Automatic names are left out, since they are made of the names that a table and its columns had at first.
    """
    with connection.cursor() as cursor:
        lines = _sqlite_lines(cursor) if connection.vendor == "sqlite" else _postgres_lines(cursor)
        return sorted(AUTOMATIC_NAME.sub("automatic", line) for line in lines)


def _postgres_lines(cursor) -> list[str]:
    lines = []
    for query in POSTGRES_QUERIES:
        cursor.execute(query)
        lines += [str(row) for row in cursor.fetchall()]
    return lines


def _sqlite_lines(cursor) -> list[str]:
    cursor.execute(SQLITE_OBJECTS)
    lines = []
    for type_, name, table, statement in cursor.fetchall():
        if type_ == "table" and "VIRTUAL" not in statement:
            cursor.execute(f"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{name}')")
            lines += [f"column {name} {column}" for column in cursor.fetchall()]
            lines += [f"constraint {name} {part}" for part in _table_constraints(statement)]
        else:
            lines.append(f"{type_} {name} {table} {' '.join((statement or '').split())}")
    return lines


def _table_constraints(statement: str) -> list[str]:
    """Return the named constraints and the checks and references of a CREATE TABLE statement."""
    body = statement.partition("(")[2].rpartition(")")[0]
    parts, depth, start = [], 0, 0
    for place, character in enumerate(body):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append(body[start:place])
            start = place + 1
    parts.append(body[start:])
    return [" ".join(part.split()) for part in parts]
