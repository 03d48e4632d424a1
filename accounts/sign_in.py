"""Signing in: the form, what all forms with limited attempts share, and the response to a refused attempt."""

import math
from datetime import timedelta
from http import HTTPStatus

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .devices import device_to_remember, remember_device
from .factors import has_factors
from .limits import TooManyAttempts, begin_own_password, begin_sign_in, complete_sign_in
from .mail import can_send_mail
from .models import AccountEvent
from .pending_sign_ins import SecondStepRequired, store_pending
from .provider_accounts import may_sign_in_here
from .provider_settings import current_provider

TOO_MANY = "too_many_attempts"
MAX_ADDRESS_CHARACTERS = 254


class LimitedAttemptsMixin:
    """A form whose attempts are limited. `retry_after` is set if one was refused."""

    retry_after: timedelta | None = None

    def begin_password_attempt(self, account: AbstractBaseUser) -> AccountEvent:
        """Record an attempt at the password of somebody signed in as failed; one that is right is deleted."""
        try:
            return begin_own_password(self.request, account)
        except TooManyAttempts as error:
            raise self.build_refusal(error) from None

    def build_refusal(self, error: TooManyAttempts) -> ValidationError:
        """Return the error of the form for a refused attempt, with the time to wait."""
        self.retry_after = error.retry_after
        minutes = max(1, math.ceil(error.retry_after.total_seconds() / 60))
        return ValidationError(self.refusal_message(minutes), code=TOO_MANY)

    def refusal_message(self, minutes: int) -> str:
        return ngettext(
            "There were too many attempts with a wrong password. Try again in %(minutes)d minute.",
            "There were too many attempts with a wrong password. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}


def check_local_sign_in(account: AbstractBaseUser) -> None:
    """Raise ValidationError if an account signs in through the provider only."""
    if not may_sign_in_here(account):
        text = gettext("This account signs in with %(provider)s: use that button.")
        raise ValidationError(text % {"provider": current_provider().name})


def find_account(typed: str) -> AbstractBaseUser | None:
    """Return the account with a user name, or else the only active one with a mail address; one query in any case."""
    is_address = Q(email__iexact=typed, is_active=True)
    accounts = list(get_user_model().objects.filter(Q(username=typed) | is_address))
    named = [account for account in accounts if account.get_username() == typed]
    return (named or accounts)[0] if named or len(accounts) == 1 else None


class SignInForm(LimitedAttemptsMixin, AdminAuthenticationForm):
    """Django's sign-in form of the admin, with limited attempts."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _(
            "The name, the address or the password is not right. Look whether Caps Lock is on, and type both again. "
            "Whoever has forgotten the password gets a new one below."
        ),
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name or email address")
        self.fields["username"].widget.attrs["maxlength"] = MAX_ADDRESS_CHARACTERS

    def clean(self) -> dict:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password:
            return super().clean()
        try:
            attempt = begin_sign_in(self.request, username, find_account(username))
        except TooManyAttempts as error:
            raise self.build_refusal(error) from None
        # Without an account it is empty, and refusing it takes the time of a wrong password.
        self.cleaned_data["username"] = attempt.account_name
        cleaned = super().clean()  # raises if the password is wrong: the attempt stays recorded as failed
        check_local_sign_in(self.get_user())
        if has_factors(self.get_user()):
            store_pending(self.request, self.get_user(), attempt)
            raise SecondStepRequired
        self.request.device_to_remember = device_to_remember(self.request)
        complete_sign_in(attempt, self.get_user(), self.request.device_to_remember)
        return cleaned

    def refusal_message(self, minutes: int) -> str:
        if not can_send_mail():
            return super().refusal_message(minutes)
        return ngettext(
            "There were too many attempts to sign in. Try again in %(minutes)d minute, or set a new password with the "
            "link below.",
            "There were too many attempts to sign in. Try again in %(minutes)d minutes, or set a new password with the "
            "link below.",
            minutes,
        ) % {"minutes": minutes}


def finish_sign_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response of Django's view with status 429 for a refused attempt and the cookie of a known device."""
    if device := getattr(request, "device_to_remember", ""):
        remember_device(response, device)
    return set_refusal_status(response)


def set_refusal_status(response: HttpResponse, form: forms.Form | None = None) -> HttpResponse:
    """Set status 429 and `Retry-After` if the response shows a form whose attempt was refused."""
    form = form or (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(form, LimitedAttemptsMixin) and form.retry_after:
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = str(math.ceil(form.retry_after.total_seconds()))
    return response
