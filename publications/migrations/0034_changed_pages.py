"""The publications whose pages an action changed. NULL, as in older entries, stands for all pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0033_index_edition_changes")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="changed_pages",
            field=models.JSONField(default=None, null=True),
        ),
    ]
