"""Add why the source of a draft hid it, and revisions of merges."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0074_earlier_report_of_imports")]

    operations = [
        migrations.AddField("publication", "hidden_reason", models.JSONField(editable=False, null=True)),
        migrations.AlterField(
            "revision",
            "reason",
            models.CharField(
                choices=[
                    ("saved", "Saved"),
                    ("published", "Published"),
                    ("imported", "Imported"),
                    ("restored", "Restored"),
                    ("redacted", "Redacted"),
                    ("word", "From Word"),
                    ("bulk", "Changed in the list"),
                    ("merged", "Authors or tags merged"),
                    ("undone", "As before an import"),
                ],
                default="saved",
                max_length=10,
            ),
        ),
    ]
