"""Groups and permissions at the desk: the four roles and other groups, labelled in the language of the desk."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToManyField, Q
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.invitations import revoke_invitations_without_inviter
from publications.models import ArchiveImport, OperationRecord, parse_pk
from publications.roles import ROLE_NAMES, role_name
from subscriptions.models import Subscriber

from .form_fields import ModelChoicesField
from .model_admin import DeskModelAdmin, ReadOnlyAdmin

ROLE_SUMMARIES = {
    "Contributors": _("write and change drafts, plan and comment on them, and hand them over to be checked. "
                      "They publish nothing."),
    "Editors": _("do all that contributors do, and check, publish, schedule and withdraw. They keep authors, tags, "
                 "pictures and the pages of the site."),
    "Linkers": _("choose what is shown as related below a text that is public, and nothing else."),
    "Administrators": _("do all that editors do, and redact names, import archives, change the settings of the site, "
                        "and decide who has an account and with which role."),
}  # fmt: skip
"""What the people of each role do, as the second half of a sentence."""
PERMISSION_VERBS = {
    "add": _("may add"),
    "change": _("may change"),
    "delete": _("may delete"),
    "view": _("may see"),
    "publish": _("may publish, withdraw and undo"),
    "relate": _("may change related links"),
    "redact": _("may redact a name or passage everywhere"),
}


def describe_group(group: Group) -> str:
    return role_name(group.name)


def describe_permission(permission: Permission) -> str:
    """Return what a permission allows: "Authors: may change"."""
    model = permission.content_type.model_class()
    models = capfirst(model._meta.verbose_name_plural) if model else permission.content_type.model
    verb = permission.codename.partition("_")[0]
    return f"{models}: {PERMISSION_VERBS.get(verb, permission.name)}"


class CheckboxField(ModelChoicesField):
    """Groups or permissions as checkboxes, labelled in the language of the desk."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Group | Permission) -> str:
        return describe_group(obj) if isinstance(obj, Group) else describe_permission(obj)


class RoleField(forms.ModelChoiceField):
    """One role as a radio choice, each with what it may do in words."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs) -> None:
        super().__init__(
            Group.objects.order_by("pk"),
            label=_("Role"),
            empty_label=None,
            error_messages={"required": _("Choose a role: without one they can sign in, but do nothing.")},
            **kwargs,
        )

    def clean(self, value) -> Group | None:
        """Return the group; a primary key too large for the database is an invalid choice."""
        if value and not parse_pk(str(value)):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, group: Group) -> str:
        summary = ROLE_SUMMARIES.get(group.name)
        name = describe_group(group)
        return format_html("<span><strong>{}</strong> {}</span>", name, summary) if summary else name


class RoleFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("role")

    def field_choices(self, field, request, model_admin) -> list[tuple[int, str]]:
        return [(group.pk, describe_group(group)) for group in Group.objects.order_by("pk")]


CHECKBOX_OVERRIDES = {ManyToManyField: {"form_class": CheckboxField, "widget": forms.CheckboxSelectMultiple}}


class StaffGroupAdmin(DeskModelAdmin, GroupAdmin):
    """Groups: the four roles, and others that superusers add. Others read what a role may do in `role_matrix.py`."""

    filter_horizontal = ()
    formfield_overrides = CHECKBOX_OVERRIDES
    actions = None
    list_display = ("role",)

    @admin.display(description=_("name"), ordering="name")
    def role(self, group: Group) -> str:
        return describe_group(group)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, self._with_role(request, object_id, extra_context)
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        return super().delete_view(request, object_id, self._with_role(request, object_id, extra_context))

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        revoke_invitations_without_inviter(by=request.user, request=request)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        super().delete_model(request, obj)
        revoke_invitations_without_inviter(by=request.user, request=request)

    def response_change(self, request: HttpRequest, obj: Group) -> HttpResponse:
        obj.name = describe_group(obj)  # after saving, for the message only
        return super().response_change(request, obj)

    def _with_role(self, request: HttpRequest, object_id: str, context: dict | None) -> dict:
        group = self.get_object(request, unquote(object_id))
        return {"subtitle": describe_group(group) if group else None, **(context or {})}

    def formfield_for_manytomany(self, db_field, request: HttpRequest | None = None, **kwargs):
        """Offer the permissions of the models at the desk; others have no effect here."""
        models = ContentType.objects.get_for_models(
            *self.admin_site._registry, ArchiveImport, OperationRecord, Subscriber
        ).values()
        permissions = Permission.objects.filter(content_type__in=models).exclude(self._without_effect())
        permissions = permissions.select_related("content_type")
        kwargs["queryset"] = permissions.order_by("content_type__app_label", "content_type__model", "pk")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _without_effect(self) -> Q:
        """Return the condition of permissions to add and delete what nobody adds or deletes at the desk."""
        registry = self.admin_site._registry.items()
        read_only = [model for model, model_admin in registry if isinstance(model_admin, ReadOnlyAdmin)]
        content_types = ContentType.objects.get_for_models(*read_only).values()
        verbs = Q(codename__startswith="add_") | Q(codename__startswith="delete_")
        return verbs & Q(content_type__in=content_types)

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.is_superuser and not (obj and obj.name in ROLE_NAMES)

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        """Return the name of a role as read-only: code looks roles up by name."""
        return ("role",) if obj and obj.name in ROLE_NAMES else ()

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return (*(self.get_readonly_fields(request, obj) or ("name",)), "permissions")
