"""Users at the desk. Only superusers change superusers, and a user who may manage users always remains."""

from contextlib import nullcontext

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.events import record_changes, record_event
from accounts.factors import factor_condition, has_factors
from accounts.first_login import remove_first_login
from accounts.invitations import revoke_invitations_without_inviter
from accounts.models import (
    AccountRecord,
    EventType,
    ProviderIdentity,
)
from accounts.provider_settings import current_provider
from accounts.temporary_passwords import mark_chosen, mark_temporary
from publications.locales import datetime_with_zone
from publications.models import parse_pk
from publications.news import queue_address_notice

from .account_history import has_history
from .form_data import RedisplayMixin, mark_redisplay
from .groups import CHECKBOX_OVERRIDES, RoleFilter, describe_group
from .invitations import InvitationForm, invite_page
from .model_admin import DeskModelAdmin
from .user_managers import (
    LastUserManager,
    check_user_managers_remain,
    lock_user_managers,
    refuse_superuser,
)

FIELDS = (
    "username", "password", "second_factors", "first_name", "last_name", "email", "state", "role", "groups",
    "invited_by", "single_sign_on", "last_login", "sessions",
)  # fmt: skip


class StaffUserForm(RedisplayMixin, UserChangeForm):
    """Django's change form of a user, with redisplay."""


