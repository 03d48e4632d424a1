"""Where a publication stands: its states, from the windows of its editions and the digests of texts."""

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy

from publications.locales import datetime_with_zone

from .edition import FOREVER, Edition


class State(models.TextChoices):
    """The states that the desk's list filters by."""

    DRAFT = "draft", gettext_lazy("Never public")
    WAITING = "waiting", gettext_lazy("Scheduled")
    LIVE = "live", gettext_lazy("Live")
    CHANGED = "changed", gettext_lazy("Live, with changes that are not public")
    ENDED = "ended", gettext_lazy("Withdrawn or expired")


def with_standing(publications: models.QuerySet) -> models.QuerySet:
    """Annotate working copies with what the words need: one statement for a whole list."""
    now = timezone.now()
    own = Edition.objects.filter(publication=OuterRef("pk")).order_by("-visible_from")
    live = own.filter(visible_from__lte=now, visible_until__gt=now)
    begun, waiting = own.begun(), own.waiting()
    return publications.annotate(
        live_from=Subquery(live.values("visible_from")[:1]),
        live_until=Subquery(live.values("expires")[:1]),
        live_digest=Subquery(live.values("digest")[:1]),
        waiting_from=Subquery(waiting.values("visible_from")[:1]),
        waiting_digest=Subquery(waiting.values("digest")[:1]),
        dated=Subquery(begun.values("published_at")[:1]),
        ended_at=Subquery(begun.values("visible_until")[:1]),
        ended_as=Subquery(begun.values("end")[:1]),
    )


def own_end(publication) -> datetime | None:
    """The end that the live edition was given, if it has one."""
    until = publication.live_until
    return until if until and until < FOREVER else None


def in_state(publications: models.QuerySet, state: State) -> models.QuerySet:
    """The working copies (annotated by with_standing) in a state."""
    live = Q(live_from__isnull=False)
    chosen = {
        State.DRAFT: Q(ended_at__isnull=True, waiting_from__isnull=True),
        State.WAITING: Q(waiting_from__isnull=False),
        State.LIVE: live,
        State.CHANGED: live & ~Q(live_digest=models.F("digest")),
        State.ENDED: ~live & Q(ended_at__isnull=False),
    }
    return publications.filter(chosen[state])


def moment_in_words(moment) -> str:
    """A moment with its zone: 9 June 2026 07:00 CEST."""
    return datetime_with_zone(moment)
