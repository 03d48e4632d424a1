"""Account events for administrators: sign-ins, refusals and changes of accounts, as text."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import AccountEvent, EventType
from accounts.provider_accounts import Refusal
from publications.news import describe_factors
from publications.roles import role_name

from .model_admin import ReadOnlyAdmin

REFUSALS = {
    "account": gettext_lazy("Refused: too many attempts for one account"),
    "address": gettext_lazy("Refused: too many attempts from one network address"),
    "site": gettext_lazy("Refused: too many attempts at the whole site"),
    "device": gettext_lazy("Refused: too many attempts in a known browser"),
    "day": gettext_lazy("Refused: too many wrong codes of one account in a day"),
}
PROVIDER_REFUSALS = {
    Refusal.EXPIRED: gettext_lazy("expired, or of another browser"),
    Refusal.DENIED: gettext_lazy("declined at the provider"),
    Refusal.UNAVAILABLE: gettext_lazy("the provider does not answer"),
    Refusal.INVALID: gettext_lazy("an invalid answer"),
    Refusal.NO_ROLE: gettext_lazy("no group with a role"),
    Refusal.NO_ACCOUNT: gettext_lazy("no account for this person"),
    Refusal.UNVERIFIED: gettext_lazy("a mail address that is not confirmed"),
    Refusal.LINKED: gettext_lazy("an account of somebody else"),
    Refusal.DEACTIVATED: gettext_lazy("a deactivated account"),
    Refusal.SUPERUSER: gettext_lazy("an account that may do everything"),
    Refusal.LAST_MANAGER: gettext_lazy("the last account that manages accounts"),
    Refusal.OTHER_PERSON: gettext_lazy("somebody else than in the session"),
    Refusal.NOT_FRESH: gettext_lazy("authentication not recent"),
}

IMPORT_NUMBERS = {
    "added": gettext_lazy("%d added"),
    "known": gettext_lazy("%d subscribed before"),
    "suppressed": gettext_lazy("%d left before"),
    "refused": gettext_lazy("%d without an address"),
}
"""What is said of each number of an import of subscribers (`subscriptions.list_import`)."""


def describe_event(event: AccountEvent) -> str:
    """Return an event as text: "Account changed: groups (Editors → Linkers)"."""
    detail = event.detail if isinstance(event.detail, dict) else {}
    if event.type == EventType.REFUSED and detail.get("limit") in REFUSALS:
        return str(REFUSALS[detail["limit"]])
    detail_text = _describe_detail(detail)
    return f"{event.get_type_display()}: {detail_text}" if detail_text else str(event.get_type_display())


def _describe_detail(detail: dict) -> str:
    if "provider" in detail:
        rest = {name: value for name, value in detail.items() if name != "provider"}
        parts = [_("by %(provider)s") % detail, _describe_detail(rest)]
        return ", ".join(part for part in parts if part)
    if detail.get("refusal") in PROVIDER_REFUSALS:
        return str(PROVIDER_REFUSALS[detail["refusal"]])
    if detail.get("is_new_device"):
        return _("in a browser not used for it before")
    if detail.get("is_old_password"):
        return _("wrong old password, in an open session")
    if "left" in detail:
        return ngettext("%(number)s code is left", "%(number)s codes are left", detail["left"]) % {
            "number": detail["left"]
        }
    if "factors" in detail:
        return describe_factors(detail)
    if "passkey" in detail:
        return _("“%(name)s”") % {"name": detail["passkey"]}
    if "added" in detail:
        return _describe_import(detail)
    if "waiting" in detail:
        return ngettext("%(count)d mail waits", "%(count)d mails wait", detail["waiting"]) % {
            "count": detail["waiting"]
        }
    if "to" in detail and "count" in detail:
        return _("%(count)s to %(to)s") % detail
    return ", ".join(_describe_field(name, detail) for name in detail.get("fields", ()))


def _describe_import(detail: dict) -> str:
    """Return what an import of subscribers has done: "2 added, 1 subscribed before"."""
    parts = [
        text % detail[name] for name, text in IMPORT_NUMBERS.items() if name == "added" or detail.get(name)
    ]
    if "read" in detail:
        parts.append(_("read up to line %(read)d of %(lines)d") % detail)
    return ", ".join(parts)


def _describe_field(name: str, detail: dict) -> str:
    try:
        label = str(get_user_model()._meta.get_field(name).verbose_name)
    except FieldDoesNotExist:
        label = name
    if name != "groups" or "groups_after" not in detail:
        return label
    before, after = (
        ", ".join(map(role_name, detail[key])) or _("none") for key in ("groups_before", "groups_after")
    )
    return f"{label} ({before} → {after})"


class AccountEventAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "what", "account_link", "address", "by_name")
    list_filter = ("type", ("account", admin.RelatedOnlyFieldListFilter), "occurred_at")
    list_select_related = ("account",)
    search_fields = ("account_name", "by_name", "address")
    search_help_text = gettext_lazy("The name of an account, or a network address")
    fields = readonly_fields = ("occurred_at", "what", "account_link", "address", "by_name")
    ordering = ("-occurred_at", "-pk")

    @admin.display(description=gettext_lazy("what"), ordering="type")
    def what(self, event: AccountEvent) -> str:
        return describe_event(event)

    @admin.display(description=gettext_lazy("account"), ordering="account_name")
    def account_link(self, event: AccountEvent) -> str:
        is_by_command = event.type == EventType.LIST_IMPORTED
        if not event.account_id:
            return event.account_name or (_("the command line") if is_by_command else _("unknown name"))
        url = reverse("desk:auth_user_change", args=[event.account_id])
        return format_html('<a href="{}">{}</a>', url, event.account.get_username())
