"""Worklists of the desk: which publications need attention from whom. `home.py` shows their first rows."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from publications.models import (
    Approval,
    Comment,
    EditorialPlan,
    EditorialStatus,
    Publication,
    Status,
    Submission,
    find_approvals,
    find_outdated_translations,
    in_status,
    is_assigned,
    is_own,
    with_status,
)

from .related_links import has_links_to_ended
from .status_text import with_submissions

PLANNED_WITHIN = timedelta(days=7)
STALE_AFTER = timedelta(days=548)  # eighteen months without a save


class Worklist(models.TextChoices):
    """Why a publication needs attention."""

    CHECK = "check", gettext_lazy("To check")
    PLANNED = "planned", gettext_lazy("My plan: late, or within a week")
    REVIEWED = "reviewed", gettext_lazy("With open comments")
    MINE = "mine", gettext_lazy("My drafts")
    CHANGED = "changed", gettext_lazy("Live, with changes of mine that are not public")
    TRANSLATIONS = "follow", gettext_lazy("Changed in the other language only")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    CONCERN = "concern", gettext_lazy("Under an expression of concern")
    STALE = "old", gettext_lazy("Public, and untouched for 18 months")
    LINKS_TO_ENDED = "gone", gettext_lazy("Lead to what is no longer public")


WRITER_WORKLISTS = (
    Worklist.PLANNED, Worklist.MINE, Worklist.CHANGED, Worklist.REVIEWED, Worklist.TRANSLATIONS,
    Worklist.SCHEDULED,
)  # fmt: skip
PUBLISHER_WORKLISTS = (Worklist.CHECK, Worklist.CONCERN, Worklist.LINKS_TO_ENDED, Worklist.STALE)


def worklists_for(user) -> list[Worklist]:
    """Return the worklists of a user, in the order of the first page."""
    allowed = [*(WRITER_WORKLISTS if user.has_perm("publications.change_publication") else ())]
    allowed += PUBLISHER_WORKLISTS if user.has_perm("publications.publish_publication") else ()
    return [worklist for worklist in Worklist if worklist in allowed]


def worklist_publications(worklist: Worklist, user, publications: QuerySet | None = None) -> QuerySet:
    """Return the drafts of a worklist.

    Args:
        publications: the drafts to choose from, annotated by `with_status`; None means all.
    """
    publications = (
        with_submissions(with_status(Publication.objects.select_related("kind")))
        if publications is None
        else publications
    )
    return SELECTIONS[worklist](publications, user)


NOT_SCHEDULED = ~Q(digest=models.F("scheduled_digest")) | Q(scheduled_digest__isnull=True)
"""Drafts whose text, as it is now, does not become public by itself."""


def _mine(publications: QuerySet, user) -> QuerySet:
    """Return drafts that this user created or saved, never public and not scheduled with this text."""
    return publications.filter(is_own(user), NOT_SCHEDULED, ended_at__isnull=True)


def _planned(publications: QuerySet, user) -> QuerySet:
    """Return what this user is to write or edit by a day that is over, or within a week."""
    last = timezone.localdate() + PLANNED_WITHIN
    days = Q(planned_on__lte=last) | Q(due_on__lte=last)
    plans = EditorialPlan.objects.open().filter(days, is_assigned(user.pk))
    return publications.filter(pk__in=plans.values("publication"))


def _changed(publications: QuerySet, user) -> QuerySet:
    """Return live publications that this user created or saved, with changes that are neither live nor scheduled."""
    return in_status(publications, Status.CHANGED).filter(is_own(user), NOT_SCHEDULED)


def _reviewed(publications: QuerySet, user) -> QuerySet:
    """Return drafts with unresolved comments; users who may not publish get their own only."""
    comments = Comment.objects.unresolved().filter(publication=OuterRef("pk"))
    commented = publications.filter(Exists(comments))
    may_publish = user.has_perm("publications.publish_publication")
    return commented if may_publish else commented.filter(is_own(user))


def _outdated(publications: QuerySet, user) -> QuerySet:
    """Return texts that have not followed the other language; users who may not publish get their own only."""
    pks = {
        outdated.publication.pk
        for outdated in find_outdated_translations()
        if outdated.is_public or not outdated.is_ended
    }
    outdated = publications.filter(pk__in=pks)
    return outdated if user.has_perm("publications.publish_publication") else outdated.filter(is_own(user))


def _to_check(publications: QuerySet, user) -> QuerySet:
    """Return submitted drafts, without those that this user has approved."""
    submitted = publications.filter(pk__in=Submission.objects.unpublished().values("publication"))
    approvals = Approval.objects.of_current_text().filter(
        approved_by=user, publication__in=submitted.order_by()
    )
    done = [
        approval.publication_id
        for approval in approvals.select_related("publication__kind")
        if approval in find_approvals(approval.publication, None)
    ]
    return submitted.exclude(pk__in=done)


def _scheduled(publications: QuerySet, _person) -> QuerySet:
    return in_status(publications, Status.SCHEDULED)


def _under_concern(publications: QuerySet, _person) -> QuerySet:
    return in_status(publications, Status.CONCERN)


def _linking_to_ended(publications: QuerySet, _person) -> QuerySet:
    return in_status(publications, Status.LIVE).filter(has_links_to_ended())


def _stale(publications: QuerySet, _person) -> QuerySet:
    readable = in_status(publications, Status.LIVE).exclude(live_editorial_status=EditorialStatus.RETRACTED)
    return readable.filter(updated_at__lt=timezone.now() - STALE_AFTER)


SELECTIONS = {
    Worklist.PLANNED: _planned,
    Worklist.MINE: _mine,
    Worklist.CHANGED: _changed,
    Worklist.CHECK: _to_check,
    Worklist.REVIEWED: _reviewed,
    Worklist.TRANSLATIONS: _outdated,
    Worklist.SCHEDULED: _scheduled,
    Worklist.CONCERN: _under_concern,
    Worklist.LINKS_TO_ENDED: _linking_to_ended,
    Worklist.STALE: _stale,
}
