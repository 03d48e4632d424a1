"""Changing one's own password at the desk.

Attempts at the old password count against the limits of signing in, as it could be guessed in an open session.
"""

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .events import record_event
from .first_login import remove_first_login
from .models import EventType
from .sign_in import LimitedAttemptsMixin, set_refusal_status
from .temporary_passwords import mark_chosen, note_in_session


class OwnPasswordForm(LimitedAttemptsMixin, AdminPasswordChangeForm):
    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        attempt = self.begin_password_attempt(self.user)
        old_password = super().clean_old_password()  # raises if it is wrong: the attempt stays recorded
        attempt.delete()
        return old_password

    def clean(self) -> dict:
        cleaned = super().clean()
        if (new := cleaned.get("new_password1")) and new == cleaned.get("old_password"):
            self.add_error("new_password1", _("This is the password that you have. Choose another one."))
        return cleaned


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict:
        return {**super().get_form_kwargs(), "request": self.request}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return set_refusal_status(super().post(request, *args, **kwargs))

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            record_event(EventType.PASSWORD_CHANGED, form.user, by=form.user, request=self.request)
            mark_chosen(form.user)
        note_in_session(self.request, form.user)
        remove_first_login(form.user.get_username())  # the one that was printed at set-up
        return response
