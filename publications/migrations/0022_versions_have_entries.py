"""Each version of the site has its audit entry from now on: versions that a rebuild made without one get it here."""

from django.db import migrations, models


def fill_gaps(apps, schema_editor):
    entries = apps.get_model("publications", "AuditLine").objects
    last = apps.get_model("publications", "Generation").objects.values_list("number", flat=True).first() or 0
    moments = dict(entries.values_list("generation", "at"))
    at = min(moments.values(), default=None)
    for number in range(1, last + 1):
        if number in moments:
            at = moments[number]
            continue
        known = {"at": at} if at else {}
        entries.create(deed="rebuild", by_name="", subject="search, likeness", generation=number, **known)


class Migration(migrations.Migration):
    dependencies = [("publications", "0021_external_url")]

    operations = [
        migrations.AlterField(
            model_name="auditline",
            name="deed",
            field=models.CharField(choices=[("publish", "Published"), ("schedule", "Scheduled"), ("withdraw", "Withdrawn"), ("undo", "Undone"), ("cancel", "Schedule cancelled"), ("relate", "Related links changed"), ("apart", "Suggestions changed"), ("amend", "Amended"), ("redact", "Redacted"), ("rebuild", "Rebuilt")], max_length=10, verbose_name="deed"),
        ),
        migrations.RunPython(fill_gaps, migrations.RunPython.noop),
    ]
