"""Every row of the search index has an edition and a position by date.

On SQLite the table beside that of FTS5 says which rowid an edition has: those of an earlier release have its primary
key, and 0 if its app server stores them after the migration. On PostgreSQL both columns get a default, which
changes no row: those that an earlier release has stored, or stores while its app servers still run, count as the newest
and rank last. The index is rebuilt after the migration.
"""

from django.db import migrations

FORWARDS = {
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
            DROP COLUMN ranked_vector,
            DROP COLUMN date_position,
            ADD COLUMN ranked_vector tsvector NOT NULL DEFAULT '',
            ADD COLUMN date_position bigint NOT NULL DEFAULT 9223372036854775807
        """,
    ),
}
BACKWARDS = {"sqlite": ("ALTER TABLE publications_filed DROP COLUMN date_position",), "postgresql": ()}


def migrate_index(apps, schema_editor):
    _execute(schema_editor, FORWARDS)


def restore_index(apps, schema_editor):
    _execute(schema_editor, BACKWARDS)


def _execute(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("publications", "0038_index_lists_with_translations")]

    operations = [migrations.RunPython(migrate_index, restore_index)]
