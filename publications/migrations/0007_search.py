"""The search index, the words it knows, and equal spellings."""

import sqlite3

from django.db import migrations, models

FTS5 = """
CREATE VIRTUAL TABLE publications_search USING fts5 (
    title, summary, people, topics, text, marks, {content}
    prefix = '3', tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
)
"""
NO_CONTENT = "content = '', contentless_delete = 1,"  # the texts stand in the editions already
POSTGRES = (
    "CREATE TABLE publications_search (edition_id bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX publications_search_vector ON publications_search USING gin (vector)",
)


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        can_delete_without_content = sqlite3.sqlite_version_info >= (3, 43)
        statements = (FTS5.format(content=NO_CONTENT if can_delete_without_content else ""),)
    else:
        statements = POSTGRES
    for statement in statements:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    schema_editor.execute("DROP TABLE publications_search")


class Migration(migrations.Migration):
    dependencies = [("publications", "0006_identifiers")]
    operations = [
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spellings", models.TextField(help_text="One per line: names in transliteration, abbreviations, the same name in other languages.", max_length=2000, verbose_name="spellings")),
            ],
            options={
                "verbose_name": "equal spellings",
                "verbose_name_plural": "equal spellings",
                "ordering": ["spellings"],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.CharField(max_length=50, unique=True)),
                ("opening", models.CharField(db_index=True, max_length=3)),
                ("pieces", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Naming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.CharField(max_length=50)),
                ("sign", models.CharField(db_index=True, max_length=24)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("term", "sign"), name="named_once")],
            },
        ),
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "search index",
                "abstract": False,
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="single_searchindex")],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
