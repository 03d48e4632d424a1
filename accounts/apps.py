"""The configuration of the app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Let each sign-in count as an authentication."""
        from .reauthentication import record_sign_in  # needs the models

        user_logged_in.connect(record_sign_in, dispatch_uid="accounts.record_sign_in")
