"""Readers who get mails, what they subscribe to, the events that they are informed of, and their mails.

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
    """When a subscriber is mailed about what matches."""

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

    def reachable(self) -> Self:
        """Those who are mailed: not paused, and with an address that has not failed for good."""
        is_paused = Q(paused_until__isnull=False, paused_until__gt=timezone.now())
        return self.filter(failed_at=None).exclude(is_paused)


class Subscriber(models.Model):
    """A reader who gets mails. The row is deleted when the reader leaves.

    Attributes:
        uid: stands for the subscriber in the links of mails (`tokens`).
        address_digest: finds the subscriber of an address.
        locale: the language of the mails.
        paused_until: no mail is sent before.
        bouncing_since: when the first of a row of mails came back for now.
        failed_at: when the address was refused for good.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    encrypted_address = models.BinaryField()
    address_digest = models.CharField(max_length=DIGEST_CHARACTERS, unique=True)
    locale = models.CharField(max_length=2, choices=[(code, code) for code in LOCALES])
    paused_until = models.DateTimeField(null=True)
    bouncing_since = models.DateTimeField(null=True)
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
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:8]


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self) -> Self:
        """Those that mails are sent for."""
        return self.filter(confirmed_at__isnull=False)

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

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
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


class SignUpAttempt(models.Model):
    """A form that was sent, counted for the limits of `signup` and deleted after a day. It names nobody.

    Attributes:
        network_digest: the keyed digest of the network that it came from.
        was_mailed: whether a mail that asks for confirmation was queued.
    """

    address_digest = models.CharField(max_length=DIGEST_CHARACTERS)
    network_digest = models.CharField(max_length=DIGEST_CHARACTERS)
    at = models.DateTimeField(default=timezone.now)
    was_mailed = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["address_digest", "at"], name="attempts_of_address"),
            models.Index(fields=["network_digest", "at"], name="attempts_of_network"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class AlertType(models.TextChoices):
    """What has become of a publication. A silent fix is no event."""

    NEW = "new", _("New")
    UPDATED = "updated", _("Updated")
    CORRECTED = "corrected", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RETRACTED = "retracted", _("Retracted")
    CONCERN = "concern", _("Expression of concern")
    LIFTED = "lifted", _("Concern lifted")
    REPUBLISHED = "again", _("Published again")
    TAKEN_BACK = "taken_back", _("Taken back")


class AlertEvent(models.Model):
    """Something that subscribers are informed of, found in the audit log.

    Attributes:
        edition: that has become public, or has ended.
        site_version: that of the action, by which the log is read on.
        happens_at: when readers see it; later than the action if the edition was scheduled.
        matched_at: when its conditions and mails were stored; None until then.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=10, choices=AlertType)
    site_version = models.PositiveBigIntegerField(db_index=True)
    happens_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["edition", "type"], name="one_event_of_a_type")]
        indexes = [
            models.Index(fields=["happens_at"], condition=Q(matched_at=None), name="events_to_be_matched")
        ]

    def __str__(self) -> str:
        return f"{self.type}: {self.edition_id}"


class EventMatch(models.Model):
    """A condition that an event fulfils: from these rows daily and weekly mails are written."""

    event = models.ForeignKey(AlertEvent, on_delete=models.CASCADE, related_name="matches")
    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="matches")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event", "condition"], name="matched_once")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.condition_id}"


class AlertMailPurpose(models.TextChoices):
    CONFIRM = "confirm", _("link to confirm a subscription")
    ALERT = "alert", _("alert, at once")
    DAILY = "daily", _("daily mail")
    WEEKLY = "weekly", _("weekly mail")


class AlertMailQuerySet(models.QuerySet):
    def pending(self) -> Self:
        """Mails that are neither sent nor given up."""
        return self.filter(next_attempt_at__isnull=False)

    def due(self, at: datetime | None = None) -> Self:
        """Mails to be sent now, or at this moment, in the order in which they became due."""
        return self.filter(next_attempt_at__lte=at or timezone.now()).order_by("next_attempt_at", "pk")


class AlertMail(models.Model):
    """A mail to a subscriber: of one event, or of all that match between two moments. It goes with the subscriber.

    Attributes:
        period_end: the end of the day or week that a digest is of; of another mail when it was requested.
        next_attempt_at: when it is due; None once it is sent or given up.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="mails")
    purpose = models.CharField(max_length=10, choices=AlertMailPurpose)
    event = models.ForeignKey(AlertEvent, on_delete=models.CASCADE, null=True, related_name="mails")
    period_end = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=MAX_ERROR_CHARACTERS, blank=True)
    sent_at = models.DateTimeField(null=True)

    objects = AlertMailQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="mailed_once"),
            models.UniqueConstraint(fields=["subscriber", "purpose", "period_end"], name="one_mail_a_period"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(next_attempt_at__isnull=False),
                name="alert_mails_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.subscriber_id}"

    @property
    def message_id(self) -> str:
        """The Message-ID: of each attempt the same, so that a mail that a relay has taken twice is recognized."""
        code = salted_hmac("subscriptions.message", str(self.pk), algorithm="sha256").hexdigest()[:24]
        return f"<alert-{self.pk}-{code}@{urlsplit(settings.SITE_URL).hostname}>"

    def mark_sent(self) -> None:
        self._update(sent_at=timezone.now(), next_attempt_at=None)

    def mark_failed(self, error: str, *, is_final: bool = False) -> None:
        """Store the error, and when to try again; a final one, or one too many, gives the mail up."""
        is_final = is_final or self.attempts >= len(RETRY_DELAYS)
        next_attempt_at = None if is_final else timezone.now() + RETRY_DELAYS[self.attempts]
        error = error[:MAX_ERROR_CHARACTERS]
        self._update(next_attempt_at=next_attempt_at, attempts=self.attempts + 1, last_error=error)

    def _update(self, **values: object) -> None:
        """Store values, unless the subscriber has left and taken the row with them."""
        for name, value in values.items():
            setattr(self, name, value)
        AlertMail.objects.filter(pk=self.pk).update(**values)


class AlertState(models.Model):
    """The one row on how far alerts are, and whether their sending is stopped.

    Attributes:
        read_site_version: the last entry of the audit log that events were made of.
        daily_until, weekly_until: the end of the last period whose digests are queued.
        stopped_at, stopped_by: when somebody at the desk has stopped all mails to subscribers, and their name.
    """

    read_site_version = models.PositiveBigIntegerField()
    daily_until = models.DateTimeField(null=True)
    weekly_until = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=150, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.read_site_version)
