"""Where a publication stands: its states, from the windows of its editions and the digests of texts."""

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy

from .edition import FOREVER, Edition


class Status(models.TextChoices):
    """The states that the desk's list filters by."""

    DRAFT = "draft", gettext_lazy("Never public")
    WAITING = "waiting", gettext_lazy("Scheduled")
    LIVE = "live", gettext_lazy("Live")
    CHANGED = "changed", gettext_lazy("Live, with changes that are not public")
    ENDED = "ended", gettext_lazy("Withdrawn or expired")


def with_status(publications: models.QuerySet) -> models.QuerySet:
    """Annotate working copies with what the words need: one statement for a whole list."""
    now = timezone.now()
    own = Edition.objects.filter(publication=OuterRef("pk")).order_by("-visible_from")
    live = own.filter(visible_from__lte=now, visible_until__gt=now)
    begun, waiting = own.started(), own.scheduled()
    return publications.annotate(
        live_from=Subquery(live.values("visible_from")[:1]),
        live_until=Subquery(live.values("expires_at")[:1]),
        live_digest=Subquery(live.values("digest")[:1]),
        waiting_from=Subquery(waiting.values("visible_from")[:1]),
        waiting_digest=Subquery(waiting.values("digest")[:1]),
        dated=Subquery(begun.values("published_at")[:1]),
        ended_at=Subquery(begun.values("visible_until")[:1]),
        ended_as=Subquery(begun.values("end_reason")[:1]),
    )


def scheduled_end(publication) -> datetime | None:
    """The end that the live edition was given, if it has one."""
    until = publication.live_until
    return until if until and until < FOREVER else None


def in_status(publications: models.QuerySet, state: Status) -> models.QuerySet:
    """The working copies (annotated by with_status) in a state."""
    live = Q(live_from__isnull=False)
    chosen = {
        Status.DRAFT: Q(ended_at__isnull=True, waiting_from__isnull=True),
        Status.WAITING: Q(waiting_from__isnull=False),
        Status.LIVE: live,
        Status.CHANGED: live & ~Q(live_digest=models.F("digest")),
        Status.ENDED: ~live & Q(ended_at__isnull=False),
    }
    return publications.filter(chosen[state])
