"""Users and groups. Nobody gains rights that they do not have, and an account manager always remains."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.events import record_changes, record_event
from accounts.first_login import remove_first_login
from accounts.models import AccountEvent, EventType
from publications.models import Presence, parse_pk

from .form_fields import RowChoicesField
from .site import DeskModelAdmin
from .unsent_forms import UnsentFormMixin, mark_redisplay

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
    """Return the translated name of a role; a group that was added keeps its own."""
    return str(ROLE_NAMES.get(name, name))


def describe_group(group: Group) -> str:
    return role_name(group.name)


def describe_permission(permission: Permission) -> str:
    """Return what a permission allows: "Authors: may change"."""
    model = permission.content_type.model_class()
    rows = capfirst(model._meta.verbose_name_plural) if model else permission.content_type.model
    verb = permission.codename.partition("_")[0]
    return f"{rows}: {VERBS.get(verb, permission.name)}"


WITHOUT_HISTORY = (User.groups.through, User.user_permissions.through, Presence, AccountEvent)
"""Rows of a user that are deleted with the account, or that store its name themselves."""


class CheckboxField(RowChoicesField):
    """Groups or permissions as checkboxes, labelled in the language of the desk."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Group | Permission) -> str:
        return describe_group(obj) if isinstance(obj, Group) else describe_permission(obj)


class GroupFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field, request, model_admin) -> list[tuple[int, str]]:
        return [(group.pk, describe_group(group)) for group in Group.objects.order_by("pk")]


CHECKBOX_OVERRIDES = {ManyToManyField: {"form_class": CheckboxField, "widget": forms.CheckboxSelectMultiple}}


class StaffUserForm(UnsentFormMixin, UserChangeForm):
    """Django's user form, which can be redisplayed with unsaved values."""


class NewStaffUserForm(UnsentFormMixin, AdminUserCreationForm):
    """Django's form of a new user, likewise."""


