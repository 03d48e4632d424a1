"""What subscribers are informed of, and their mails.

No row holds the text of a mail: it is written from the editions as they are when it is sent, so that nothing that was
withdrawn or redacted since is in it.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from publications.models import RETRY_DELAYS, Edition, QueuedMail, QueuedMailQuerySet

from ..replies import find_codes
from .subscribers import Condition, Subscriber

ALERT_RETRY_DELAYS = RETRY_DELAYS[:8]
"""Shorter than those of mails to staff: what was new two days ago comes too late."""
UNWRITTEN_DELAY = timedelta(hours=1)


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
    TAKEN_BACK = "taken_back", _("Published by mistake")


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

    event = models.ForeignKey(
        AlertEvent, on_delete=models.CASCADE, related_name="matches", db_index=False
    )  # found by `matched_once`
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


class AlertMailQuerySet(QueuedMailQuerySet):
    def confirmations(self) -> Self:
        """Those with a link that confirms, or changes, what a reader gets: of no list, and sent first."""
        return self.filter(purpose=AlertMailPurpose.CONFIRM)


class AlertMail(QueuedMail):
    """A mail to a subscriber: of one event, or of all that match between two moments.

    It goes with the subscriber; how many there were is kept (`RemovedMails`).

    Attributes:
        period_end: the end of the day or week that a digest is of; of another mail when it was requested.
        last_error: its codes (`replies`), never the words of a mail server.
        named_events: those that it names, as it was last written, by primary key; not stored.
    """

    retry_delays = ALERT_RETRY_DELAYS
    named_events: Collection[int] = ()

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="mails")
    purpose = models.CharField(max_length=10, choices=AlertMailPurpose)
    event = models.ForeignKey(
        AlertEvent, on_delete=models.CASCADE, null=True, related_name="mails", db_index=False
    )  # found by `mailed_once`
    period_end = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    objects = AlertMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail to a subscriber")
        verbose_name_plural = _("mails to subscribers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["event", "subscriber"], condition=Q(event__isnull=False), name="mailed_once"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "purpose", "period_end"],
                condition=Q(period_end__isnull=False),
                name="one_mail_a_period",
            ),
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
        """The Message-ID: of each attempt the same, so that a mail that a relay has taken twice is recognized.

        It has no running number, which would tell how many mails went out between two of them.
        """
        code = salted_hmac("subscriptions.message", str(self.pk), algorithm="sha256").hexdigest()[:24]
        return f"<alert-{code}@{urlsplit(settings.SITE_URL).hostname}>"

    def mark_sent(self) -> None:
        """Store that it is sent, and what it has named: both or neither."""
        events = [self.event_id] if self.event_id else self.named_events
        with transaction.atomic(savepoint=False):
            super().mark_sent()
            MailedEvent.objects.store(self.pk, events)

    def mark_failed(self, error: str, *, is_final: bool = False) -> None:
        """Store the codes of the error alone, and when to try again."""
        super().mark_failed(find_codes(error), is_final=is_final)

    def mark_unwritten(self, error: str) -> None:
        """Store why it could not be written, and try again later: a fault of the site uses up no attempt."""
        self._store(next_attempt_at=timezone.now() + UNWRITTEN_DELAY, last_error=find_codes(error))


class MailedEventQuerySet(models.QuerySet):
    def store(self, mail: int, events: Collection[int]) -> None:
        """Store in one statement what a mail has named; nothing of deleted events, or once the mail is deleted.

        The mail of a reader who leaves is deleted at once, their row may stay for a while.

        Args:
            mail, events: primary keys.
        """
        if not events:
            return
        places = ", ".join(["%s"] * len(events))
        statement = (
            f"INSERT INTO {MailedEvent._meta.db_table} (subscriber_id, event_id, purpose) "  # noqa: S608
            f"SELECT mail.subscriber_id, event.id, mail.purpose FROM {AlertMail._meta.db_table} mail, "
            f"{AlertEvent._meta.db_table} event WHERE mail.id = %s AND event.id IN ({places}) "
            "ON CONFLICT DO NOTHING"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [mail, *events])


class MailedEvent(models.Model):
    """An event that a mail has named to a subscriber, stored as the mail is marked as sent.

    Attributes:
        purpose: that of the first mail that has named it.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="mailed_events")
    event = models.ForeignKey(
        AlertEvent, on_delete=models.CASCADE, related_name="+", db_index=False
    )  # found by `event_named_once`
    purpose = models.CharField(max_length=10, choices=AlertMailPurpose)

    objects = MailedEventQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="event_named_once")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.subscriber_id}"


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
        verbose_name = verbose_name_plural = _("state of the mails to subscribers")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.read_site_version)
