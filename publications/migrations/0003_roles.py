"""The four roles, as groups: Contributors write, Editors publish, Linkers link, Administrators keep the house."""

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

VIEW = ["view_publication", "view_author", "view_tag", "view_image", "view_kind"]
WRITE = ["add_publication", "change_publication", "delete_publication", "add_image"]
LIBRARY = [f"{verb}_{what}" for what in ("author", "tag", "image") for verb in ("add", "change", "delete")]
HOUSE = [
    "change_kind", "view_site", "change_site", "redact_publication",
    "add_user", "change_user", "view_user", "delete_user", "view_group",
]  # fmt: skip

ROLES = {
    "Contributors": [*VIEW, *WRITE],
    "Editors": [*VIEW, *WRITE, *LIBRARY, "publish_publication", "relate_publication", "view_auditline"],
    "Linkers": ["relate_publication"],
    "Administrators": [
        *VIEW, *WRITE, *LIBRARY, "publish_publication", "relate_publication", "view_auditline", *HOUSE,
    ],
}  # fmt: skip


def make(apps, schema_editor):
    """Permissions are made after all migrations; the groups need them now."""
    for label in ("publications", "auth"):
        config = live_apps.get_app_config(label)
        create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label__in=["publications", "auth"])
    for name, wanted in ROLES.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.set(permissions.filter(codename__in=wanted))


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0002_first_rows"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
