"""Audit entries name changed publications. The column keeps its name: app servers of an earlier release read and write it."""

from django.db import migrations, models

FIELD = models.JSONField(db_column="changed_pages", default=None, null=True)


class Migration(migrations.Migration):
    dependencies = [("publications", "0039_positions_of_rows")]

    operations = [
        migrations.AlterField("auditentry", "changed_pages", FIELD),
        migrations.RenameField("auditentry", "changed_pages", "changed_publications"),
    ]
