"""The configuration of the app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core import checks
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Let each sign-in count as an authentication; check the roles of single sign-on."""
        from .provider_accounts import check_roles  # these need the models
        from .reauthentication import record_sign_in

        checks.register(check_roles, checks.Tags.security, deploy=True)
        user_logged_in.connect(record_sign_in, dispatch_uid="accounts.record_sign_in")
