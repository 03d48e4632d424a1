"""On PostgreSQL a column with what matches are sorted by. It is filled when the index is rebuilt.

It is not called "position", a name that the queries of an earlier release give to another value of the table: its app
servers search until they are restarted.
"""

from django.db import migrations


def add_column(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE publications_search ADD COLUMN date_position bigint")


def drop_column(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE publications_search DROP COLUMN date_position")


class Migration(migrations.Migration):
    dependencies = [("publications", "0036_rank_by_short_vectors")]

    operations = [migrations.RunPython(add_column, drop_column)]
