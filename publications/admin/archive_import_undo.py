"""Undo the import of an archive: what it published is taken back, and the drafts that it made are deleted.

Each publication is undone by the actions that editors have for it. What somebody has worked on since stays as it is.
Nothing that was ever public is deleted, and a deleted draft can be restored.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from hashlib import sha256
from operator import or_

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import actions
from publications.importers.reconcile import load_import_states
from publications.models import (
    DELETED_DRAFT_RETENTION,
    ArchiveImport,
    Autosave,
    Comment,
    Edition,
    EditorialPlan,
    PressLink,
    Publication,
    RelatedLink,
    Review,
    Submission,
    with_status,
)

from .drafts.deleted_drafts import delete_draft
from .related_links import editions_linking_to
from .site import render_desk_page, require_permissions

MAX_LINKING_EDITIONS = 100
UNDO_PERMISSIONS = ("add_archiveimport", "publish_publication", "delete_publication")
MODELS_OF_WORK = (Comment, Review, PressLink, EditorialPlan, Submission)
"""Rows of a draft that are the work of somebody: an import makes none of them."""


class UndoEffect(Enum):
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True)
class UndoStep:
    """What undoing an import does to a publication.

    Attributes:
        edition: the live edition that the import has published, and that is taken back.
        reason: why the publication stays as it is.
    """

    publication: Publication
    effect: UndoEffect
    edition: Edition | None = None
    reason: str = ""


def plan_import_undo(job: ArchiveImport, pks: Iterable[int] | None = None) -> list[UndoStep]:
    """Return what undoing an import does, by title; what is no longer public already is left out.

    Args:
        pks: the publications to plan for; None for all that the import has created or published.
    """
    publications = _with_uses(with_status(job.imported_publications), job).order_by("title", "pk")
    publications = list(publications if pks is None else publications.filter(pk__in=pks))
    states = load_import_states([str(publication.uid) for publication in publications])
    editions = job.published_editions.live().filter(publication__in=publications)
    live = {edition.publication_id: edition for edition in editions}
    created = set(
        job.created_publications.filter(pk__in=[each.pk for each in publications]).values_list(
            "pk", flat=True
        )
    )
    steps = (
        _plan_step(
            publication,
            live.get(publication.pk),
            is_edited=states[str(publication.uid)].is_edited,
            is_created=publication.pk in created,
        )
        for publication in publications
    )
    return [step for step in steps if step]


def _with_uses(publications: QuerySet[Publication], job: ArchiveImport) -> QuerySet[Publication]:
    """Annotate as `is_used` whether somebody works with a draft, or a publication of other origin refers to it."""
    others = Publication.objects.exclude(pk__in=job.imported_publications.values("pk"))
    uses = [
        *(model.objects.filter(publication=OuterRef("pk")) for model in MODELS_OF_WORK),
        Autosave.objects.unsaved().filter(publication=OuterRef("pk")),
        others.filter(translation_of=OuterRef("pk")),
        RelatedLink.objects.filter(target=OuterRef("pk"), source__in=others),
    ]
    return publications.annotate(is_used=reduce(or_, map(Exists, uses)))


def _plan_step(
    publication: Publication, edition: Edition | None, *, is_edited: bool, is_created: bool
) -> UndoStep | None:
    if publication.scheduled_from:
        return UndoStep(publication, UndoEffect.KEEP, reason=_("it has been scheduled since"))
    if not publication.live_from and publication.ended_at:
        return None
    if is_edited:
        return UndoStep(publication, UndoEffect.KEEP, reason=_("somebody has edited it since"))
    if not publication.live_from and not is_created:
        return None
    if not publication.live_from and publication.is_used:
        reason = _("somebody works with it, or another text refers to it")
        return UndoStep(publication, UndoEffect.KEEP, reason=reason)
    if not publication.live_from:
        return UndoStep(publication, UndoEffect.DELETE)
    plan = actions.plan_undo(publication) if edition else None
    if not plan:
        return UndoStep(publication, UndoEffect.KEEP, reason=_("somebody has published it since"))
    is_restored = plan.type is actions.UndoType.RESTORE
    return UndoStep(publication, UndoEffect.RESTORE if is_restored else UndoEffect.WITHDRAW, edition)


def undo_import(job: ArchiveImport, *, by) -> Iterator[tuple[UndoStep, str]]:
    """Undo an import, each publication in a transaction of its own; yield each step that was planned.

    It can be repeated after an interruption.

    Yields:
        The step as it was performed, and why it was refused or "".
    """
    for step in plan_import_undo(job):
        try:
            yield _perform(job, step, by), ""
        except Publication.DoesNotExist:
            continue
        except actions.ActionRefused as refusal:
            yield step, " ".join(refusal.reasons)


@transaction.atomic
def _perform(job: ArchiveImport, planned: UndoStep, by) -> UndoStep:
    """Perform a step if it is still what was planned, otherwise leave the publication as it is."""
    publication = planned.publication
    if planned.effect is UndoEffect.KEEP:
        return planned
    actions.lock_for_action(publication.pk)
    step = next(iter(plan_import_undo(job, [publication.pk])), None)
    if step is None or step.effect is not planned.effect:
        return UndoStep(publication, UndoEffect.KEEP)
    if step.effect is UndoEffect.DELETE:
        delete_draft(publication, by=by)
    elif step.edition:
        actions.undo(publication, by=by, edition=step.edition.number)
    return step


@require_permissions(*UNDO_PERMISSIONS)
def archive_import_undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing an import does, then undo it."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    steps = plan_import_undo(job)
    if job.is_unfinished:
        messages.warning(request, _("The import is running. Wait until it has ended, or stop it first."))
        return HttpResponseRedirect(reverse("desk:archive-import", args=[pk]))
    if request.method == "POST" and request.POST.get("seen") == _digest(steps):
        _report(request, undo_import(job, by=request.user))
        return HttpResponseRedirect(reverse("desk:archive-import", args=[pk]))
    if request.method == "POST":
        messages.warning(request, _("What this would do has changed since the page was opened. Look again."))
    taken_back = [step.publication for step in steps if step.effect is UndoEffect.WITHDRAW]
    return render_desk_page(
        request,
        "archive_import_undo",
        title=_("Undo the import of %(file)s") % {"file": job.filename},
        job=job,
        seen=_digest(steps),
        **{effect.value: [step for step in steps if step.effect is effect] for effect in UndoEffect},
        is_effective=any(step.effect is not UndoEffect.KEEP for step in steps),
        linking_editions=list(editions_linking_to(taken_back)[:MAX_LINKING_EDITIONS]) if taken_back else [],
        days=DELETED_DRAFT_RETENTION.days,
    )


def _digest(steps: Iterable[UndoStep]) -> str:
    """Return a digest of what a page shows of a plan."""
    shown = sorted((step.publication.pk, step.effect.value) for step in steps)
    return sha256(repr(shown).encode()).hexdigest()


def _report(request: HttpRequest, steps: Iterable[tuple[UndoStep, str]]) -> None:
    counts: Counter[UndoEffect] = Counter()
    for step, refusal in steps:
        if refusal:
            messages.error(request, f"{step.publication}: {refusal}")
        counts[UndoEffect.KEEP if refusal else step.effect] += 1
    if count := counts[UndoEffect.WITHDRAW]:
        text = ngettext("Withdrawn: %d text.", "Withdrawn: %d texts.", count)
        messages.success(request, text % count)
    if count := counts[UndoEffect.RESTORE]:
        text = ngettext(
            "Readers see the earlier text of %d publication again.",
            "Readers see the earlier text of %d publications again.",
            count,
        )
        messages.success(request, text % count)
    if count := counts[UndoEffect.DELETE]:
        text = ngettext(
            "%d draft is deleted; it can be restored under Deleted drafts.",
            "%d drafts are deleted; they can be restored under Deleted drafts.",
            count,
        )
        messages.success(request, text % count)
    if count := counts[UndoEffect.KEEP]:
        text = ngettext("%d text stays as it is.", "%d texts stay as they are.", count)
        messages.info(request, text % count)
