"""The outbox: mails to be sent and those sent, a row for each recipient and message.

A row holds no text: the mail is written from the rows that it is about when it is sent, so that nothing that was
redacted, withdrawn or forbidden since is mailed. Its Message-ID is chosen before the first attempt, so that a mail
that a relay has accepted twice is recognized.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import make_msgid
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .news import NewsEvent
from .prepared_queries import DATETIME, PreparedQuery
from .queued_mail import QueuedMail, QueuedMailQuerySet

SENT_DAYS = 30
"""How long mails that are sent or given up are kept."""
MAX_ERROR_CHARACTERS = 500


class MailPurpose(models.TextChoices):
    NEWS = "news", _("news, at once")
    DIGEST = "digest", _("daily mail")
    INVITATION = "invitation", _("invitation")
    ADDRESS = "address", _("link to confirm an address")
    ADDRESS_CHANGED = "changed", _("address changed")
    NEWSLETTER = "newsletter", _("newsletter, to try it")
    OPERATIONS = "operations", _("warnings")


class OutboxMailQuerySet(QueuedMailQuerySet):
    def failing(self) -> "OutboxMailQuerySet":
        """Mails that could not be sent so far, those given up included."""
        return self.filter(sent_at=None).exclude(last_error="")

    def outdated(self) -> "OutboxMailQuerySet":
        """Mails that were sent or given up some time ago."""
        limit = timezone.now() - timedelta(days=SENT_DAYS)
        given_up = Q(sent_at=None, next_attempt_at=None, created_at__lte=limit)
        return self.filter(Q(sent_at__lte=limit) | given_up)


class OutboxMail(QueuedMail):
    """A mail to one recipient.

    Attributes:
        key: names the message and its recipient, so that a second row for them is refused.
        user: whose permissions and choices decide what the mail says.
    """

    purpose = models.CharField(_("purpose"), max_length=10, choices=MailPurpose)
    key = models.CharField(max_length=100, unique=True)
    recipient = models.EmailField(_("recipient"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    events = models.ManyToManyField(NewsEvent, related_name="mails")
    message_id = models.CharField(_("message ID"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    last_error = models.CharField(_("error"), max_length=MAX_ERROR_CHARACTERS, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="mail_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.recipient}"

    @classmethod
    def build(
        cls, purpose: MailPurpose, key: str, recipient: str, *, user, due_at: datetime | None = None
    ) -> "OutboxMail":
        """Return an unsaved mail, due now unless another moment is given.

        Args:
            key: what the mail is about and to whom it goes, unique within the purpose.
        """
        return cls(
            purpose=purpose,
            key=f"{purpose}:{key}",
            recipient=recipient,
            user=user,
            message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            next_attempt_at=due_at or timezone.now(),
        )

    @classmethod
    def claim_next(cls) -> "OutboxMail | None":
        """Return the mail that has been due for longest, locked until the end of the transaction."""
        return next(iter(_next_mail(now=timezone.now())), None)

    @property
    def is_given_up(self) -> bool:
        return self.sent_at is None and self.next_attempt_at is None

    def _store(self, **values: object) -> None:
        """Store the address, too: it is that of the user at each attempt."""
        super()._store(recipient=self.recipient, **values)


_next_mail = PreparedQuery(
    lambda now: OutboxMail.objects.due(now).select_for_update(skip_locked=True)[:1], now=DATETIME
)
