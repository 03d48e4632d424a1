"""Keep the report of an import in a column of its own while it is undone."""

from django.db import migrations, models

KEY = "import"


def move_reports(apps, schema_editor):
    for job in _undos(apps, schema_editor):
        if KEY in job.report:
            job.earlier_report = job.report.pop(KEY)
            job.save(update_fields=["report", "earlier_report"])


def put_back_reports(apps, schema_editor):
    for job in _undos(apps, schema_editor):
        if job.earlier_report:
            job.report[KEY] = job.earlier_report
            job.save(update_fields=["report"])


def _undos(apps, schema_editor):
    jobs = apps.get_model("publications", "ArchiveImport").objects.using(schema_editor.connection.alias)
    return jobs.filter(task="undo").iterator(chunk_size=20)


class Migration(migrations.Migration):
    dependencies = [("publications", "0073_updates_by_imports")]

    operations = [
        migrations.AddField("archiveimport", "earlier_report", models.JSONField(default=dict)),
        migrations.RunPython(move_reports, put_back_reports),
    ]
