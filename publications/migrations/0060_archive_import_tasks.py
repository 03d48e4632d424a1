"""A run of an import checks, imports or undoes: one column instead of `is_dry_run`."""

from django.db import migrations, models


def set_tasks(apps, schema_editor):
    imports = apps.get_model("publications", "ArchiveImport").objects.using(schema_editor.connection.alias)
    imports.filter(is_dry_run=False).update(task="import")


def set_dry_runs(apps, schema_editor):
    imports = apps.get_model("publications", "ArchiveImport").objects.using(schema_editor.connection.alias)
    imports.exclude(task="check").update(is_dry_run=False)


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0059_user_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='archiveimport',
            name='task',
            field=models.CharField(choices=[('check', 'check'), ('import', 'import'), ('undo', 'undo')], default='check', max_length=10, verbose_name='task'),
        ),
        migrations.RunPython(set_tasks, set_dry_runs, elidable=True),
        migrations.RemoveField(
            model_name='archiveimport',
            name='is_dry_run',
        ),
    ]
