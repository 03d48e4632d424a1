"""Which person at an OpenID provider is which account."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ProviderIdentity(models.Model):
    """A person at a provider, by issuer and subject: these never change and are never given to somebody else.

    Names and mail addresses do and are (OpenID Connect Core 1.0, section 5.7).
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="provider_identities",
        verbose_name=_("account"),
    )
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(_("linked"), default=timezone.now)

    class Meta:
        verbose_name = _("person at a provider")
        verbose_name_plural = _("people at a provider")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="provider_identity_subject"),
            models.UniqueConstraint(fields=("account", "issuer"), name="provider_identity_account"),
        )

    def __str__(self) -> str:
        return f"{self.account}: {self.subject} ({self.issuer})"
