"""Questions before a page of the desk: to choose a password or set a second factor first, or to authenticate again.

A form that is submitted then is carried through the question, as through a sign-in: nothing that was typed is lost.
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.factors import Factors, has_factors, requires_factor
from accounts.provider_accounts import may_reauthenticate_there, may_sign_in_here
from accounts.provider_settings import current_provider
from accounts.reauthentication import has_shown_factor, is_authentication_recent
from accounts.second_step import PasswordReauthenticationForm, SecondStepForm
from accounts.temporary_passwords import has_temporary_password

from . import carried_forms
from .carried_forms import CarriedForm
from .form_urls import SECURITY_URL_NAMES

REAUTHENTICATED_PAGES = (
    *SECURITY_URL_NAMES,
    "user-factors",
    "account-role",
    "account-state",
    "redact",
    "name-removals",
    "auth_user_add",
    "auth_user_delete",
    "auth_user_password_change",
    "auth_group_add",
    "auth_group_delete",
)
"""Pages that need recent authentication to be opened: whoever opens them is there to change something."""

REAUTHENTICATED_CHANGES = (
    "auth_user_change",
    "auth_group_change",
    "account-sessions",
    "account-review",
    "own-address",
    "planning-calendar",
    "publications_kind_add",
    "publications_kind_change",
)
"""Pages that are also read: only what is submitted there needs recent authentication."""

PAGES_WITHOUT_FACTOR = (
    *SECURITY_URL_NAMES,
    "security",
    "passkey-creation-options",
    "reauthenticate",
    "reauthentication-options",
    "provider-reauthentication",
    "carried",
    "signed-in",
    "jsi18n",
    "logout",
)
"""What is open to somebody who has to set a second factor first."""

PAGES_WITH_TEMPORARY_PASSWORD = ("password_change", "carried", "signed-in", "jsi18n", "logout")
"""What is open to somebody who has to choose a password first."""

AFTER_ENROLMENT = "after_enrolment"
"""The key of the session with the page that somebody was led away from; what scripts request is no page."""


def intercept_request(
    request: HttpRequest, build_context: Callable[[HttpRequest], dict]
) -> HttpResponse | None:
    """Return the response that comes before a page, or None if the page may be shown."""
    name = request.resolver_match.url_name
    if has_temporary_password(request):
        is_open = name in PAGES_WITH_TEMPORARY_PASSWORD
        return None if is_open else HttpResponseRedirect(reverse("desk:password_change"))
    if name not in PAGES_WITHOUT_FACTOR and requires_factor(request.user) and not _has_factor(request):
        return _redirect_to_enrolment(request)
    is_question = name in REAUTHENTICATED_PAGES or (
        name in REAUTHENTICATED_CHANGES and request.method == "POST"
    )
    if is_question and not is_authentication_recent(request):
        return refuse_old_authentication(request, build_context(request))
    return None


def refuse_old_authentication(request: HttpRequest, context: dict) -> HttpResponse:
    """Return the page that asks who it is, with what was submitted."""
    response = render_reauthentication_page(request, context, _carry(request))
    response.status_code = HTTPStatus.FORBIDDEN
    return response


def _has_factor(request: HttpRequest) -> bool:
    """Return whether the account has a second factor here, or showed one at the provider that the settings trust."""
    return has_shown_factor(request) or has_factors(request.user)


def build_reauthentication_form(request: HttpRequest, data: dict | None = None) -> forms.Form:
    """Return the form of re-authentication: a second factor, or the password of an account that has none."""
    form_class = SecondStepForm if has_factors(request.user) else PasswordReauthenticationForm
    return form_class(data, request=request, account=request.user)


def render_reauthentication_page(
    request: HttpRequest, context: dict, carried: CarriedForm | None, form: forms.Form | None = None
) -> HttpResponse:
    may_type_password = request.user.has_usable_password() and may_sign_in_here(request.user)
    provider = current_provider() if may_reauthenticate_there(request.user) else None
    factors, asks_factor = Factors.of(request.user), has_factors(request.user)
    context |= {
        "title": _("Is it you?"),
        "form": form or build_reauthentication_form(request),
        "factors": factors,
        "asks_factor": asks_factor,
        "has_used_up_codes": asks_factor and not factors.count,
        "carried": carried,
        "may_type_password": may_type_password,
        "provider": provider,
        "must_sign_in_again": not (asks_factor or may_type_password or provider),
    }
    return render(request, "desk/reauthenticate.html", context)


def _carry(request: HttpRequest) -> CarriedForm:
    """Return the submitted form, or the page that was requested."""
    if request.method != "POST":
        return CarriedForm(request.get_full_path(), [], [], owner_pk=request.user.pk)
    return _own(carried_forms.build_carried_form(request), request.user)


def _own(carried: CarriedForm, user: AbstractBaseUser) -> CarriedForm:
    """Return a form as that of the user who has just submitted it."""
    return replace(carried, owner_pk=user.pk)


def _redirect_to_enrolment(request: HttpRequest) -> HttpResponse:
    if carried_forms.is_form_submission(request):
        request.session[AFTER_ENROLMENT] = carried_forms.restore_form(request, _carry(request))
    elif request.method == "GET" and carried_forms.is_navigation(request):
        request.session[AFTER_ENROLMENT] = request.get_full_path()
    return HttpResponseRedirect(reverse("desk:security"))
