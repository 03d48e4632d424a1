"""Readers who get mails, and what they subscribe to. No row holds an address that can be read."""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.locales import LOCALES
from publications.models import Publication

from ..addresses import decrypt_address, digest_address, encrypt_address, list_digests, list_refusals

CONFIRMATION_PERIOD = timedelta(hours=48)
"""How long a subscription waits for its confirmation."""
CONFIRMATION_HOURS = CONFIRMATION_PERIOD // timedelta(hours=1)
DIGEST_CHARACTERS = 64
MAX_QUERY_CHARACTERS = 200


class Timing(models.TextChoices):
    """When a subscriber is mailed about what matches."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


class ConsentSource(models.TextChoices):
    """How a reader has agreed to mails."""

    FORM = "form", _("confirmed by a link in a mail")
    LIST = "list", _("came with a list that was imported")


def has_paused(at: datetime) -> Q:
    """Return the condition that a subscriber has paused the mails of a moment, as `Subscriber.is_paused` says."""
    return Q(paused_until__isnull=False, paused_until__gt=at)


class SubscriberQuerySet(models.QuerySet):
    def with_address(self, address: str) -> Self:
        """Those with this address: one at most."""
        return self.filter(address_digest__in=list_digests(address))

    def reachable(self) -> Self:
        """Those who are mailed: not paused, and with an address that has not failed for good."""
        return self.filter(failed_at=None).exclude(has_paused(timezone.now()))


class Subscriber(models.Model):
    """A reader who gets mails. The row is deleted when the reader leaves.

    Attributes:
        uid: stands for the subscriber in the links of mails (`tokens`).
        address_digest: finds the subscriber of an address.
        locale: the language of the mails.
        paused_until: no mail is sent before.
        bouncing_since: when the first of a row of mails came back because of the address, and not of the relay.
        has_retries: whether a mail could not be sent, for whatever reason, and none was since: others wait for it.
        failed_at: when the address was refused for good.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    encrypted_address = models.BinaryField()
    address_digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)
    locale = models.CharField(max_length=2, choices=[(code, code) for code in LOCALES])
    paused_until = models.DateTimeField(null=True)
    bouncing_since = models.DateTimeField(null=True)
    has_retries = models.BooleanField(default=False, db_default=False)
    failed_at = models.DateTimeField(null=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def is_paused(self) -> bool:
        return bool(self.paused_until and self.paused_until > timezone.now())

    @property
    def is_reachable(self) -> bool:
        """Whether mails of lists are sent, as `SubscriberQuerySet.reachable` says."""
        return not self.is_paused and not self.failed_at

    @property
    def address(self) -> str:
        return decrypt_address(self.encrypted_address, owner=self.uid.hex)

    @address.setter
    def address(self, address: str) -> None:
        self.encrypted_address = encrypt_address(address, owner=self.uid.hex)
        self.address_digest = digest_address(address)


class SuppressedAddressQuerySet(models.QuerySet):
    def refusals(self, address: str) -> Self:
        """Those that keep the form from sending a mail to this address."""
        return self.filter(address_digest__in=list_refusals(address))


class SuppressedAddress(models.Model):
    """The digest of an address whose reader has left: no imported list adds it again.

    Or, of another purpose (`list_refusals`), that of a mailbox to which the form sends no mail.
    """

    address_digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)
    since = models.DateTimeField(default=timezone.now)

    objects = SuppressedAddressQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"


class Condition(models.Model):
    """What a subscriber is informed of. Each distinct one is one row, which many share, and is matched once.

    Attributes:
        filters: the values that an edition has to have, by the names of their facets; empty for all of the site.
        query: what a search for it has to find.
        publication: the only one whose changes are of interest; it has neither filters nor a query.
        digest: tells conditions apart.
    """

    filters = models.JSONField(default=dict)
    query = models.CharField(max_length=MAX_QUERY_CHARACTERS, blank=True)
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)

    class Meta:
        verbose_name = _("condition of subscriptions")
        verbose_name_plural = _("conditions of subscriptions")
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:8]


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self) -> Self:
        """Those that mails are sent for."""
        return self.filter(confirmed_at__isnull=False)

    def unconfirmed(self) -> Self:
        """Those that can still be confirmed."""
        return self.filter(confirmed_at=None, requested_at__gte=timezone.now() - CONFIRMATION_PERIOD)

    def outdated(self) -> Self:
        """Those that were not confirmed in time."""
        return self.filter(confirmed_at=None, requested_at__lt=timezone.now() - CONFIRMATION_PERIOD)


class Subscription(models.Model):
    """A condition that a subscriber has chosen, and when mails are sent.

    Attributes:
        requested_at: when the form was last sent; anybody can send it with anybody's address.
        confirmed_at: when the reader followed the link in the mail that asks; None until then.
        consent_source, consent_note: how the reader has agreed; the note of a list says what proves it.
    """

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False
    )  # found by `chosen_once`
    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="subscriptions")
    timing = models.CharField(max_length=10, choices=Timing, default=Timing.AT_ONCE)
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    consent_source = models.CharField(max_length=10, choices=ConsentSource, default=ConsentSource.FORM)
    consent_note = models.CharField(max_length=300, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "condition"], name="chosen_once"),
        ]
        indexes = [
            models.Index(
                fields=["condition", "timing", "subscriber"],
                condition=Q(confirmed_at__isnull=False),
                name="subscribers_of_condition",
            ),
            models.Index(
                fields=["requested_at"], condition=Q(confirmed_at=None), name="unconfirmed_subscriptions"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.condition}, {self.timing}"


class EarlierTiming(models.Model):
    """The timing that a subscription had before a change: what was matched until then is mailed by it.

    Attributes:
        until: when it was changed. It began with the change before, if there was one.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="earlier_timings")
    timing = models.CharField(max_length=10, choices=Timing)
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.timing} until {self.until:%Y-%m-%d %H:%M}"


class SignUpAttempt(models.Model):
    """A form that was sent, counted for the limits of `signup` and deleted after a day. It names nobody.

    Attributes:
        address_digest: the keyed digest of the mailbox, another one for each limit of mails.
        network_digest: the keyed digest of the network that it came from.
        at: when it was sent, by which forms are counted: it depends on nothing that is stored of the address.
        mail_due_at: when the mail is due that was queued for it; None without one.
    """

    address_digest = models.CharField(max_length=DIGEST_CHARACTERS)
    network_digest = models.CharField(max_length=DIGEST_CHARACTERS)
    at = models.DateTimeField(default=timezone.now)
    mail_due_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["address_digest", "mail_due_at"], name="mails_of_address"),
            models.Index(fields=["network_digest", "at"], name="attempts_of_network"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
