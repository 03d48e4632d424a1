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

from . import carried_forms
from .accounts import account_managers
from .drafts.autosave import distinct_autosaves
from .history.audit_log import AuditEntryText, describe_entry
from .related_links import has_links_to_ended
from .site import admin_site, get_publication_or_404, require_permissions
from .status_text import status_with_submission, with_submissions
from .word import can_import_word

STALE_AFTER = timedelta(days=548)  # eighteen months


class Worklist(models.TextChoices):
    """Why a publication needs attention."""

    MINE = "mine", gettext_lazy("My drafts")
    CHECK = "check", gettext_lazy("To check")
    REVIEWED = "reviewed", gettext_lazy("Reviewed: read what was said")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    STALE = "old", gettext_lazy("Public, and untouched for 18 months")
    LINKS_TO_ENDED = "gone", gettext_lazy("Lead to what is no longer public")


FOR_WRITERS = (Worklist.MINE, Worklist.REVIEWED, Worklist.SCHEDULED)
FOR_PUBLISHERS = (Worklist.CHECK, Worklist.LINKS_TO_ENDED, Worklist.STALE)


def worklists_for(person) -> list[Worklist]:
    """Return the worklists of a person, in the order of the first page."""
    allowed = [*(FOR_WRITERS if person.has_perm("publications.change_publication") else ())]
    allowed += FOR_PUBLISHERS if person.has_perm("publications.publish_publication") else ()
    return [worklist for worklist in Worklist if worklist in allowed]


def worklist_publications(worklist: Worklist, person, publications: QuerySet | None = None) -> QuerySet:
    """Return the drafts of a worklist.

    Args:
        publications: the drafts to choose from, annotated by `with_status`; None means all.
    """
    publications = (
        with_submissions(with_status(Publication.objects.select_related("kind")))
        if publications is None
        else publications
    )
    return SELECTIONS[worklist](publications, person)


def _mine(publications: QuerySet, person) -> QuerySet:
    """Return drafts that this person created or saved and whose text is neither live nor scheduled."""
    not_live = ~Q(digest=models.F("live_digest")) | Q(live_digest__isnull=True)
    not_scheduled = ~Q(digest=models.F("scheduled_digest")) | Q(scheduled_digest__isnull=True)
    return publications.filter(
        _own(person), not_live, not_scheduled, Q(ended_at__isnull=True) | Q(live_from__isnull=False)
    )


def _own(person) -> Q:
    """Return the condition that this person created or saved a draft."""
    saved = Revision.objects.filter(publication=OuterRef("pk"), saved_by=person)
    return Q(created_by=person) | Q(Exists(saved))


def _reviewed(publications: QuerySet, person) -> QuerySet:
    """Return drafts with unresolved comments; people who cannot publish get their own only."""
    comments = ReviewComment.objects.unresolved().filter(review__publication=OuterRef("pk"))
    commented = publications.filter(Exists(comments))
    can_publish = person.has_perm("publications.publish_publication")
    return commented if can_publish else commented.filter(_own(person))


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


PREVIEW_LENGTH = 5
RECENT_ACTIONS = 6
RECENT_PUBLICATIONS = 8
RECENT_ROWS = 100  # revisions read for the recent publications, and autosaves


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
    def more(self) -> int:
        return self.count - len(self.publications)


def home(request: HttpRequest) -> HttpResponse:
    """Render the first page of the desk."""
    return admin_site.index(request, home_context(request))


def home_context(request: HttpRequest) -> dict[str, object]:
    """Return the context of the first page: each section only for people who may see it."""
    person = request.user
    return {
        "autosaves": _unsaved_forms(person),
        "worklists": [
            preview
            for worklist in worklists_for(person)
            if (preview := _preview_worklist(worklist, person)).count
        ],
        "presences": _recent_presences(person),
        "recent_publications": _recent_publications(person),
        "can_import_word": can_import_word(person),
        "recent_actions": _recent_actions(person),
        "administrators": []
        if person.get_all_permissions()
        else list(account_managers().filter(is_active=True)),
    }


def _unsaved_forms(person) -> list[Autosave]:
    """Return the autosaves of this person; of equal ones the newest."""
    autosaves = distinct_autosaves(
        Autosave.objects.unsaved().filter(owner=person).select_related("publication")[:RECENT_ROWS]
    )
    for autosave in autosaves:
        autosave.address = carried_forms.held_form_url(autosave, autosave.path) if autosave.path else ""
    return autosaves


def _preview_worklist(worklist: Worklist, person) -> WorklistPreview:
    order = "updated_at" if worklist is Worklist.STALE else "-updated_at"
    publications = worklist_publications(worklist, person).order_by(order, "pk")
    if worklist is Worklist.LINKS_TO_ENDED:  # each query reads every text, so there is only one
        matches = list(publications)
        first, count = matches[:PREVIEW_LENGTH], len(matches)
    else:
        first = list(publications[:PREVIEW_LENGTH])
        count = len(first) if len(first) < PREVIEW_LENGTH else publications.count()
    for publication in first:
        publication.status_text = status_with_submission(publication)
    list_url = reverse("desk:publications_publication_changelist")
    return WorklistPreview(worklist, count, first, f"{list_url}?{urlencode({'waits': worklist.value})}")


def _recent_presences(person) -> list[Presence]:
    """Return who else has which draft open."""
    if not person.has_perm("publications.change_publication"):
        return []
    return list(
        Presence.objects.recent().exclude(person=person).select_related("publication")[:PREVIEW_LENGTH]
    )


def _recent_publications(person) -> list[Publication]:
    """Return the publications that this person saved last, newest first."""
    if not person.has_perm("publications.change_publication"):
        return []
    newest = Revision.objects.filter(saved_by=person).order_by("-saved_at", "-pk")
    pks = list(dict.fromkeys(newest.values_list("publication", flat=True)[:RECENT_ROWS]))[
        :RECENT_PUBLICATIONS
    ]
    publications = Publication.objects.in_bulk(pks)
    return [publications[pk] for pk in pks]


def _recent_actions(person) -> list[AuditEntryText]:
    """Return the last changes that readers see, for those who may read the audit log.

    Images that no edition and no author shows are left out: readers see nothing of them.
    """
    if not person.has_perm("publications.view_auditentry"):
        return []
    entries = list(AuditEntry.objects.select_related("publication")[:RECENT_ROWS])
    images = {entry.detail.get("pk") for entry in entries if entry.detail.get("kind") == "image"}
    shown = Q(editions__isnull=False) | Q(portrays__isnull=False)
    hidden = images - set(Image.objects.filter(shown, pk__in=images).values_list("pk", flat=True))
    visible = [
        entry
        for entry in entries
        if entry.detail.get("kind") != "image" or entry.detail.get("pk") not in hidden
    ]
    return [describe_entry(entry) for entry in visible[:RECENT_ACTIONS]]
