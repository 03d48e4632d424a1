"""Where a publication stands, in words an editor reads: one sentence from its windows and digests."""

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.languages import datetime_with_zone

from .edition import FOREVER, TAKEN_BACK, Edition


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


def words(publication) -> str:
    """One sentence on an annotated working copy: "Live since 3 May 2026; your changes are not public"."""
    return "; ".join(part for part in (_now(publication), _next(publication)) if part)


def _next(publication) -> str:
    """What waits, and whether it is the text as it stands."""
    if not publication.waiting_from:
        return ""
    if publication.waiting_digest == publication.digest:
        said = _("this text goes public %s") if publication.live_from else _("goes public %s")
    else:
        said = _("an earlier text goes public %s, without your later changes")
    return said % moment_in_words(publication.waiting_from)


def moment_in_words(moment) -> str:
    """A moment with its zone: 9 June 2026 07:00 CEST."""
    return datetime_with_zone(moment)


def _now(publication) -> str:
    if publication.live_from:
        return _live(publication)
    if not publication.ended_at:
        return "" if publication.waiting_from else _("Draft, never public")
    ended = _("Withdrawn %s") if publication.ended_as in TAKEN_BACK else _("Expired %s")
    return ended % date_format(timezone.localtime(publication.ended_at), "DATE_FORMAT")


def _live(publication) -> str:
    since = _("Live since %s") % date_format(timezone.localtime(publication.live_from), "DATE_FORMAT")
    if until := own_end(publication):
        since = _("%(since)s, until %(until)s") % {"since": since, "until": moment_in_words(until)}
    if publication.digest not in (publication.live_digest, publication.waiting_digest):
        return _("%s; your changes are not public") % since
    return since
