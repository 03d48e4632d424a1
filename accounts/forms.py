"""The forms that strangers can use: signing in, and requesting a reset mail."""

import math
from datetime import timedelta

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from .devices import device_to_remember
from .limits import TooManyAttempts, begin_sign_in, complete_sign_in

TOO_MANY = "too_many_attempts"


class LimitedFormMixin:
    """A form whose attempts are limited. `wait` is set where one was refused."""

    wait: timedelta | None = None

    def refusal(self, error: TooManyAttempts) -> ValidationError:
        """Return the error of the form for a refused attempt, with how long to wait."""
        self.wait = error.wait
        minutes = max(1, math.ceil(error.wait.total_seconds() / 60))
        return ValidationError(self.refusal_message(minutes), code=TOO_MANY)


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
        cleaned = super().clean()  # raises where the password is wrong, and the attempt stays a failed one
        self.request.device_to_remember = device_to_remember(self.request)
        complete_sign_in(attempt, self.get_user(), self.request.device_to_remember)
        return cleaned

    def refusal_message(self, minutes: int) -> str:
        return ngettext(
            "There were too many attempts to sign in. Try again in %(minutes)d minute, or set a new password with the "
            "link below.",
            "There were too many attempts to sign in. Try again in %(minutes)d minutes, or set a new password with the "
            "link below.",
            minutes,
        ) % {"minutes": minutes}
