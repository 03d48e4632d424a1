"""Deactivating an account: it ends its sessions, its calendar address, and hands over what it holds. And reactivating.

What others see stays: the names in the history, review links and press links.
"""

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.events import record_event
from accounts.invitations import revoke_invitations_without_inviter
from accounts.models import AccountRecord, AddressChange, EventType
from accounts.names import full_name_of
from accounts.sign_out import end_sessions

from .form_data import RedisplayMixin
from .handover import hand_over, list_holdings
from .planning.forms import PersonField, assignable_people
from .site import render_desk_page
from .user_managers import LastUserManager, check_user_managers_remain, for_account, lock_user_managers

MAX_REASON = AccountRecord._meta.get_field("deactivation_reason").max_length


class DeactivationForm(RedisplayMixin, forms.Form):
    to = PersonField(
        None,
        label=gettext_lazy("Hand all of it over to"),
        required=False,
        empty_label=gettext_lazy("nobody: it stays as it is"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=MAX_REASON,
        help_text=gettext_lazy("For administrators. May stay empty."),
    )

    def __init__(self, *args, account: User, has_holdings: bool, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["to"].queryset = assignable_people().exclude(pk=account.pk)
        if not has_holdings:
            del self.fields["to"]


@for_account
@require_http_methods(["GET", "HEAD", "POST"])
def account_state_page(request: HttpRequest, account: User) -> HttpResponse:
    """Deactivate an active account, or reactivate another one; a button of the other page changes nothing."""
    is_repeated = request.method == "POST" and ("_reactivate" in request.POST) == account.is_active
    if is_repeated:
        return HttpResponseRedirect(reverse("desk:auth_user_change", args=[account.pk]))
    if not account.is_active:
        return _inactive_page(request, account)
    holdings = list_holdings(account)
    form = DeactivationForm(request.POST or None, account=account, has_holdings=bool(holdings))
    if request.method == "POST" and form.is_valid():
        try:
            _deactivate(request, account, form)
        except LastUserManager as refusal:
            account.refresh_from_db()
            form.add_error(None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("desk:auth_user_change", args=[account.pk]))
    return render_desk_page(
        request,
        "account_deactivate",
        title=_("Deactivate %(name)s") % {"name": full_name_of(account)},
        account=account,
        form=form,
        holdings=holdings,
    )


def _inactive_page(request: HttpRequest, account: User) -> HttpResponse:
    if request.method == "POST":
        _reactivate(request, account)
        return HttpResponseRedirect(reverse("desk:auth_user_change", args=[account.pk]))
    title = _("Reactivate %(name)s") % {"name": full_name_of(account)}
    return render_desk_page(
        request, "account_reactivate", title=title, account=account, record=AccountRecord.of(account)
    )


@transaction.atomic
def _deactivate(request: HttpRequest, account: User, form: DeactivationForm) -> None:
    lock_user_managers()
    account.is_active = False
    account.save(update_fields=["is_active"])
    check_user_managers_remain()
    record = {
        "deactivated_at": timezone.now(),
        "deactivated_by_name": request.user.get_username(),
        "deactivation_reason": form.cleaned_data["reason"],
    }
    AccountRecord.objects.update_or_create(account=account, defaults=record)
    record_event(EventType.DEACTIVATED, account, by=request.user, request=request)
    end_sessions(account, by=request.user, request=request)
    AddressChange.objects.filter(account=account).delete()
    revoke_invitations_without_inviter(by=request.user, request=request)  # perhaps of a thief
    text = _("“%(name)s” is deactivated: nobody can sign in with it.") % {"name": account.get_username()}
    to = form.cleaned_data.get("to")
    if to and (count := hand_over(account, to=to, request=request)):
        handed = ngettext("%(count)d entry went to %(to)s.", "%(count)d entries went to %(to)s.", count)
        text = f"{text} {handed % {'count': count, 'to': full_name_of(to)}}"
    messages.success(request, text)


@transaction.atomic
def _reactivate(request: HttpRequest, account: User) -> None:
    account.is_active = True
    account.save(update_fields=["is_active"])
    empty = {"deactivated_at": None, "deactivated_by_name": "", "deactivation_reason": ""}
    AccountRecord.objects.filter(account=account).update(**empty)
    record_event(EventType.REACTIVATED, account, by=request.user, request=request)
    text = _("“%(name)s” is active again, with the password and role that it had.")
    messages.success(request, text % {"name": account.get_username()})
