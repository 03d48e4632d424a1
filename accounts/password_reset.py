"""Password reset: a mail is requested, within limits, and its link sets a new password.

Links in mails are built from `SITE_URL`, not from the host of the request: a client could forge that, and the link
would lead the owner of the account, with the token, to another server.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model, views
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from .devices import device_to_remember, remember_device
from .events import record_event
from .first_login import remove_first_login
from .limits import TooManyAttempts, begin_reset
from .mail import can_send_mail
from .models import EventType
from .sign_in import LimitedAttemptsMixin, set_refusal_status
from .temporary_passwords import mark_chosen


class ResetRequestForm(LimitedAttemptsMixin, PasswordResetForm):
    """Django's form for requesting a reset mail, with limited requests."""

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        cleaned = super().clean()
        if email := cleaned.get("email"):
            try:
                begin_reset(self.request, email, next(super().get_users(email), None))
            except TooManyAttempts as error:
                raise self.build_refusal(error) from None
        return cleaned

    def get_users(self, email: str) -> list[AbstractBaseUser]:
        """Return the accounts with this address, or else an account without address, to which no mail is sent.

        So a mail is rendered for every address, and the response time does not reveal whether it has an account.
        """
        return list(super().get_users(email)) or [get_user_model()()]

    def send_mail(self, subject_template: str, template: str, context: dict, *args, **options) -> None:
        with override(context["mail_language"](context["user"])):
            super().send_mail(subject_template, template, context, *args, **options)

    def save(self, **options) -> None:
        site_url = urlsplit(settings.SITE_URL)
        options |= {"domain_override": site_url.netloc, "use_https": site_url.scheme == "https"}
        super().save(**options)

    def refusal_message(self, minutes: int) -> str:
        if minutes > 60:
            return _(
                "Several mails have been requested already. Please use the newest mail in your mailbox, and look among "
                "spam too: its link works for three days."
            )
        return ngettext(
            "Several mails have been requested already. Please use the newest mail in your mailbox, or try again in "
            "%(minutes)d minute.",
            "Several mails have been requested already. Please use the newest mail in your mailbox, or try again in "
            "%(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}


class ResetRequestView(views.PasswordResetView):
    """Request the mail. The mail takes `site` and `mail_language`, a function, from `extra_email_context`."""

    title = gettext_lazy("Reset password")
    form_class = ResetRequestForm

    def get_form_kwargs(self) -> dict:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(can_send_mail=can_send_mail(), **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not can_send_mail():
            return self.get(request, *args, **kwargs)
        return set_refusal_status(super().post(request, *args, **kwargs))


class ResetConfirmView(views.PasswordResetConfirmView):
    """Set the new password. The mail proves who owns the account, so this device becomes known."""

    user: AbstractBaseUser

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return context if self.validlink else {**context, "title": _("This link leads nowhere")}

    def form_valid(self, form) -> HttpResponse:
        device = device_to_remember(self.request)
        with transaction.atomic():
            response = super().form_valid(form)
            record_event(
                EventType.PASSWORD_RESET, self.user, by=self.user, request=self.request, device=device
            )
            mark_chosen(self.user)
        remember_device(response, device)
        remove_first_login(self.user.get_username())
        return response
