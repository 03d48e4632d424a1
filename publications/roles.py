"""Roles at the desk, as groups: contributors write, editors publish, linkers link, administrators run the site.

`apply_roles` receives `post_migrate`. Changes that a superuser made to a group stay: an existing group is given only
the permissions that this migration has added.
"""

from collections.abc import Sequence

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions, rename_permissions_after_model_rename
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, router, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

APP_LABELS = ("accounts", "auth", "publications", "subscriptions")
"""Apps whose permissions roles hold. A codename is unique among them."""


def _all_verbs(*models: str) -> tuple[str, ...]:
    return tuple(f"{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete"))


WRITE = (
    "view_publication", "add_publication", "change_publication", "delete_publication", "add_image",
    "view_author", "view_tag", "view_image", "view_kind",
)  # fmt: skip
PUBLISH = (
    *WRITE, "publish_publication", "relate_publication", "view_auditentry",
    *_all_verbs("author", "tag", "image", "sitepage", "menulink", "synonym"), "view_subscriber",
)  # fmt: skip
ADMINISTER = (
    *PUBLISH, "redact_publication", "change_kind", "view_sitesettings", "change_sitesettings",
    *_all_verbs("user"), "view_group", "view_accountevent", "view_outboxmail", "change_outboxmail", "add_archiveimport",
    "view_operationrecord", "change_subscriber",
)  # fmt: skip

ROLES = {
    "Contributors": WRITE,
    "Editors": PUBLISH,
    "Linkers": ("relate_publication",),
    "Administrators": ADMINISTER,
}
"""Group names and the codenames of their permissions."""

ROLE_NAMES = {
    "Contributors": _("Contributors"),
    "Editors": _("Editors"),
    "Linkers": _("Linkers"),
    "Administrators": _("Administrators"),
}


def role_name(name: str) -> str:
    """Return the translated name of a role; a group that was added keeps its own."""
    return str(ROLE_NAMES.get(name, name))


def apply_roles(
    using: str = DEFAULT_DB_ALIAS, apps: Apps = installed_apps, plan: Sequence = (), **_signal: object
) -> None:
    """Create missing groups with all their permissions; give existing ones the permissions that are new.

    Receiver of `post_migrate` for the first installed app, so that it sees which permissions are new before
    `django.contrib.auth` creates them. `flush` sends the signal too.

    Args:
        apps: the models as the migrations applied so far have them.
        plan: the migrations just applied. Permissions of renamed models are renamed before missing ones are created:
            in the other order Django's own receiver would find two of each, and refuse.
    """
    if not _is_migrated(apps) or not router.allow_migrate_model(using, Permission):
        return
    with transaction.atomic(using):
        old = list(_permissions(using).values_list("pk", flat=True))
        for label in APP_LABELS:
            config = installed_apps.get_app_config(label)
            rename_permissions_after_model_rename(config, verbosity=0, plan=plan, using=using, apps=apps)
            create_permissions(config, verbosity=0, using=using, apps=apps)
        for name, codenames in ROLES.items():
            group, is_created = Group.objects.using(using).get_or_create(name=name)
            permissions = _permissions(using).filter(codename__in=codenames)
            group.permissions.add(*(permissions if is_created else permissions.exclude(pk__in=old)))


def _is_migrated(apps: Apps) -> bool:
    """Return whether the tables of groups and of publications exist."""
    labels = {model._meta.label for model in apps.get_models()}
    return {"auth.Group", "contenttypes.ContentType", "publications.Publication"} <= labels


def _permissions(using: str) -> QuerySet[Permission]:
    return Permission.objects.using(using).filter(content_type__app_label__in=APP_LABELS)
