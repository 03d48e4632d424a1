"""Worklists of the desk, and its first page: which publications need attention from whom."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from publications.models import (
    AuditEntry,
    Autosave,
    Image,
    Presence,
    Publication,
    ReviewComment,
    Revision,
    Status,
    Submission,
    in_status,
    with_status,
)

from .accounts import user_managers
from .drafts.autosave import distinct_autosaves
from .form_urls import restore_url
from .history.audit_log import AuditEntryText, describe_entry
from .related_links import has_links_to_ended
from .site import admin_site, get_publication_or_404, require_permissions
from .status_text import status_with_submission, with_submissions
from .word import can_import_word

STALE_AFTER = timedelta(days=548)  # eighteen months without a save


class Worklist(models.TextChoices):
    """Why a publication needs attention."""

    MINE = "mine", gettext_lazy("My drafts")
    CHECK = "check", gettext_lazy("To check")
    REVIEWED = "reviewed", gettext_lazy("Reviewed: read what was said")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    STALE = "old", gettext_lazy("Public, and untouched for 18 months")
    LINKS_TO_ENDED = "gone", gettext_lazy("Lead to what is no longer public")


WRITER_WORKLISTS = (Worklist.MINE, Worklist.REVIEWED, Worklist.SCHEDULED)
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


def _mine(publications: QuerySet, user) -> QuerySet:
    """Return drafts that this user created or saved and whose text is neither live nor scheduled."""
    not_live = ~Q(digest=models.F("live_digest")) | Q(live_digest__isnull=True)
    not_scheduled = ~Q(digest=models.F("scheduled_digest")) | Q(scheduled_digest__isnull=True)
    return publications.filter(
        _is_own(user), not_live, not_scheduled, Q(ended_at__isnull=True) | Q(live_from__isnull=False)
    )


def _is_own(user) -> Q:
    """Return a condition on drafts that this user created or saved."""
    saved = Revision.objects.filter(publication=OuterRef("pk"), saved_by=user)
    return Q(created_by=user) | Q(Exists(saved))


def _reviewed(publications: QuerySet, user) -> QuerySet:
    """Return drafts with unresolved comments; users who may not publish get their own only."""
    comments = ReviewComment.objects.unresolved().filter(review__publication=OuterRef("pk"))
    commented = publications.filter(Exists(comments))
    may_publish = user.has_perm("publications.publish_publication")
    return commented if may_publish else commented.filter(_is_own(user))


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


def submit_for_checking(publication: Publication, *, by) -> None:
    """Submit a draft for checking, or renew its submission."""
    Submission.objects.update_or_create(
        publication=publication, defaults={"submitted_by": by, "submitted_at": timezone.now()}
    )


@require_permissions("change_publication")
@require_POST
def withdraw_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the submission: the draft is still being written."""
    publication = get_publication_or_404(pk)
    Submission.objects.filter(publication=publication).delete()
    messages.success(request, _("No longer among what is to be checked."))
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))


PREVIEW_PUBLICATIONS = 5
RECENT_ACTIONS = 6
RECENT_PUBLICATIONS = 8
MAX_READ = 100  # revisions for the recent publications, audit entries, and autosaves


@dataclass(frozen=True)
class WorklistPreview:
    """A worklist on the first page.

    Attributes:
        count: how many publications it has in all.
        publications: the first of them.
        url: where all are listed.
    """

    worklist: Worklist
    count: int
    publications: list[Publication]
    url: str

    @property
    def label(self) -> str:
        return self.worklist.label

    @property
    def remaining_count(self) -> int:
        return self.count - len(self.publications)


def index_page(request: HttpRequest) -> HttpResponse:
    """Render the first page of the desk."""
    return admin_site.index(request, build_index_context(request))


def build_index_context(request: HttpRequest) -> dict[str, object]:
    """Return the context of the first page: each section only for users who may see it."""
    user = request.user
    return {
        "autosaves": _unsaved_forms(user),
        "worklists": [
            preview
            for worklist in worklists_for(user)
            if (preview := _preview_worklist(worklist, user)).count
        ],
        "presences": _recent_presences(user),
        "recent_publications": _recent_publications(user),
        "can_import_word": can_import_word(user),
        "recent_actions": _recent_actions(user),
        "administrators": [] if user.get_all_permissions() else list(user_managers().filter(is_active=True)),
    }


def _unsaved_forms(user) -> list[Autosave]:
    """Return the autosaves of this user; of equal ones the newest."""
    autosaves = distinct_autosaves(
        Autosave.objects.unsaved().filter(owner=user).select_related("publication")[:MAX_READ]
    )
    for autosave in autosaves:
        autosave.restore_url = restore_url(autosave, autosave.path) if autosave.path else ""
    return autosaves


def _preview_worklist(worklist: Worklist, user) -> WorklistPreview:
    order = "updated_at" if worklist is Worklist.STALE else "-updated_at"
    publications = worklist_publications(worklist, user).order_by(order, "pk")
    if worklist is Worklist.LINKS_TO_ENDED:  # each query reads every text, so there is only one
        matches = list(publications)
        first, count = matches[:PREVIEW_PUBLICATIONS], len(matches)
    else:
        first = list(publications[:PREVIEW_PUBLICATIONS])
        count = len(first) if len(first) < PREVIEW_PUBLICATIONS else publications.count()
    for publication in first:
        publication.status_text = status_with_submission(publication)
    list_url = reverse("desk:publications_publication_changelist")
    return WorklistPreview(worklist, count, first, f"{list_url}?{urlencode({'waits': worklist.value})}")


def _recent_presences(user) -> list[Presence]:
    """Return which other users have which draft open."""
    if not user.has_perm("publications.change_publication"):
        return []
    return list(
        Presence.objects.recent().exclude(person=user).select_related("publication")[:PREVIEW_PUBLICATIONS]
    )


def _recent_publications(user) -> list[Publication]:
    """Return the publications that this user saved last, newest first."""
    if not user.has_perm("publications.change_publication"):
        return []
    newest = Revision.objects.filter(saved_by=user).order_by("-saved_at", "-pk")
    pks = list(dict.fromkeys(newest.values_list("publication", flat=True)[:MAX_READ]))[:RECENT_PUBLICATIONS]
    publications = Publication.objects.in_bulk(pks)
    return [publications[pk] for pk in pks]


def _recent_actions(user) -> list[AuditEntryText]:
    """Return the last changes that readers see, for those who may read the audit log.

    Images that no edition and no author shows are left out: readers see nothing of them.
    """
    if not user.has_perm("publications.view_auditentry"):
        return []
    entries = list(AuditEntry.objects.select_related("publication")[:MAX_READ])
    images = {entry.detail.get("pk") for entry in entries if entry.detail.get("kind") == "image"}
    shown = Q(editions__isnull=False) | Q(portrays__isnull=False)
    hidden = images - set(Image.objects.filter(shown, pk__in=images).values_list("pk", flat=True))
    visible = [
        entry
        for entry in entries
        if entry.detail.get("kind") != "image" or entry.detail.get("pk") not in hidden
    ]
    return [describe_entry(entry) for entry in visible[:RECENT_ACTIONS]]
