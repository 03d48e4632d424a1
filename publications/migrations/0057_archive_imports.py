"""Imports of archives are named after what is uploaded."""

from django.db import migrations

OLD, NEW = 'add_folderimport', 'add_archiveimport'


def rename_permission(old, new):
    """Return a function that renames the permission, in the transaction that renames the model.

    `post_migrate` would do it too, but not in a run that follows one which was killed after its last migration.
    """

    def rename(apps, schema_editor):
        permissions = apps.get_model('auth', 'Permission').objects.using(schema_editor.connection.alias)
        permissions.filter(content_type__app_label='publications', codename=old).update(codename=new)

    return rename


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0056_returned_drafts'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RenameModel(old_name='FolderImport', new_name='ArchiveImport'),
        migrations.RunPython(rename_permission(OLD, NEW), rename_permission(NEW, OLD)),
    ]
