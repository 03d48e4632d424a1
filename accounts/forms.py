"""The sign-in form, and what all forms with limited attempts share."""

import math
from datetime import timedelta

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from .devices import device_to_remember
from .limits import TooManyAttempts, begin_sign_in, complete_sign_in
from .mail import can_send_mail

TOO_MANY = "too_many_attempts"


class LimitedFormMixin:
    """A form whose attempts are limited. `wait` is set if one was refused."""

    wait: timedelta | None = None

    def refusal(self, error: TooManyAttempts) -> ValidationError:
        """Return the error of the form for a refused attempt, with the time to wait."""
        self.wait = error.wait
        minutes = max(1, math.ceil(error.wait.total_seconds() / 60))
        return ValidationError(self.refusal_message(minutes), code=TOO_MANY)

    def refusal_message(self, minutes: int) -> str:
        return ngettext(
            "There were too many attempts with a wrong password. Try again in %(minutes)d minute.",
            "There were too many attempts with a wrong password. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}


class SignInForm(LimitedFormMixin, AdminAuthenticationForm):
    """Django's form for signing in to the desk, within limits."""

    def clean(self) -> dict:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password:
            return super().clean()
        account = get_user_model().objects.filter(username=username).first()
        try:
            attempt = begin_sign_in(self.request, username, account)
        except TooManyAttempts as error:
            raise self.refusal(error) from None
        cleaned = super().clean()  # raises if the password is wrong: the attempt stays recorded as failed
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
