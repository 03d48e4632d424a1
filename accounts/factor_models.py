"""Second factors of accounts: passkeys, authenticator apps and recovery codes.

None of these rows is enough to sign in: a passkey has its public key only, the secret of an authenticator app is
encrypted, and recovery codes are stored as keyed digests.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PASSKEY_NAME_LENGTH = 60
CREDENTIAL_ID_LENGTH = 1364  # 1023 bytes (WebAuthn, section 4) in base64url
DIGEST_LENGTH = 64


class PasskeyQuerySet(models.QuerySet):
    def accept(self, *, sign_count: int, challenged_at: datetime) -> bool:
        """Record that a passkey answered a challenge. Returns False for a replayed answer or a cloned passkey.

        One statement checks and stores both, so that of two equal answers at the same time one is refused. Each
        answer has to belong to a challenge made after the one that was accepted last. A count of 0 is that of
        passkeys that are shared between devices, which do not count.
        """
        is_newer = Q(last_used_at=None) | Q(last_used_at__lt=challenged_at)
        has_counted = Q(sign_count__lt=sign_count) if sign_count else Q(sign_count=0)
        rows = self.filter(is_newer, has_counted)
        return bool(rows.update(sign_count=sign_count, last_used_at=challenged_at))


class Passkey(models.Model):
    """A passkey (WebAuthn credential) of an account.

    Attributes:
        credential_id: base64url, as browsers send it.
        public_key: a COSE key.
        last_used_at: when the challenge was made that it answered last.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name"), max_length=PASSKEY_NAME_LENGTH)
    credential_id = models.CharField(max_length=CREDENTIAL_ID_LENGTH, unique=True)
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering = ("added_at", "pk")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class AuthenticatorAppQuerySet(models.QuerySet):
    def accept(self, step: int, encrypted_secret: str) -> bool:
        """Record the use of the code of a time step. Returns False if that one or a later one was used before."""
        values = {"last_step": step, "last_used_at": timezone.now(), "encrypted_secret": encrypted_secret}
        return bool(self.filter(last_step__lt=step).update(**values))


class AuthenticatorApp(models.Model):
    """An authenticator app of an account (TOTP, RFC 6238).

    Attributes:
        encrypted_secret: see `accounts.totp`.
        last_step: the number of the time step whose code was used last.
    """

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator_app")
    encrypted_secret = models.CharField(max_length=200)
    last_step = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    objects = AuthenticatorAppQuerySet.as_manager()

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.owner}"


class RecoveryCodeQuerySet(models.QuerySet):
    def unused(self) -> "RecoveryCodeQuerySet":
        return self.filter(used_at=None)


class RecoveryCode(models.Model):
    """A printed code of an account that works once; used ones remain until others are printed."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=DIGEST_LENGTH)
    added_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("owner", "digest"), name="one_recovery_code"),)

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.owner}"
