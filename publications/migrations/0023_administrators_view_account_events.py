"""Administrators see account events."""

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor):
    """Permissions are made after all migrations; the group needs this one now."""
    create_permissions(
        live_apps.get_app_config("accounts"), apps=apps, verbosity=0, using=schema_editor.connection.alias
    )
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="accounts", codename="view_accountevent"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Administrators"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("publications", "0022_versions_have_entries"), ("accounts", "0001_initial")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
