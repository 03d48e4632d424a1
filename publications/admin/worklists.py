"""Worklists of the desk: which publications need attention from whom. `home.py` shows their first rows."""

from datetime import timedelta

from django.contrib import messages
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from publications.models import (
    NewsEvent,
    NewsType,
    Publication,
    ReviewComment,
    Status,
    Submission,
    in_status,
    is_own,
    with_status,
)

from .related_links import has_links_to_ended
from .site import get_publication_or_404, require_permissions
from .status_text import with_submissions

STALE_AFTER = timedelta(days=548)  # eighteen months without a save


class Worklist(models.TextChoices):
    """Why a publication needs attention."""

    CHECK = "check", gettext_lazy("To check")
    REVIEWED = "reviewed", gettext_lazy("Reviewed: read what was said")
    MINE = "mine", gettext_lazy("My drafts")
    CHANGED = "changed", gettext_lazy("Live, with changes of mine that are not public")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    STALE = "old", gettext_lazy("Public, and untouched for 18 months")
    LINKS_TO_ENDED = "gone", gettext_lazy("Lead to what is no longer public")


WRITER_WORKLISTS = (Worklist.MINE, Worklist.CHANGED, Worklist.REVIEWED, Worklist.SCHEDULED)
PUBLISHER_WORKLISTS = (Worklist.CHECK, Worklist.LINKS_TO_ENDED, Worklist.STALE)


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


def _changed(publications: QuerySet, user) -> QuerySet:
    """Return live publications that this user created or saved, with changes that are neither live nor scheduled."""
    return in_status(publications, Status.CHANGED).filter(is_own(user), NOT_SCHEDULED)


def _reviewed(publications: QuerySet, user) -> QuerySet:
    """Return drafts with unresolved comments; users who may not publish get their own only."""
    comments = ReviewComment.objects.unresolved().filter(review__publication=OuterRef("pk"))
    commented = publications.filter(Exists(comments))
    may_publish = user.has_perm("publications.publish_publication")
    return commented if may_publish else commented.filter(is_own(user))


def _to_check(publications: QuerySet, _person) -> QuerySet:
    return publications.filter(pk__in=Submission.objects.unpublished().values("publication"))


def _scheduled(publications: QuerySet, _person) -> QuerySet:
    return in_status(publications, Status.SCHEDULED)


def _linking_to_ended(publications: QuerySet, _person) -> QuerySet:
    return in_status(publications, Status.LIVE).filter(has_links_to_ended())


def _stale(publications: QuerySet, _person) -> QuerySet:
    return in_status(publications, Status.LIVE).filter(updated_at__lt=timezone.now() - STALE_AFTER)


SELECTIONS = {
    Worklist.MINE: _mine,
    Worklist.CHANGED: _changed,
    Worklist.CHECK: _to_check,
    Worklist.REVIEWED: _reviewed,
    Worklist.SCHEDULED: _scheduled,
    Worklist.LINKS_TO_ENDED: _linking_to_ended,
    Worklist.STALE: _stale,
}


def open_submission(publication: Publication | None) -> Submission | None:
    """Return the submission of a draft for checking, or None if there is none since it was last published."""
    return (
        Submission.objects.unpublished()
        .filter(publication=publication)
        .select_related("submitted_by")
        .first()
        if publication
        else None
    )


@transaction.atomic
def submit_for_checking(publication: Publication, *, by) -> None:
    """Submit a draft for checking, or renew its submission."""
    now = timezone.now()
    Submission.objects.update_or_create(
        publication=publication, defaults={"submitted_by": by, "submitted_at": now}
    )
    NewsEvent.objects.create(type=NewsType.SUBMITTED, publication=publication, by=by, happens_at=now)


@require_permissions("change_publication")
@require_POST
def withdraw_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the submission: the draft is still being written."""
    publication = get_publication_or_404(pk)
    Submission.objects.filter(publication=publication).delete()
    messages.success(request, _("No longer among what is to be checked."))
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
