"""Pages of the second step: after the password, with a passkey alone, and again before what cannot be undone."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.factors import Factors, has_factors
from accounts.passkeys import forget_challenge, respond_with_request_options
from accounts.pending_sign_ins import find_pending
from accounts.reauthentication import record_authentication
from accounts.second_step import (
    SIGN_IN,
    PasskeySignInForm,
    SecondStepForm,
    finish_passkey_sign_in,
    finish_second_step,
    second_step_purpose,
)
from accounts.sign_in import set_refusal_status

from . import carried_forms
from .carried_forms import CarriedForm
from .provider_sign_in import update_pending_account
from .reauthentication import build_reauthentication_form, render_reauthentication_page
from .site import admin_site


@require_http_methods(["GET", "HEAD", "POST"])
def second_step_page(request: HttpRequest) -> HttpResponse:
    """Sign in with the second factor after the password; without a pending sign-in, begin anew."""
    carried, pending = carried_forms.read_carried_form(request), find_pending(request)
    if not pending:
        return _begin_anew(request, carried)
    form = SecondStepForm(request.POST or None, request=request, account=pending.account)
    if not (request.method == "POST" and form.is_valid()):
        return set_refusal_status(admin_site.render_second_step(request, carried, form), form)
    if pending.is_through_provider and (refusal := update_pending_account(request, pending)):
        return refusal
    finish_second_step(request, pending)
    _lead_to_new_codes(request)
    return _follow_sign_in(request, carried)


@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone."""
    carried = carried_forms.read_carried_form(request)
    form = PasskeySignInForm(request.POST, request=request)
    if form.is_valid():
        finish_passkey_sign_in(request, form)
        return _follow_sign_in(request, carried)
    request.method = "GET"
    context = {"app_path": reverse("desk:login"), "passkey_errors": form.non_field_errors()}
    response = admin_site.login(request, context)
    response.status_code = HTTPStatus.FORBIDDEN
    return forget_challenge(set_refusal_status(response, form))


@require_POST
def passkey_sign_in_options(request: HttpRequest) -> HttpResponse:
    return respond_with_request_options(SIGN_IN)


@require_POST
def second_step_options(request: HttpRequest) -> HttpResponse:
    pending = find_pending(request)
    if not pending:
        raise PermissionDenied
    return respond_with_request_options(second_step_purpose(pending.account), pending.account)


@require_POST
def reauthentication_options(request: HttpRequest) -> HttpResponse:
    return respond_with_request_options(second_step_purpose(request.user), request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def reauthentication_page(request: HttpRequest) -> HttpResponse:
    """Store that the user has authenticated again; a carried form is shown again, to be submitted."""
    carried = carried_forms.read_carried_form(request)
    form = build_reauthentication_form(request, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        response = render_reauthentication_page(request, admin_site.each_context(request), carried, form)
        return set_refusal_status(response, form)
    record_authentication(request, with_factor_of=request.user if has_factors(request.user) else None)
    _lead_to_new_codes(request)
    if not carried:
        return HttpResponseRedirect(reverse("desk:index"))
    return forget_challenge(admin_site.restore_or_confirm(request, carried))


def _lead_to_new_codes(request: HttpRequest) -> None:
    """Warn a user whose last factor was the recovery code just used: later the user can show no factor again."""
    if has_factors(request.user) and not Factors.of(request.user).count:
        text = _(
            "This was your last recovery code, and you have no other second factor. Make new codes within a quarter of "
            "an hour: later only an administrator can help."
        )
        link = format_html('<a href="{}">{}</a>', reverse("desk:recovery-codes"), _("Make new codes"))
        messages.warning(request, format_html("{} {}", text, link))


def _begin_anew(request: HttpRequest, carried: CarriedForm | None) -> HttpResponse:
    """Show the sign-in page: the password was typed too long ago."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:login"))
    next_url = LoginView().get_redirect_url(request) or reverse("desk:index")
    return admin_site.render_sign_in(request, carried or CarriedForm(next_url, [], []))


def _follow_sign_in(request: HttpRequest, carried: CarriedForm | None) -> HttpResponse:
    response = HttpResponseRedirect(LoginView().get_redirect_url(request) or reverse("desk:index"))
    return forget_challenge(admin_site.finish_login(request, response, carried))