class PasswordForm(AdminPasswordChangeForm):
    """Django's form for the password of another user. Every account has one: it is how people sign in."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for field in self.fields.values():
            field.required = True


class LastManager(Exception):
    """Raised where no account that may manage accounts would remain."""

    message = _(
        "Nobody could manage accounts any more: this is the last active account that may. Let another one be an "
        "administrator first."
    )


def account_managers() -> QuerySet:
    """Return the active accounts that may change accounts at the desk."""
    users = User.objects.with_perm("auth.change_user", backend=settings.AUTHENTICATION_BACKENDS[0])
    return users.filter(is_staff=True)


def check_managers_remain() -> None:
    """Raise LastManager if nobody may manage accounts."""
    if not account_managers().exists():
        raise LastManager


class StaffUserAdmin(DeskModelAdmin, UserAdmin):
    """Accounts of staff. Each may sign in; groups decide what else they may do."""

    form, add_form, change_password_form = StaffUserForm, NewStaffUserForm, PasswordForm
    list_display = ("username", "first_name", "last_name", "email", "deactivated")
    list_filter = ("is_active", ("groups", GroupFilter))
    filter_horizontal = ()
    formfield_overrides = CHECKBOX_OVERRIDES
    actions = None
    fieldsets = (
        (
            None,
            {"fields": ("username", "password", "first_name", "last_name", "email", "is_active", "groups")},
        ),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "password1", "password2"),
                "description": _("The groups are chosen on the next page."),
            },
        ),
    )

    @admin.display(description=_("deactivated"), ordering="is_active")
    def deactivated(self, person: User) -> str:
        return "" if person.is_active else gettext("deactivated")

    def get_history_url(self, request: HttpRequest, row: User) -> str:
        if not request.user.has_perm("accounts.view_accountevent"):
            return reverse("desk:auth_user_change", args=[row.pk])
        return f"{reverse('desk:accounts_accountevent_changelist')}?account__id__exact={row.pk}"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def _is_hidden_superuser(self, request: HttpRequest, object_id: str | None) -> bool:
        """Return whether the account is a superuser's and the person of the request is none."""
        if not object_id or request.user.is_superuser or not self.has_view_or_change_permission(request):
            return False
        return User.objects.filter(pk=parse_pk(unquote(object_id)), is_superuser=True).exists()

    def _refuse_superuser(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, gettext("Only a superuser may change the account of a superuser."))
        return HttpResponseRedirect(reverse("desk:auth_user_changelist"))

    def save_model(self, request: HttpRequest, obj: User, form, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            record_event(EventType.CREATED, form.instance, by=request.user, request=request)
            return
        detail = _group_change(form) if "groups" in form.changed_data else {}
        record_changes(form.instance, form.changed_data, by=request.user, request=request, **detail)
        check_managers_remain()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict | None = None,
    ) -> HttpResponse:
        if self._is_hidden_superuser(request, object_id):
            return self._refuse_superuser(request)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except LastManager as refusal:
            messages.error(request, refusal.message)
            request.POST = mark_redisplay(request.POST)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and has_history(obj))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Refuse to delete an account with history, and say what to do instead."""
        if self._is_hidden_superuser(request, object_id):
            return self._refuse_superuser(request)
        person = self.get_object(request, unquote(object_id))
        if person and super().has_delete_permission(request, person) and has_history(person):
            text = gettext(
                "The account “%(name)s” stands in the history of the site, so it is not deleted. Deactivate it "
                "instead: nobody can sign in with it then."
            )
            messages.error(request, text % {"name": person.get_username()})
            return HttpResponseRedirect(reverse("desk:auth_user_change", args=[person.pk]))
        try:
            return super().delete_view(request, object_id, extra_context)
        except LastManager as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("desk:auth_user_change", args=[unquote(object_id)]))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        record_event(EventType.DELETED, obj, by=request.user, request=request)
        super().delete_model(request, obj)
        check_managers_remain()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if self._is_hidden_superuser(request, id):
            return self._refuse_superuser(request)
        response = super().user_change_password(request, id, form_url)
        person = User.objects.filter(pk=parse_pk(id)).first()
        if request.method == "POST" and response.status_code == 302 and person:
            record_event(EventType.PASSWORD_CHANGED, person, by=request.user, request=request)
            remove_first_login(person.username)
        return response


def has_history(person: User) -> bool:
    """Return whether rows refer to a user that must keep the name, such as revisions and editions."""
    relations = [field for field in User._meta.get_fields(include_hidden=True) if field.one_to_many]
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: person}).exists()
        for relation in relations
        if relation.related_model not in WITHOUT_HISTORY
    )


def _group_change(form: forms.ModelForm) -> dict[str, list[str]]:
    before, after = form.initial.get("groups", ()), form.cleaned_data["groups"]
    return {
        "groups_before": sorted(group.name for group in before),
        "groups_after": sorted(group.name for group in after),
    }


class StaffGroupAdmin(DeskModelAdmin, GroupAdmin):
    """Groups: the four roles, and others that superusers add. Only superusers change them."""

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

    def response_change(self, request: HttpRequest, obj: Group) -> HttpResponse:
        obj.name = describe_group(obj)  # for the message alone: the row is stored
        return super().response_change(request, obj)

    def _with_role(self, request: HttpRequest, object_id: str, context: dict | None) -> dict:
        group = self.get_object(request, unquote(object_id))
        return {"subtitle": describe_group(group) if group else None, **(context or {})}

    def formfield_for_manytomany(self, db_field, request: HttpRequest | None = None, **kwargs):
        """Offer the permissions of the models at the desk; others have no effect here."""
        models = ContentType.objects.get_for_models(*self.admin_site._registry).values()
        rows = Permission.objects.filter(content_type__in=models).select_related("content_type")
        kwargs["queryset"] = rows.order_by("content_type__app_label", "content_type__model", "pk")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

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
