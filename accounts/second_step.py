"""The second step of a sign-in, and re-authentication in a session: forms, and what follows a right answer."""

from django import forms
from django.contrib.auth import login
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import passkeys, recovery_codes, totp
from .devices import device_to_remember
from .events import record_event
from .limits import TooManyAttempts, begin_second_step, complete_sign_in
from .models import AccountEvent, EventType, Passkey
from .passkeys import PasskeyRefused
from .pending_sign_ins import PendingSignIn, forget_pending
from .reauthentication import record_authentication
from .sign_in import LimitedAttemptsMixin, check_local_sign_in
from .temporary_passwords import forget_in_session

MAX_CODE_CHARACTERS = 40
SIGN_IN = "sign-in"
"""The purpose of challenges for a sign-in with a passkey alone."""


def second_step_purpose(account: AbstractBaseUser) -> str:
    """Return the purpose of challenges for one account: its second step, or re-authentication in its session."""
    return f"account:{account.pk}"


class SecondStepForm(LimitedAttemptsMixin, forms.Form):
    """A code of the app, a recovery code, or the answer of a passkey, of one account; attempts are limited."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=MAX_CODE_CHARACTERS,
        help_text=gettext_lazy("Six digits from your app, or one of your printed recovery codes."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, request: HttpRequest, account: AbstractBaseUser, **kwargs) -> None:
        self.request, self.account = request, account
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self) -> dict:
        cleaned = super().clean()
        code, credential = cleaned.get("code"), cleaned.get("credential")
        if self.errors or not (code or credential):
            raise ValidationError(_("Type a code, or use a passkey."))
        try:
            attempt = begin_second_step(self.request, self.account)
        except TooManyAttempts as error:
            raise self.build_refusal(error) from None
        if credential:
            self._verify_passkey(credential)
        else:
            self._verify_code(code)
        attempt.delete()
        return cleaned

    def _verify_passkey(self, credential: str) -> None:
        passkey = passkeys.find_passkey(credential)
        if not passkey or passkey.owner_id != self.account.pk:
            raise ValidationError(unknown_passkey_message())
        try:
            passkeys.use_passkey(self.request, passkey, credential, second_step_purpose(self.account))
        except PasskeyRefused:
            raise ValidationError(refused_passkey_message()) from None

    def _verify_code(self, code: str) -> None:
        if totp.use_code(self.account, code):
            return
        if not recovery_codes.use_code(self.account, code):
            text = _(
                "This code is not right, or was used before. A code of an app works for about a minute and once: wait "
                "for the next one, and look whether the clock of the device is right."
            )
            raise ValidationError(text)
        left = recovery_codes.count_unused(self.account)
        record_event(EventType.CODE_USED, self.account, by=self.account, request=self.request, left=left)


class PasswordReauthenticationForm(LimitedAttemptsMixin, forms.Form):
    """The password, of an account without second factors; attempts count against the limits of signing in."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, request: HttpRequest, account: AbstractBaseUser, **kwargs) -> None:
        self.request, self.account = request, account
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_password(self) -> str:
        attempt = self.begin_password_attempt(self.account)
        if not self.account.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("The password is not right."))
        attempt.delete()
        return self.cleaned_data["password"]

    def clean(self) -> dict:
        check_local_sign_in(self.account)
        return super().clean()


class PasskeySignInForm(LimitedAttemptsMixin, forms.Form):
    """The answer of a passkey that signs in alone: it is two factors, as user verification is required."""

    credential = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        self.request = request
        self.passkey: Passkey | None = None
        self.attempt: AccountEvent | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        cleaned = super().clean()
        passkey = passkeys.find_passkey(cleaned.get("credential", ""))
        if not passkey or not (passkey.owner.is_active and passkey.owner.is_staff):
            raise ValidationError(unknown_passkey_message())
        try:
            self.attempt = begin_second_step(self.request, passkey.owner)
            passkeys.use_passkey(self.request, passkey, cleaned["credential"], SIGN_IN)
        except TooManyAttempts as error:
            raise self.build_refusal(error) from None
        except PasskeyRefused:
            raise ValidationError(refused_passkey_message()) from None
        check_local_sign_in(passkey.owner)
        self.passkey = passkey
        return cleaned


def unknown_passkey_message() -> str:
    return _("This site does not know that passkey. Use another one, or sign in with your password.")


def refused_passkey_message() -> str:
    return _("The passkey was not accepted: the page may have been open for too long. Try again.")


def finish_second_step(request: HttpRequest, pending: PendingSignIn) -> None:
    """Sign in the account of a pending sign-in whose second step was right."""
    has_typed_password = not pending.is_through_provider
    _sign_in(request, pending.account, pending.attempt, has_typed_password=has_typed_password)


def finish_passkey_sign_in(request: HttpRequest, form: PasskeySignInForm) -> None:
    _sign_in(request, form.passkey.owner, form.attempt, has_typed_password=False)


def _sign_in(
    request: HttpRequest, account: AbstractBaseUser, attempt: AccountEvent, *, has_typed_password: bool
) -> None:
    """Sign an account in with both factors. The session gets a new key, also where it was that of the account."""
    forget_pending(request)
    request.device_to_remember = device_to_remember(request)
    complete_sign_in(attempt, account, request.device_to_remember)
    login(request, account)
    if not has_typed_password:
        forget_in_session(request)
    request.session.cycle_key()
    record_authentication(request, with_factor_of=account)
