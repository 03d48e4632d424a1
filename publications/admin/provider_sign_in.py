"""Signing in with the account of a university or institute: the button, the way back, and the same to re-authenticate.

A form that was submitted while signed out waits in the session until the browser is back; where it is stored for its
owner already, only its key does.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.limits import TooManyAttempts
from accounts.models import AccountEvent
from accounts.pending_sign_ins import PendingSignIn, SecondStepRequired, forget_pending
from accounts.provider_accounts import (
    ISSUER_KEY,
    Refusal,
    SignInRefused,
    check_owner,
    find_account,
    finish_reauthentication,
    finish_sign_in,
    groups_for,
    may_reauthenticate_there,
    refuse,
    requires_second_step,
    update_roles,
)
from accounts.provider_settings import ProviderSettings, current_provider
from accounts.provider_sign_ins import OpenSignIn, begin, read_response, take_open
from accounts.sign_in import LimitedAttemptsMixin, set_refusal_status

from . import carried_forms
from .carried_forms import CarriedForm
from .reauthentication import render_reauthentication_page
from .site import admin_site
from .user_managers import LastUserManager, check_user_managers_remain, lock_user_managers, user_managers

REFUSALS = {
    Refusal.EXPIRED: _(
        "This sign-in was started in another browser, too long ago, or is finished already. Start again with the "
        "button below."
    ),
    Refusal.DENIED: _("%(provider)s signed nobody in. Try again, or ask there what your account may use."),
    Refusal.UNAVAILABLE: _("%(provider)s does not answer as it should. Try again in some minutes."),
    Refusal.INVALID: _(
        "What %(provider)s answered is not valid for this sign-in. Start again with the button below."
    ),
    Refusal.NO_ROLE: _(
        "None of your groups at %(provider)s may use this desk. Ask an administrator of the desk which group you need."
    ),
    Refusal.NO_ACCOUNT: _(
        "No account here is yours as %(provider)s knows you. Ask an administrator of the desk to invite the mail "
        "address that you have there."
    ),
    Refusal.UNVERIFIED: _(
        "%(provider)s does not confirm your mail address, so it is not known which account is yours. Ask there to have "
        "it confirmed."
    ),
    Refusal.LINKED: _(
        "The account with your mail address belongs to somebody else at %(provider)s. Ask an administrator of the desk."
    ),
    Refusal.DEACTIVATED: _("Your account here is deactivated. Ask an administrator of the desk."),
    Refusal.SUPERUSER: _("Your account here may do everything, so it signs in with its password."),
    Refusal.LAST_MANAGER: _(
        "By your groups at %(provider)s you would no longer manage accounts, and nobody else could. Sign in with the "
        "password, and let another one be an administrator first."
    ),
    Refusal.OTHER_PERSON: _("At %(provider)s somebody else signed in than here. Sign in there as yourself."),
    Refusal.NOT_FRESH: _(
        "%(provider)s did not say that it has just asked who you are. Sign out there, then try again."
    ),
}
"""What the page says, for each reason, with the way on."""


@never_cache
@require_POST
def provider_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, from the sign-in page."""
    provider, carried = _provider_or_404(), carried_forms.read_carried_form(request)
    next_url = LoginView().get_redirect_url(request) or reverse("desk:index")
    return _send(request, provider, carried, next_url)


@never_cache
@require_POST
def provider_reauthentication(request: HttpRequest) -> HttpResponse:
    """Send the browser of somebody who is signed in to the provider, to show again who they are."""
    provider, carried = _provider_or_404(), carried_forms.read_carried_form(request)
    if not may_reauthenticate_there(request.user):
        return render_reauthentication_page(request, admin_site.each_context(request), carried)
    return _send(request, provider, carried, reverse("desk:index"), reauthenticates=True)


@never_cache
@require_GET
def provider_return(request: HttpRequest) -> HttpResponse:
    """Sign in the person whom the provider sends back, or accept the re-authentication; else say why not."""
    provider, sign_in = _provider_or_404(), take_open(request)
    if not sign_in:
        return _render_refusal(request, provider, SignInRefused(Refusal.EXPIRED), None)
    try:
        return _follow_response(request, provider, sign_in)
    except SignInRefused as refusal:
        return _render_refusal(request, provider, refusal, sign_in)


def _follow_response(request: HttpRequest, provider: ProviderSettings, sign_in: OpenSignIn) -> HttpResponse:
    carried = _unpack(sign_in.carried)
    if sign_in.account and request.user.pk != sign_in.account:
        raise SignInRefused(Refusal.EXPIRED)  # signed out in between
    claims, attempt = read_response(request, provider, sign_in, redirect_uri=_return_url())
    if sign_in.account:
        check_owner(request, provider, attempt, claims)
    account = _update_account(request, provider, attempt, claims)
    if sign_in.account:
        finish_reauthentication(request, provider, attempt, claims, since=sign_in.started_at)
        return _redirect_after_reauthentication(request, carried)
    try:
        finish_sign_in(request, provider, account, attempt, claims)
    except SecondStepRequired:
        return admin_site.render_second_step(request, carried, next_url=sign_in.next_url)
    return admin_site.finish_login(request, HttpResponseRedirect(sign_in.next_url), carried)


def update_pending_account(request: HttpRequest, pending: PendingSignIn) -> HttpResponse | None:
    """Link an account and set its roles after the second step; return the page that says why not, or None."""
    provider = _provider_or_404()
    try:
        if request.session.get(ISSUER_KEY) != provider.issuer:
            raise refuse(pending.attempt, Refusal.EXPIRED)
        account = _update_account(request, provider, pending.attempt, pending.claims, is_complete=True)
        if account.pk != pending.account.pk:
            raise refuse(pending.attempt, Refusal.EXPIRED)
    except SignInRefused as refusal:
        forget_pending(request)
        return _render_refusal(request, provider, refusal, None)
    return None


