"""What each row of the search index is filed under, beside it as text: counts need no other table.

On PostgreSQL the rows are left to the rebuilding of the index that follows: to change them here would hold up every search.
"""

from django.db import migrations

FILE = """
INSERT INTO publications_filed (edition_id, marks)
SELECT e.id, 'k' || e.kind_id || ' y' || e.year || ' l' || e.language
    || COALESCE((SELECT GROUP_CONCAT(' t' || tag_id, '') FROM publications_editiontag WHERE edition_id = e.id), '')
    || COALESCE((SELECT GROUP_CONCAT(' a' || author_id, '') FROM publications_editionbyline WHERE edition_id = e.id), '')
FROM publications_edition AS e JOIN publications_search AS s ON s.rowid = e.id
"""
SQLITE = ("CREATE TABLE publications_filed (edition_id integer PRIMARY KEY, marks text NOT NULL)", FILE)
POSTGRES = ("ALTER TABLE publications_search ADD COLUMN marks text NOT NULL DEFAULT ''",)


def file(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)


def forget(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(
        "DROP TABLE publications_filed" if is_sqlite else "ALTER TABLE publications_search DROP COLUMN marks"
    )


class Migration(migrations.Migration):
    dependencies = [("publications", "0017_deed_of_its_own")]

    operations = [migrations.RunPython(file, forget)]
