"""Readers who get mails, what they have asked for, what has happened that they may be told, and their mails.

No row holds an address that can be read, nor the text of a mail: a mail is written from the editions as they are when
it is sent, so that nothing that was withdrawn or redacted since is in it.
"""

from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from publications.locales import LOCALES
from publications.models import Edition, Publication

from .addresses import decrypt_address, digest_address, encrypt_address, list_digests

CONFIRMATION_PERIOD = timedelta(hours=48)
"""How long a subscription waits for its confirmation."""
DIGEST_CHARACTERS = 64
MAX_QUERY_CHARACTERS = 200
MAX_ERROR_CHARACTERS = 300
RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""How long after each failed attempt the next follows. After the last the mail is given up."""


class Timing(models.TextChoices):
    """When a subscriber is told of what matches."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


class ConsentSource(models.TextChoices):
    """How a reader has agreed to mails."""

    FORM = "form", _("confirmed by a link in a mail")
    LIST = "list", _("came with a list that was imported")


class SubscriberQuerySet(models.QuerySet):
    def with_address(self, address: str) -> Self:
        """Those with this address: one at most."""
        return self.filter(address_digest__in=list_digests(address))

    def outdated(self) -> Self:
        """Those who have not confirmed their address in time."""
        return self.filter(confirmed_at=None, requested_at__lt=timezone.now() - CONFIRMATION_PERIOD)

    def reachable(self) -> Self:
        """Those who are mailed: confirmed, not paused, and with an address that has not failed for good."""
        is_paused = Q(paused_until__gt=timezone.now())
        return self.filter(confirmed_at__isnull=False, failed_at=None).exclude(is_paused)


class Subscriber(models.Model):
    """A reader who gets mails. The row is deleted when the reader leaves.

    Attributes:
        uid: stands for the subscriber in the links of mails (`tokens`).
        address_digest: finds the subscriber of an address.
        locale: the language of the mails.
        requested_at: when the reader last filled in the form.
        confirmed_at: when the reader followed the link in the first mail; None until then.
        paused_until: no mail is sent before.
        consent_source, consent_note: how the reader agreed; the note of a list says what proves it.
        bouncing_since: when the first of a row of mails came back for now.
        failed_at: when the address was refused for good.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    encrypted_address = models.BinaryField()
    address_digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)
    locale = models.CharField(max_length=2, choices=[(code, code) for code in LOCALES])
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    consent_source = models.CharField(max_length=10, choices=ConsentSource, default=ConsentSource.FORM)
    consent_note = models.CharField(max_length=300, blank=True)
    bouncing_since = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def address(self) -> str:
        return decrypt_address(self.encrypted_address, owner=self.uid.hex)

    @address.setter
    def address(self, address: str) -> None:
        self.encrypted_address = encrypt_address(address, owner=self.uid.hex)
        self.address_digest = digest_address(address)


class SuppressedAddress(models.Model):
    """The digest of an address whose reader has left: no imported list adds it again."""

    address_digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"


class Condition(models.Model):
    """What a subscriber is told of. Each distinct one is one row, which many share, and is matched once.

    Attributes:
        filters: the values that an edition has to have, by the names of their facets; empty for all of the site.
        query: what a search for it has to find.
        publication: the only one whose changes are told; it has neither filters nor a query.
        digest: tells conditions apart.
    """

    filters = models.JSONField(default=dict)
    query = models.CharField(max_length=MAX_QUERY_CHARACTERS, blank=True)
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:8]


class Subscription(models.Model):
    """A condition that a subscriber has chosen, and when to be told."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="subscriptions")
    timing = models.CharField(max_length=10, choices=Timing, default=Timing.AT_ONCE)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "condition"], name="chosen_once"),
        ]
        indexes = [models.Index(fields=["condition", "timing", "subscriber"], name="subscribers_of_condition")]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.condition}, {self.timing}"
