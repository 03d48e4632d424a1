"""The status of a publication, derived from the windows of its editions and the digests of its texts."""

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy

from publications.editorial_status import EditorialStatus

from .edition import FOREVER, Edition


class Status(models.TextChoices):
    """The states that the list of the desk filters by."""

    DRAFT = "draft", gettext_lazy("Never public")
    SCHEDULED = "waiting", gettext_lazy("Scheduled")
    LIVE = "live", gettext_lazy("Live")
    CONCERN = "concern", gettext_lazy("Live, under an expression of concern")
    RETRACTED = "retracted", gettext_lazy("Retracted, still readable")
    CHANGED = "changed", gettext_lazy("Live, with changes that are not public")
    ENDED = "ended", gettext_lazy("Withdrawn or expired")


_STATUSES = {EditorialStatus.CONCERN: Status.CONCERN, EditorialStatus.RETRACTED: Status.RETRACTED}


def with_status(publications: models.QuerySet) -> models.QuerySet:
    """Annotate publications with the columns that a status is derived from, in one statement for a whole list.

    `live_…` describes the live edition, `scheduled_…` the scheduled one, `last_…` and `ended_at` the last edition
    that has started.
    """
    now = timezone.now()
    own = Edition.objects.filter(publication=OuterRef("pk")).order_by("-visible_from")
    live = own.filter(visible_from__lte=now, visible_until__gt=now)
    public, scheduled = own.ever_public(), own.scheduled()
    return publications.annotate(
        live_from=Subquery(live.values("visible_from")[:1]),
        live_until=Subquery(live.values("expires_at")[:1]),
        live_digest=Subquery(live.values("digest")[:1]),
        live_editorial_status=Subquery(live.values("editorial_status")[:1]),
        scheduled_from=Subquery(scheduled.values("visible_from")[:1]),
        scheduled_digest=Subquery(scheduled.values("digest")[:1]),
        last_published_at=Subquery(public.values("published_at")[:1]),
        ended_at=Subquery(public.values("visible_until")[:1]),
        last_end_reason=Subquery(public.values("end_reason")[:1]),
    )


def status_of(publication) -> Status:
    """Return the status of a publication annotated by `with_status`; of several, the one that readers see."""
    if publication.live_editorial_status:
        return _STATUSES[EditorialStatus(publication.live_editorial_status)]
    if publication.live_from:
        is_public = publication.digest in (publication.live_digest, publication.scheduled_digest)
        return Status.LIVE if is_public else Status.CHANGED
    if publication.scheduled_from:
        return Status.SCHEDULED
    return Status.ENDED if publication.ended_at else Status.DRAFT


def scheduled_end(publication) -> datetime | None:
    """Return when the live edition will end, or None. The publication is annotated by `with_status`."""
    until = publication.live_until
    return until if until and until < FOREVER else None


def in_status(publications: models.QuerySet, status: Status) -> models.QuerySet:
    """Return the publications, annotated by `with_status`, that have a status."""
    live = Q(live_from__isnull=False)
    retracted = Q(live_editorial_status=EditorialStatus.RETRACTED)
    conditions = {
        Status.DRAFT: Q(ended_at__isnull=True, scheduled_from__isnull=True),
        Status.SCHEDULED: Q(scheduled_from__isnull=False),
        Status.LIVE: live,
        Status.CHANGED: live & ~Q(live_digest=models.F("digest")) & ~retracted,
        Status.CONCERN: Q(live_editorial_status=EditorialStatus.CONCERN),
        Status.RETRACTED: retracted,
        Status.ENDED: ~live & Q(ended_at__isnull=False),
    }
    return publications.filter(conditions[status])
