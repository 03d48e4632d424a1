"""The search index gets what matches are sorted by, and on PostgreSQL what they are ranked by.

On SQLite the table beside that of FTS5 says which rowid an edition has: those of an earlier release have its primary
key. On PostgreSQL both columns have a default, which changes no row: those that an earlier release has stored, or stores
while its app servers still run, count as the newest and rank last. The index is rebuilt after the migration.

The column is not called "position", a name that the queries of an earlier release give to another value of the table:
its app servers search until they are restarted.
"""

from django.db import migrations

ADD_COLUMNS = {
    "sqlite": (
        "ALTER TABLE publications_filed ADD COLUMN date_position integer NOT NULL DEFAULT 0",
        """
        INSERT OR REPLACE INTO publications_filed (edition_id, marks, date_position)
        SELECT filed.edition_id, filed.marks, s.rowid
        FROM publications_search AS s
        CROSS JOIN publications_filed AS filed ON filed.edition_id = (s.rowid & 4294967295)
        """,
    ),
    "postgresql": (
        """
        ALTER TABLE publications_search
            ADD COLUMN ranked_vector tsvector NOT NULL DEFAULT '',
            ADD COLUMN date_position bigint NOT NULL DEFAULT 9223372036854775807,
            SET (toast_tuple_target = 128)
        """,  # which moves both vectors out of their row
    ),
}
DROP_COLUMNS = {
    "sqlite": ("ALTER TABLE publications_filed DROP COLUMN date_position",),
    "postgresql": (
        """
        ALTER TABLE publications_search
            DROP COLUMN ranked_vector, DROP COLUMN date_position, RESET (toast_tuple_target)
        """,
    ),
}


def add_columns(apps, schema_editor):
    _execute(schema_editor, ADD_COLUMNS)


def drop_columns(apps, schema_editor):
    _execute(schema_editor, DROP_COLUMNS)


def _execute(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("publications", "0034_changed_pages")]

    operations = [migrations.RunPython(add_columns, drop_columns)]
