"""What each row of the search index is filed under, beside it as text: counts need no other table."""

from django.db import migrations

MARKS = """
SELECT e.id, 'k' || e.kind_id || ' y' || e.year || ' l' || e.language
    || COALESCE((SELECT {joined_tags} FROM publications_editiontag AS t WHERE t.edition_id = e.id), '')
    || COALESCE((SELECT {joined_authors} FROM publications_editionbyline AS b WHERE b.edition_id = e.id), '')
FROM publications_edition AS e JOIN publications_search AS s ON s.{number} = e.id
"""
SQLITE = (
    "CREATE TABLE publications_filed (edition_id integer PRIMARY KEY, marks text NOT NULL)",
    "INSERT INTO publications_filed (edition_id, marks) "
    + MARKS.format(
        number="rowid",
        joined_tags="GROUP_CONCAT(' t' || t.tag_id, '')",
        joined_authors="GROUP_CONCAT(' a' || b.author_id, '')",
    ),
)
POSTGRES = (
    "ALTER TABLE publications_search ADD COLUMN marks text NOT NULL DEFAULT ''",
    "UPDATE publications_search AS row SET marks = made.marks FROM ("
    + MARKS.format(
        number="edition_id",
        joined_tags="STRING_AGG(' t' || t.tag_id, '')",
        joined_authors="STRING_AGG(' a' || b.author_id, '')",
    )
    + ") AS made (edition_id, marks) WHERE made.edition_id = row.edition_id",
)


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
