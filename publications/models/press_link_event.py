"""What happened at a press link: openings, wrong passwords and new ones."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FAILURE_PERIOD = timedelta(minutes=15)
"""How long a wrong password counts against the limit."""
PRESS_EVENT_DAYS = 90
"""How long openings and wrong passwords are kept, and the name of the recipient after the embargo."""


class PressLinkEventType(models.TextChoices):
    PAGE = "page", _("page opened")
    PDF = "pdf", _("PDF opened")
    FILE = "file", _("file opened")
    FAILED = "failed", _("wrong password")
    RENEWED = "new", _("new password")


class PressLinkEventQuerySet(models.QuerySet):
    def openings(self) -> Self:
        """What is listed one by one: openings and new passwords, not wrong passwords."""
        return self.exclude(type=PressLinkEventType.FAILED)

    def recent_failures(self) -> Self:
        """Wrong passwords of `FAILURE_PERIOD` that were given for the present password of their link."""
        newer = PressLinkEvent.objects.filter(
            type=PressLinkEventType.RENEWED, link=OuterRef("link"), happened_at__gte=OuterRef("happened_at")
        )
        since = timezone.now() - FAILURE_PERIOD
        return self.filter(~Exists(newer), type=PressLinkEventType.FAILED, happened_at__gt=since)

    def outdated(self) -> Self:
        return self.filter(happened_at__lte=timezone.now() - timedelta(days=PRESS_EVENT_DAYS))


class PressLinkEvent(models.Model):
    """The text was opened, or a wrong password was given, or a new one made. No network address is stored."""

    link = models.ForeignKey("PressLink", on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=6, choices=PressLinkEventType)
    happened_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = PressLinkEventQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        verbose_name = _("opening of a press link")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_type_display()}: {self.link_id}"
