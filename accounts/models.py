"""Events of accounts: created, changed, deactivated, signed in, refused.

The limits on passwords and reset mails count these rows, so they hold across processes and servers. Events do not
change public content, so none increments the site version.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .factor_models import AuthenticatorApp as AuthenticatorApp
from .factor_models import Passkey as Passkey
from .factor_models import RecoveryCode as RecoveryCode

EVENT_DAYS = 365
KEY_LENGTH = 32


class EventType(models.TextChoices):
    CREATED = "created", _("Account created")
    CHANGED = "changed", _("Account changed")
    DEACTIVATED = "deactivated", _("Account deactivated")
    REACTIVATED = "reactivated", _("Account reactivated")
    DELETED = "deleted", _("Account deleted")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    PASSWORD_RESET = "password_reset", _("Password set through a mailed link")
    RESET_REQUESTED = "reset_requested", _("Reset mail requested")
    CALENDAR_CREATED = "calendar_created", _("Calendar address made")
    CALENDAR_REVOKED = "calendar_revoked", _("Calendar address revoked")
    FACTOR_ADDED = "factor_added", _("Second factor added")
    FACTOR_REMOVED = "factor_removed", _("Second factor removed")
    CODES_PRINTED = "codes_printed", _("Recovery codes made")
    CODE_USED = "code_used", _("Recovery code used")
    PASSKEY_CLONED = "passkey_cloned", _("Passkey refused: a copy of it may exist")
    PASSWORD_ACCEPTED = "password_accepted", _("Password right, second factor not shown")
    SECOND_STEP_FAILED = "second_step_failed", _("Second factor refused")
    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    FAILED = "failed", _("Sign-in failed")
    REFUSED = "refused", _("Refused: too many attempts")


class AccountEventQuerySet(models.QuerySet):
    def since(self, at: datetime) -> "AccountEventQuerySet":
        return self.filter(occurred_at__gt=at)

    def outdated(self) -> "AccountEventQuerySet":
        """Return the events that have been kept for a year."""
        return self.filter(occurred_at__lte=timezone.now() - timedelta(days=EVENT_DAYS))


class AccountEvent(models.Model):
    """An event of an account, or of a typed name that no account has.

    A typed name is stored only if an account has it, as people type passwords there by mistake. `account_key` is a
    keyed digest of it, for counting.
    """

    type = models.CharField(_("event"), max_length=20, choices=EventType)
    occurred_at = models.DateTimeField(_("time"), default=timezone.now)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("account")
    )
    account_name = models.CharField(_("account"), max_length=150, blank=True)
    account_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    by_name = models.CharField(_("by"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True)
    network = models.CharField(max_length=43, blank=True)
    device = models.CharField(max_length=KEY_LENGTH, blank=True)
    detail = models.JSONField(default=dict)

    objects = AccountEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        ordering = ("-occurred_at", "-pk")
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=("-occurred_at", "-id"), name="account_event_newest"),
            models.Index(fields=("type", "-occurred_at"), name="account_event_type"),
            models.Index(fields=("account_key", "type", "-occurred_at"), name="account_event_key"),
            models.Index(fields=("network", "type", "-occurred_at"), name="account_event_network"),
            models.Index(fields=("device", "account_key"), name="account_event_device"),
        )

    def __str__(self) -> str:
        return f"{self.get_type_display()}: {self.account_name}"
