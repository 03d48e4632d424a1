"""On PostgreSQL a column with what a search ranks by.

It is filled when the index is rebuilt: to fill it here would hold up every search.
"""

from django.db import migrations

ADD_COLUMN = (
    "ALTER TABLE publications_search ADD COLUMN ranked_vector tsvector",
    "ALTER TABLE publications_search SET (toast_tuple_target = 128)",  # moves both vectors out of their row
)
DROP_COLUMN = (
    "ALTER TABLE publications_search RESET (toast_tuple_target)",
    "ALTER TABLE publications_search DROP COLUMN ranked_vector",
)


def add_column(apps, schema_editor):
    _execute_on_postgresql(schema_editor, ADD_COLUMN)


def drop_column(apps, schema_editor):
    _execute_on_postgresql(schema_editor, DROP_COLUMN)


def _execute_on_postgresql(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("publications", "0035_index_translations")]

    operations = [migrations.RunPython(add_column, drop_column)]
