"""What waits for a person at the desk: the same selections on its home, in its list, and in the counts of both."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.models import Publication, Ready, ReviewRemark, Revision, State, in_state, with_standing

from .gone import leads_to_gone
from .handing import with_handing

OLD = timedelta(days=548)  # eighteen months


class Waiting(models.TextChoices):
    """What a piece waits for."""

    MINE = "mine", _("My drafts")
    CHECK = "check", _("To check")
    REVIEWED = "reviewed", _("Reviewed: read what was said")
    SCHEDULED = "scheduled", _("Scheduled")
    OLD = "old", _("Public, and untouched for 18 months")
    GONE = "gone", _("Lead to what is no longer public")


FOR_WRITERS = (Waiting.MINE, Waiting.REVIEWED, Waiting.SCHEDULED)
FOR_PUBLISHERS = (Waiting.CHECK, Waiting.GONE, Waiting.OLD)


def for_person(person) -> list[Waiting]:
    """What may wait for this person, in the order in which it is looked after."""
    allowed = [*(FOR_WRITERS if person.has_perm("publications.change_publication") else ())]
    allowed += FOR_PUBLISHERS if person.has_perm("publications.publish_publication") else ()
    return [what for what in Waiting if what in allowed]


def waiting(what: Waiting, person, pieces: QuerySet | None = None) -> QuerySet:
    """The working copies (annotated by with_standing) that wait so."""
    pieces = (
        with_handing(with_standing(Publication.objects.select_related("kind"))) if pieces is None else pieces
    )
    return CHOSEN[what](pieces, person)


def _mine(pieces: QuerySet, person) -> QuerySet:
    """Not given to readers as it stands, and begun or saved by this person."""
    unseen = ~Q(digest=models.F("live_digest")) | Q(live_digest__isnull=True)
    unplanned = ~Q(digest=models.F("waiting_digest")) | Q(waiting_digest__isnull=True)
    return pieces.filter(
        _own(person), unseen, unplanned, Q(ended_at__isnull=True) | Q(live_from__isnull=False)
    )


def _own(person) -> Q:
    """Begun or saved by this person."""
    saved = Revision.objects.filter(publication=OuterRef("pk"), saved_by=person)
    return Q(created_by=person) | Q(Exists(saved))


def _reviewed(pieces: QuerySet, person) -> QuerySet:
    """Readers said something that nobody has dealt with; who does not publish sees that of their own pieces."""
    said = ReviewRemark.objects.open().filter(review__publication=OuterRef("pk"))
    found = pieces.filter(Exists(said))
    return found if person.has_perm("publications.publish_publication") else found.filter(_own(person))


def _to_check(pieces: QuerySet, _person) -> QuerySet:
    return pieces.filter(pk__in=Ready.objects.open().values("publication"))


def _scheduled(pieces: QuerySet, _person) -> QuerySet:
    return in_state(pieces, State.WAITING)


def _to_gone(pieces: QuerySet, _person) -> QuerySet:
    return in_state(pieces, State.LIVE).filter(leads_to_gone())


def _old(pieces: QuerySet, _person) -> QuerySet:
    return in_state(pieces, State.LIVE).filter(updated_at__lt=timezone.now() - OLD)


CHOSEN = {
    Waiting.MINE: _mine,
    Waiting.CHECK: _to_check,
    Waiting.REVIEWED: _reviewed,
    Waiting.SCHEDULED: _scheduled,
    Waiting.GONE: _to_gone,
    Waiting.OLD: _old,
}