def _update_account(
    request: HttpRequest,
    provider: ProviderSettings,
    attempt: AccountEvent,
    claims: Mapping,
    *,
    is_complete: bool = False,
):
    """Return the account of a person, linked and with the roles that their groups give. Raises SignInRefused.

    Where a second step follows, neither is stored before it: `update_pending_account` does that.
    """
    account, groups = None, groups_for(provider, claims)
    try:
        with transaction.atomic():
            lock_user_managers()
            has_managers = user_managers().exists()
            account = find_account(request, provider, claims, groups)
            update_roles(request, account, groups)
            if has_managers:
                check_user_managers_remain()
            if groups and not is_complete and requires_second_step(provider, account, claims):
                transaction.set_rollback(True)
    except LastUserManager:
        raise refuse(attempt, Refusal.LAST_MANAGER, account) from None
    except SignInRefused as refusal:
        raise refuse(attempt, refusal.reason, refusal.account) from None
    except IntegrityError:  # the same person, or the user name of an invitation, was stored at this moment
        raise refuse(attempt, Refusal.EXPIRED) from None
    if not groups:
        if request.user.pk == account.pk:
            logout(request)  # its session has just been deleted
        raise refuse(attempt, Refusal.NO_ROLE, account)
    return account


def _send(
    request: HttpRequest,
    provider: ProviderSettings,
    carried: CarriedForm | None,
    next_url: str,
    *,
    reauthenticates: bool = False,
) -> HttpResponse:
    """Render the page that leads to the provider. A redirect would need its address in the policy for forms."""
    try:
        url = begin(
            request,
            provider,
            redirect_uri=_return_url(),
            next_url=next_url,
            carried=_pack(carried),
            reauthenticates=reauthenticates,
        )
    except TooManyAttempts as error:
        return _render_too_many(request, error, carried, next_url, reauthenticates=reauthenticates)
    except SignInRefused as refusal:
        page = _describe(provider, refusal)
        return _render_page(request, *page, carried, next_url, reauthenticates=reauthenticates)
    context = {**admin_site.each_context(request), "title": provider.name, "provider": provider, "url": url}
    return render(request, "desk/provider_redirect.html", context)


def _redirect_after_reauthentication(request: HttpRequest, carried: CarriedForm | None) -> HttpResponse:
    if not carried:
        return HttpResponseRedirect(reverse("desk:index"))
    return admin_site.restore_or_confirm(request, carried)


def _render_refusal(
    request: HttpRequest, provider: ProviderSettings, refusal: SignInRefused, sign_in: OpenSignIn | None
) -> HttpResponse:
    carried = _unpack(sign_in.carried) if sign_in else None
    next_url = sign_in.next_url if sign_in else reverse("desk:index")
    reauthenticates = bool(sign_in and sign_in.account and request.user.pk == sign_in.account)
    page = _describe(provider, refusal)
    return _render_page(request, *page, carried, next_url, reauthenticates=reauthenticates)


def _render_too_many(
    request: HttpRequest,
    error: TooManyAttempts,
    carried: CarriedForm | None,
    next_url: str,
    *,
    reauthenticates: bool,
) -> HttpResponse:
    refusal = LimitedAttemptsMixin()
    (message,) = refusal.build_refusal(error).messages
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = _render_page(request, message, status, carried, next_url, reauthenticates=reauthenticates)
    return set_refusal_status(response, refusal) if response.status_code == status else response


def _render_page(
    request: HttpRequest,
    message: str,
    status: HTTPStatus,
    carried: CarriedForm | None,
    next_url: str,
    *,
    reauthenticates: bool,
) -> HttpResponse:
    """Render the page with the button again, a message and the carried form; who is signed in is redirected."""
    request.method = "GET"
    if admin_site.has_permission(request) and not reauthenticates:
        messages.error(request, message)
        form_response = admin_site.redirect_to_form(request, carried, next_url)
        return form_response or HttpResponseRedirect(reverse("desk:index"))
    if reauthenticates:
        context = {**admin_site.each_context(request), "provider_error": message}
        response = render_reauthentication_page(request, context, carried)
    else:
        app_path = reverse("desk:login")
        context = {"app_path": app_path, "next": next_url, "carried": carried, "provider_error": message}
        response = admin_site.login(request, context)
    if response.status_code == HTTPStatus.OK:
        response.status_code = status
    return response


def _describe(provider: ProviderSettings, refusal: SignInRefused) -> tuple[str, HTTPStatus]:
    statuses = {Refusal.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE}
    message = REFUSALS[refusal.reason] % {"provider": provider.name}
    return message, statuses.get(refusal.reason, HTTPStatus.FORBIDDEN)


def _return_url() -> str:
    return f"{settings.SITE_URL}{reverse('desk:provider-return')}"


def _provider_or_404() -> ProviderSettings:
    provider = current_provider()
    if not provider:
        raise Http404
    return provider


def _pack(carried: CarriedForm | None) -> str:
    """Return a carried form for the session, without the values if they are stored for its owner."""
    if not carried:
        return ""
    return (replace(carried, values=[]) if carried.is_stored else carried).encrypted


def _unpack(text: str) -> CarriedForm | None:
    carried = carried_forms.decode_carried_form(text)
    return carried.with_stored_values() if carried else None