class PasswordForm(AdminPasswordChangeForm):
    """Django's form for the password of another user, without the choice of no password: it is how people sign in."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for field in self.fields.values():
            field.required = True


class FactorFilter(admin.SimpleListFilter):
    title = _("second factors")
    parameter_name = "factor"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("none", gettext("none")), ("some", gettext("one or more"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("none", "some"):
            return queryset
        return queryset.filter(has_factor=self.value() == "some")


class StaffUserAdmin(DeskModelAdmin, UserAdmin):
    """Users of the desk. Each may sign in; roles, which are groups of Django, decide what else they may do."""

    form, add_form, change_password_form = StaffUserForm, InvitationForm, PasswordForm
    list_display = (
        "username",
        "first_name",
        "last_name",
        "email",
        "roles",
        "has_factor",
        "last_login",
        "deactivated",
    )
    list_filter = ("is_active", ("groups", RoleFilter), FactorFilter)
    filter_horizontal = ()
    formfield_overrides = CHECKBOX_OVERRIDES
    actions = None
    readonly_fields = (
        "state",
        "role",
        "second_factors",
        "invited_by",
        "single_sign_on",
        "last_login",
        "sessions",
    )

    @admin.display(description=_("Roles"))
    def roles(self, user: User) -> str:
        """Return the roles of a user in the list; the groups are prefetched."""
        names = [describe_group(group) for group in user.groups.all()]
        return ", ".join([gettext("May do everything"), *names] if user.is_superuser else names)

    @admin.display(description=_("Second factors"))
    def second_factors(self, user: User) -> str:
        if not has_factors(user):
            if not user.has_usable_password():
                return gettext("none of this desk")
            return gettext("none: the password alone signs in")
        url = reverse("desk:user-factors", args=[user.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("Show or remove them"))

    @admin.display(description=_("Second factors"), ordering="has_factor")
    def has_factor(self, user: User) -> str:
        return "" if user.has_factor else gettext("without a second factor")

    @admin.display(description=_("deactivated"), ordering="is_active")
    def deactivated(self, user: User) -> str:
        return "" if user.is_active else gettext("deactivated")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """Invite somebody, in place of Django's form with a password that an administrator types."""
        return invite_page(request)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list:
        """Return the fields: superusers give several roles at once, others choose one on a page of its own."""
        left_out = {"role" if request.user.is_superuser else "groups"}
        if not current_provider():
            left_out.add("single_sign_on")
        return [(None, {"fields": [name for name in FIELDS if name not in left_out]})]

    @admin.display(description=_("Role"))
    def role(self, user: User) -> str:
        url = reverse("desk:account-role", args=[user.pk])
        return format_html(
            '{} · <a href="{}">{}</a>', self.roles(user) or "–", url, gettext("Change the role")
        )

    @admin.display(description=_("State"))
    def state(self, user: User) -> str:
        """Return whether the account is active, by whom it was deactivated and why, and a link to change that."""
        record = AccountRecord.of(user)
        text, link = gettext("active"), gettext("Deactivate, hand over")
        if not user.is_active:
            text, link = gettext("deactivated"), gettext("Reactivate")
        if record.deactivated_at:
            words = gettext("deactivated %(at)s by %(by)s")
            text = words % {
                "at": datetime_with_zone(record.deactivated_at),
                "by": record.deactivated_by_name,
            }
            text = f"{text}: {record.deactivation_reason}" if record.deactivation_reason else text
        return format_html(
            '{} · <a href="{}">{}</a>', text, reverse("desk:account-state", args=[user.pk]), link
        )

    @admin.display(description=_("Sessions"))
    def sessions(self, user: User) -> str:
        url = reverse("desk:account-sessions", args=[user.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("Where they are signed in"))

    @admin.display(description=_("Single sign-on"))
    def single_sign_on(self, user: User) -> str:
        """Return since when the account is that of a person at the provider."""
        identity = ProviderIdentity.objects.filter(account=user, issuer=current_provider().issuer).first()
        if not identity:
            return gettext("not linked")
        return gettext("linked since %(at)s") % {"at": datetime_with_zone(identity.linked_at)}

    @admin.display(description=_("invited by"))
    def invited_by(self, user: User) -> str:
        return AccountRecord.of(user).invited_by_name or "–"

    def get_history_url(self, request: HttpRequest, obj: User) -> str:
        if not request.user.has_perm("accounts.view_accountevent"):
            return reverse("desk:auth_user_change", args=[obj.pk])
        return f"{reverse('desk:accounts_accountevent_changelist')}?account__id__exact={obj.pk}"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        has_factor = ExpressionWrapper(factor_condition(), BooleanField())
        users = super().get_queryset(request).prefetch_related("groups").annotate(has_factor=has_factor)
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def _is_hidden_superuser(self, request: HttpRequest, object_id: str | None) -> bool:
        """Return whether the object is a superuser and the user of the request is not."""
        if not object_id or request.user.is_superuser or not self.has_view_or_change_permission(request):
            return False
        return User.objects.filter(pk=parse_pk(unquote(object_id)), is_superuser=True).exists()

    def formfield_for_manytomany(self, db_field, request: HttpRequest | None = None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.name == "groups":
            field.label = _("Roles")
            matrix = reverse("desk:role-matrix")
            field.help_text = format_html('<a href="{}">{}</a>', matrix, gettext("Who may do what"))
        return field

    def save_model(self, request: HttpRequest, obj: User, form, change: bool) -> None:
        lock_user_managers()
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        detail = _group_change(form) if "groups" in form.changed_data else {}
        if "email" in form.changed_data:
            queue_address_notice(form.instance, form.initial["email"])
        record_changes(form.instance, form.changed_data, by=request.user, request=request, **detail)
        revoke_invitations_without_inviter(by=request.user, request=request)
        check_user_managers_remain()
        _warn_without_role(request, form.instance)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict | None = None,
    ) -> HttpResponse:
        if self._is_hidden_superuser(request, object_id):
            return refuse_superuser(request)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except LastUserManager as refusal:
            messages.error(request, refusal.message)
            request.POST = mark_redisplay(request.POST)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and has_history(obj))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Refuse to delete a user with history, with a message on what to do instead."""
        if self._is_hidden_superuser(request, object_id):
            return refuse_superuser(request)
        user = self.get_object(request, unquote(object_id))
        if user and super().has_delete_permission(request, user) and has_history(user):
            text = gettext(
                "The account “%(name)s” stands in the history of the site, so it is not deleted. Deactivate it "
                "instead: nobody can sign in with it then."
            )
            messages.error(request, text % {"name": user.get_username()})
            return HttpResponseRedirect(reverse("desk:auth_user_change", args=[user.pk]))
        try:
            return super().delete_view(request, object_id, extra_context)
        except LastUserManager as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("desk:auth_user_change", args=[unquote(object_id)]))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        lock_user_managers()
        record_event(EventType.DELETED, obj, by=request.user, request=request)
        super().delete_model(request, obj)
        revoke_invitations_without_inviter(by=request.user, request=request)
        check_user_managers_remain()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if self._is_hidden_superuser(request, id):
            return refuse_superuser(request)
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return self._change_password(request, id, form_url)

    def _change_password(self, request: HttpRequest, id: str, form_url: str) -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        user = User.objects.filter(pk=parse_pk(id)).first()
        if request.method == "POST" and response.status_code == 302 and user:
            record_event(EventType.PASSWORD_CHANGED, user, by=request.user, request=request)
            if user == request.user:
                mark_chosen(user)
            elif user.has_usable_password():
                mark_temporary(user)
            remove_first_login(user.username)
        return response


def _warn_without_role(request: HttpRequest, user: User) -> None:
    if user.is_active and not user.is_superuser and not user.groups.exists():
        text = gettext(
            "“%(name)s” has no role yet: they can sign in, but do nothing at the desk. Tick a role."
        )
        messages.warning(request, text % {"name": user.get_username()})


def _group_change(form: forms.ModelForm) -> dict[str, list[str]]:
    before, after = form.initial.get("groups", ()), form.cleaned_data["groups"]
    return {
        "groups_before": sorted(group.name for group in before),
        "groups_after": sorted(group.name for group in after),
    }
