"""Accounts beyond Django's users: their events, invitations, changes of a mail address, and how each came to be.

The limits on passwords and reset mails count events, so they hold across processes and servers. Events do not change
public content, so none increments the site version.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from .factor_models import AuthenticatorApp as AuthenticatorApp
from .factor_models import Passkey as Passkey
from .factor_models import RecoveryCode as RecoveryCode
from .provider_models import ProviderIdentity as ProviderIdentity
from .session_models import DeskSession as DeskSession

EVENT_DAYS = 365
KEY_LENGTH = 32
LINK_DAYS = 7
"""How long the link of an invitation works, and that which confirms a mail address."""
NONCE_LENGTH = 22


class EventType(models.TextChoices):
    INVITED = "invited", _("Invited")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
    CREATED = "created", _("Account created")
    CHANGED = "changed", _("Account changed")
    DEACTIVATED = "deactivated", _("Account deactivated")
    REACTIVATED = "reactivated", _("Account reactivated")
    DELETED = "deleted", _("Account deleted")
    ADDRESS_REQUESTED = "address_requested", _("Link to confirm a mail address requested")
    ADDRESS_CHANGED = "address_changed", _("Mail address changed")
    HANDED_OVER = "handed_over", _("Work handed over")
    REVIEWED = "kept", _("Account still needed")
    SESSIONS_ENDED = "sessions_ended", _("Signed out everywhere")
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
    PROVIDER_ACCEPTED = "provider_accepted", _("Signed in at the provider, second factor not shown")
    PROVIDER_FAILED = "provider_failed", _("Sign-in through the provider not completed")
    PROVIDER_LINKED = "provider_linked", _("Linked to a person at the provider")
    PROVIDER_UNLINKED = "provider_unlinked", _("No longer linked to a person at the provider")
    SECOND_STEP_FAILED = "second_step_failed", _("Second factor refused")
    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    FAILED = "failed", _("Sign-in failed")
    REFUSED = "refused", _("Refused: too many attempts")
    LIST_IMPORTED = "list_imported", _("List of subscribers imported")
    MAILS_STOPPED = "mails_stopped", _("Mails to subscribers stopped")
    MAILS_RESUMED = "mails_resumed", _("Mails to subscribers sent again")
    SIGN_UPS_ALLOWED = "sign_ups_allowed", _("Address allowed to sign up for alerts again")


class AccountEventQuerySet(models.QuerySet):
    def since(self, at: datetime) -> "AccountEventQuerySet":
        return self.filter(occurred_at__gt=at)

    def outdated(self) -> "AccountEventQuerySet":
        """Return the events that have been kept for a year."""
        return self.filter(occurred_at__lte=timezone.now() - timedelta(days=EVENT_DAYS))


class AccountEvent(models.Model):
    """An event of an account, of a typed name that no account has, or of the subscribers, by an account or a command.

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


def new_nonce() -> str:
    return get_random_string(NONCE_LENGTH)


def link_expiry() -> datetime:
    return timezone.now() + timedelta(days=LINK_DAYS)


class MailedLinkQuerySet(models.QuerySet):
    """Rows behind a link in a mail. A row is deleted when its link has been used or is revoked."""

    def get_by_token(self, token: str):
        """Return the row of the token of a link that works, else None."""
        try:
            nonce = signing.loads(token, salt=self.model.SALT)
        except (signing.BadSignature, ValueError):
            return None
        return self.filter(nonce=nonce, expires_at__gt=timezone.now()).first()


class MailedLink(models.Model):
    """What a link in a mail does, once, until it expires.

    The token is the signed nonce: whoever reads the database cannot make it without the secret key, and the mail can
    be written when it is sent. A new nonce ends the links of the former one.
    """

    email = models.EmailField(_("email address"))
    nonce = models.CharField(max_length=NONCE_LENGTH, unique=True, editable=False)
    expires_at = models.DateTimeField()

    objects = MailedLinkQuerySet.as_manager()
    SALT = ""

    class Meta:
        abstract = True

    @property
    def token(self) -> str:
        return signing.dumps(self.nonce, salt=self.SALT)

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def renew(self) -> None:
        """Make a new link in place of the former one."""
        self.nonce, self.expires_at = new_nonce(), link_expiry()
        self.save(update_fields=["nonce", "expires_at"])


class Invitation(MailedLink):
    """An invitation that is open: whoever follows its link gets an account with this name and role.

    Attributes:
        language: of the mail.
    """

    username = models.CharField(_("user name"), max_length=150, unique=True)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    group = models.ForeignKey(Group, models.CASCADE, related_name="+", verbose_name=_("role"))
    language = models.CharField(max_length=2)
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    SALT = "accounts.invitation"

    class Meta:
        verbose_name = _("invitation")
        ordering = ("-invited_at", "-pk")
        default_permissions = ()

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class AddressChange(MailedLink):
    """A new mail address of an account, until the link that is mailed to it has been followed."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="address_change"
    )

    SALT = "accounts.address"

    class Meta:
        verbose_name = _("new mail address")
        default_permissions = ()

    def __str__(self) -> str:
        return self.email


class AccountRecord(models.Model):
    """What is kept about an account for as long as it exists: events are deleted after a year.

    Attributes:
        invited_by_name: the user name of who invited its owner, as of the others: their accounts may be deleted.
        kept_at: when an administrator last confirmed that it is still needed.
        deactivated_at: when it was deactivated; None while it is active.
        has_temporary_password: somebody else has set its password, and its owner has not changed it yet.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="record"
    )
    invited_by_name = models.CharField(_("invited by"), max_length=150, blank=True)
    kept_at = models.DateTimeField(_("confirmed"), null=True)
    kept_by_name = models.CharField(max_length=150, blank=True)
    deactivated_at = models.DateTimeField(_("deactivated"), null=True)
    deactivated_by_name = models.CharField(max_length=150, blank=True)
    deactivation_reason = models.CharField(_("reason"), max_length=200, blank=True)
    has_temporary_password = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("record of an account")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.account)

    @classmethod
    def of(cls, account) -> "AccountRecord":
        """Return the record of an account, an unsaved one if it has none."""
        return cls.objects.filter(account=account).first() or cls(account=account)
