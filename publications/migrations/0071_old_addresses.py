"""Let old addresses have a query, and lead to files, images and lists."""

import django.db.models.deletion
from django.db import migrations, models


def drop_prefix_index(apps, schema_editor):
    """Drop the index of PostgreSQL for prefixes of the unique path, which has the name of the table before a rename."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = 'publications_redirect' AND indexdef LIKE '%varchar_pattern_ops%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def delete_new_kinds(apps, schema_editor):
    """Delete what the release before cannot hold: two queries of one path, and targets that it does not know."""
    redirects = apps.get_model("publications", "Redirect").objects
    known = models.Q()
    for name in ("publication", "tag", "author", "page"):
        known |= models.Q(**{f"{name}__isnull": False})
    redirects.exclude(known, query="").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("publications", "0070_import_decisions"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="redirect", name="former_path_of_something"),
        migrations.AddField(
            model_name="redirect",
            name="file_digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="redirect",
            name="image",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="redirects",
                to="publications.image",
            ),
        ),
        migrations.AddField(
            model_name="redirect",
            name="query",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="redirect",
            name="site_path",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AlterField(
            model_name="redirect",
            name="path",
            field=models.CharField(max_length=500, verbose_name="path"),
        ),
        migrations.AddConstraint(
            model_name="redirect",
            constraint=models.UniqueConstraint(fields=("path", "query"), name="former_address_once"),
        ),
        migrations.AddConstraint(
            model_name="redirect",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("publication__isnull", False),
                    ("tag__isnull", False),
                    ("author__isnull", False),
                    ("page__isnull", False),
                    ("image__isnull", False),
                    ("site_path__gt", ""),
                    _connector="OR",
                ),
                name="former_path_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="redirect",
            constraint=models.CheckConstraint(
                condition=models.Q(("file_digest", ""), ("publication__isnull", False), _connector="OR"),
                name="former_path_of_a_file",
            ),
        ),
        migrations.RunPython(drop_prefix_index, delete_new_kinds),
    ]
