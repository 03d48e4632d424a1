"""What waits for a person at the desk: the same selections on the first page, in the list and in the counts of both."""

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
from .drafts.autosave import each_once
from .history.audit_log import AuditEntryText, describe_entry
from .related_links import has_links_to_ended
from .site import admin_site, get_publication_or_404, require_permissions
from .status_text import status_with_submission, with_submissions
from .word import can_import_word

STALE_AFTER = timedelta(days=548)  # eighteen months


class Worklist(models.TextChoices):
    """What a publication waits for."""

    MINE = "mine", gettext_lazy("My drafts")
    CHECK = "check", gettext_lazy("To check")
    REVIEWED = "reviewed", gettext_lazy("Reviewed: read what was said")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    OLD = "old", gettext_lazy("Public, and untouched for 18 months")
    GONE = "gone", gettext_lazy("Lead to what is no longer public")


FOR_WRITERS = (Worklist.MINE, Worklist.REVIEWED, Worklist.SCHEDULED)
FOR_PUBLISHERS = (Worklist.CHECK, Worklist.GONE, Worklist.OLD)


def worklists_for(person) -> list[Worklist]:
    """What may wait for this person, in the order in which it is looked after."""
    allowed = [*(FOR_WRITERS if person.has_perm("publications.change_publication") else ())]
    allowed += FOR_PUBLISHERS if person.has_perm("publications.publish_publication") else ()
    return [what for what in Worklist if what in allowed]


def worklist_publications(what: Worklist, person, publications: QuerySet | None = None) -> QuerySet:
    """The drafts (annotated by with_status) that wait so."""
    publications = (
        with_submissions(with_status(Publication.objects.select_related("kind")))
        if publications is None
        else publications
    )
    return SELECTIONS[what](publications, person)


def _mine(publications: QuerySet, person) -> QuerySet:
    """Not given to readers as it stands, and begun or saved by this person."""
    unseen = ~Q(digest=models.F("live_digest")) | Q(live_digest__isnull=True)
    unplanned = ~Q(digest=models.F("scheduled_digest")) | Q(scheduled_digest__isnull=True)
    return publications.filter(
        _own(person), unseen, unplanned, Q(ended_at__isnull=True) | Q(live_from__isnull=False)
    )


def _own(person) -> Q:
    """Begun or saved by this person."""
    saved = Revision.objects.filter(publication=OuterRef("pk"), saved_by=person)
    return Q(created_by=person) | Q(Exists(saved))


def _reviewed(publications: QuerySet, person) -> QuerySet:
    """Readers said something that nobody has dealt with; who does not publish sees that of their own publications."""
    said = ReviewComment.objects.unresolved().filter(review__publication=OuterRef("pk"))
    found = publications.filter(Exists(said))
    return found if person.has_perm("publications.publish_publication") else found.filter(_own(person))


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
    Worklist.GONE: _linking_to_ended,
    Worklist.OLD: _stale,
}


def open_submission(publication: Publication | None) -> Submission | None:
    """The word that a publication is ready, while it stands."""
    return (
        Submission.objects.unpublished()
        .filter(publication=publication)
        .select_related("submitted_by")
        .first()
        if publication
        else None
    )


def submit_for_checking(publication: Publication, *, by) -> None:
    Submission.objects.update_or_create(
        publication=publication, defaults={"submitted_by": by, "submitted_at": timezone.now()}
    )


@require_permissions("change_publication")
@require_POST
def withdraw_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the word back: the draft is still being written."""
    publication = get_publication_or_404(pk)
    Submission.objects.filter(publication=publication).delete()
    messages.success(request, _("No longer among what is to be checked."))
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))


PREVIEW_LENGTH = 5
RECENT_ACTIONS = 6
RECENT_PUBLICATIONS = 8
RECENT_ROWS = 100  # saves among which the latest publications are looked for, and unsaved forms


@dataclass(frozen=True)
class WorklistPreview:
    """One heading of what waits: how many there are, the first of them, and where all are listed."""

    what: Worklist
    number: int
    first: list[Publication]
    url: str

    @property
    def label(self) -> str:
        return self.what.label

    @property
    def more(self) -> int:
        return self.number - len(self.first)


def home(request: HttpRequest) -> HttpResponse:
    """The first page of the desk."""
    return admin_site.index(request, home_context(request))


def home_context(request: HttpRequest) -> dict[str, object]:
    person = request.user
    return {
        "autosaves": _unsaved_forms(person),
        "worklists": [
            each for what in worklists_for(person) if (each := _preview_worklist(what, person)).number
        ],
        "presences": _people_here(person),
        "recent_publications": _worked_on(person),
        "can_import_word": can_import_word(person),
        "recent_actions": _recent_actions(person),
        "administrators": []
        if person.get_all_permissions()
        else list(account_managers().filter(is_active=True)),
    }


def _unsaved_forms(person) -> list[Autosave]:
    """What this person typed and did not save: every form, the same words once."""
    shown = each_once(
        Autosave.objects.unsaved().filter(owner=person).select_related("publication")[:RECENT_ROWS]
    )
    for each in shown:
        each.address = carried_forms.address_of(each, each.path) if each.path else ""
    return shown


def _preview_worklist(what: Worklist, person) -> WorklistPreview:
    order = "updated_at" if what is Worklist.OLD else "-updated_at"
    publications = worklist_publications(what, person).order_by(order, "pk")
    if what is Worklist.GONE:  # each question takes a look at every text, so one is asked
        found = list(publications)
        first, number = found[:PREVIEW_LENGTH], len(found)
    else:
        first = list(publications[:PREVIEW_LENGTH])
        number = len(first) if len(first) < PREVIEW_LENGTH else publications.count()
    for publication in first:
        publication.said = status_with_submission(publication)
    listed = reverse("desk:publications_publication_changelist")
    return WorklistPreview(what, number, first, f"{listed}?{urlencode({'waits': what.value})}")


def _people_here(person) -> list[Presence]:
    """Who else has what open."""
    if not person.has_perm("publications.change_publication"):
        return []
    return list(
        Presence.objects.recent().exclude(person=person).select_related("publication")[:PREVIEW_LENGTH]
    )


def _worked_on(person) -> list[Publication]:
    """What this person saved last, each publication once."""
    if not person.has_perm("publications.change_publication"):
        return []
    newest = Revision.objects.filter(saved_by=person).order_by("-saved_at", "-pk")
    numbers = list(dict.fromkeys(newest.values_list("publication", flat=True)[:RECENT_ROWS]))[
        :RECENT_PUBLICATIONS
    ]
    publications = Publication.objects.in_bulk(numbers)
    return [publications[number] for number in numbers]


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
