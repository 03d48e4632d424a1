"""Sessions of the desk: whose they are, when and from where they were last used. Signed out means that the row is gone.

A row holds the digest of its key, which only the cookie of the browser has: a copy of the database opens no session.
See "Extending database-backed session engines" in the documentation of Django.
"""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

MAX_USER_AGENT = 300
REFERENCE_LENGTH = 16


def digest_session_key(key: str | None) -> str:
    """Return what the database holds of the key of a session, or an empty string without one.

    No salt and no slow hash: a key has 165 random bits.
    """
    return sha256(key.encode()).hexdigest() if key else ""


class DeskSessionQuerySet(models.QuerySet):
    def open(self) -> "DeskSessionQuerySet":
        """Return the sessions within the idle and the absolute limit."""
        now = timezone.now()
        return self.filter(
            expire_date__gt=now,
            last_used_at__gt=now - timedelta(hours=settings.SESSION_IDLE_HOURS),
            created_at__gt=now - timedelta(days=settings.SESSION_DAYS),
        )

    def ended(self) -> "DeskSessionQuerySet":
        """Return the sessions beyond one of the limits, which nobody can use any more."""
        return self.exclude(pk__in=DeskSession.objects.open().values("pk"))

    def of(self, account: AbstractBaseUser) -> "list[DeskSession]":
        """Return the open sessions of an account, the last used first. A change of the password ends the others."""
        sessions = self.open().filter(account=account).order_by("-last_used_at", "session_key")
        return [session for session in sessions if session.has_current_password(account)]


class DeskSession(AbstractBaseSession):
    """A session, and of one that somebody has signed in with where it was last used.

    Attributes:
        session_key: the digest of the key, under the name that Django has for it.
        account: None before the sign-in.
        last_used_at: exact to some minutes.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    user_agent = models.CharField(max_length=MAX_USER_AGENT, blank=True)
    address = models.GenericIPAddressField(null=True)

    objects = BaseSessionManager.from_queryset(DeskSessionQuerySet)()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls):
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")

    @property
    def reference(self) -> str:
        """A name for forms, which is of no use elsewhere."""
        return salted_hmac("accounts.session", self.session_key, algorithm="sha256").hexdigest()[
            :REFERENCE_LENGTH
        ]

    def has_current_password(self, account: AbstractBaseUser) -> bool:
        """Return whether the session was opened, or kept, with the password that the account has now."""
        stored = self.get_decoded().get(HASH_SESSION_KEY, "")
        hashes = (account.get_session_auth_hash(), *account.get_session_auth_fallback_hash())
        return any(constant_time_compare(stored, each) for each in hashes)
