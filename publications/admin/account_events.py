"""Account events for administrators: sign-ins, refusals and changes of accounts, as text."""

from collections.abc import Callable

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
    "repeated": gettext_lazy("%d with the address of an earlier line"),
    "suppressed": gettext_lazy("%d left before"),
    "unsubscribed": gettext_lazy("%d left out"),
    "refused": gettext_lazy("%d without an address"),
    "shortened": gettext_lazy("%d with further addresses"),
}
"""What is said of each number of an import of subscribers (`subscriptions.list_import`)."""


def describe_event(event: AccountEvent) -> str:
    """Return an event as text: "Account changed: groups (Editors → Linkers)"."""
    detail = event.detail if isinstance(event.detail, dict) else {}
    if event.type == EventType.REFUSED and detail.get("limit") in REFUSALS:
        return str(REFUSALS[detail["limit"]])
    describe = DETAILS.get(event.type, _describe_fields)
    detail_text = describe(detail) if detail else ""
    return f"{event.get_type_display()}: {detail_text}" if detail_text else str(event.get_type_display())


def _describe_sign_in(detail: dict) -> str:
    provider = _("by %(provider)s") % detail if "provider" in detail else ""
    device = _("in a browser not used for it before") if detail.get("is_new_device") else ""
    return ", ".join(filter(None, (provider, device)))


def _describe_failure(detail: dict) -> str:
    return _("wrong old password, in an open session") if detail.get("is_old_password") else ""


def _describe_provider_refusal(detail: dict) -> str:
    return str(PROVIDER_REFUSALS.get(detail.get("refusal"), ""))


def _describe_used_code(detail: dict) -> str:
    return ngettext("%(number)s code is left", "%(number)s codes are left", detail["left"]) % {
        "number": detail["left"]
    }


def _describe_passkey(detail: dict) -> str:
    return _("“%(name)s”") % {"name": detail["passkey"]}


def _describe_handover(detail: dict) -> str:
    return _("%(count)s to %(to)s") % detail


def _describe_pending(detail: dict) -> str:
    text = ngettext("%(count)d mail waits", "%(count)d mails wait", detail["waiting"])
    text %= {"count": detail["waiting"]}
    return f"{text}, {_('not including what had just been published')}" if detail.get("is_partial") else text


def _describe_import(detail: dict) -> str:
    """Return what an import of subscribers has done: "2 added, 1 subscribed before"."""
    parts = [
        text % detail[name] for name, text in IMPORT_NUMBERS.items() if name == "added" or detail.get(name)
    ]
    if "read" in detail:
        parts.append(_("read up to line %(read)d of %(lines)d") % detail)
    return ", ".join(parts)


def _describe_fields(detail: dict) -> str:
    return ", ".join(_describe_field(name, detail) for name in detail.get("fields", ()))


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


DETAILS: dict[EventType, Callable[[dict], str]] = {
    **dict.fromkeys(
        (EventType.SIGNED_IN, EventType.PROVIDER_ACCEPTED, EventType.PROVIDER_LINKED), _describe_sign_in
    ),
    EventType.FAILED: _describe_failure,
    EventType.PROVIDER_FAILED: _describe_provider_refusal,
    **dict.fromkeys(
        (EventType.FACTOR_ADDED, EventType.FACTOR_REMOVED, EventType.CODES_PRINTED), describe_factors
    ),
    EventType.CODE_USED: _describe_used_code,
    EventType.PASSKEY_CLONED: _describe_passkey,
    EventType.HANDED_OVER: _describe_handover,
    EventType.LIST_IMPORTED: _describe_import,
    **dict.fromkeys((EventType.MAILS_STOPPED, EventType.MAILS_RESUMED), _describe_pending),
}
"""How the detail of an event is described, where it has other than `fields`."""


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
