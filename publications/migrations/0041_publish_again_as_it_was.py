"""A withdrawn text can be published again as it was, what was undone is taken back, images are the image library. Changes no table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0040_name_changed_publications"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="image",
            options={
                "ordering": ["-added_at", "-pk"],
                "verbose_name": "image",
                "verbose_name_plural": "image library",
            },
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("publish", "Published"),
                    ("schedule", "Scheduled"),
                    ("withdraw", "Withdrawn"),
                    ("undo", "Taken back"),
                    ("republish", "Published again as it was"),
                    ("cancel", "Schedule cancelled"),
                    ("relate", "Related links changed"),
                    ("apart", "Suggestions changed"),
                    ("amend", "Amended"),
                    ("redact", "Redacted"),
                    ("rebuild", "Rebuilt"),
                ],
                max_length=10,
                verbose_name="action",
            ),
        ),
        migrations.AlterField(
            model_name="edition",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "–"),
                    ("cancelled", "Cancelled before it was public"),
                    ("withdrawn", "Withdrawn"),
                    ("undone", "Taken back"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
