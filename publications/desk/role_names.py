"""Roles and permissions in the words of the desk: their rows are named in English, in every language."""

from django.contrib.auth.models import Group, Permission
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

ROLE_NAMES = {
    "Contributors": _("Contributors"),
    "Editors": _("Editors"),
    "Linkers": _("Linkers"),
    "Administrators": _("Administrators"),
}
VERBS = {
    "add": _("may add"),
    "change": _("may change"),
    "delete": _("may delete"),
    "view": _("may see"),
    "publish": _("may publish, withdraw and undo"),
    "relate": _("may change related links"),
    "redact": _("may redact a name or passage everywhere"),
}


def role_name(name: str) -> str:
    """Return the name of a group in the language of the desk; one that was added keeps its own."""
    return str(ROLE_NAMES.get(name, name))


def describe_group(group: Group) -> str:
    return role_name(group.name)


def describe_permission(permission: Permission) -> str:
    """Return what a permission allows: "Authors: may change"."""
    model = permission.content_type.model_class()
    rows = capfirst(model._meta.verbose_name_plural) if model else permission.content_type.model
    verb = permission.codename.partition("_")[0]
    return f"{rows}: {VERBS.get(verb, permission.name)}"
