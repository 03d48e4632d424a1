"""On PostgreSQL a column with what matches are sorted by. It is filled when the index is rebuilt."""

from django.db import migrations


def add_column(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE publications_search ADD COLUMN position bigint")


def drop_column(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE publications_search DROP COLUMN position")


class Migration(migrations.Migration):
    dependencies = [("publications", "0036_rank_by_short_vectors")]

    operations = [migrations.RunPython(add_column, drop_column)]
