"""Undo the import of an archive: what it published is taken back, and the drafts that it made are deleted.

Each publication is undone by the actions that editors have for it. What somebody has worked on since stays as it is,
and `KeepReason` says why. Nothing that was ever public is deleted, and a deleted draft can be restored.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from publications import actions
from publications.models import (
    ArchiveImport,
    Autosave,
    Comment,
    Edition,
    EditorialPlan,
    PressLink,
    Publication,
    RelatedLink,
    Review,
    SiteVersion,
    Submission,
    with_status,
)

from .options import ProgressCallback
from .reconcile import find_edited

BATCH_PUBLICATIONS = 20
UNDO_PERMISSIONS = ("add_archiveimport", "publish_publication", "delete_publication")
MODELS_OF_WORK = (Comment, Review, PressLink, EditorialPlan, Submission)
"""Rows of a draft that are the work of somebody: an import makes none of them."""


class UndoEffect(StrEnum):
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    DELETE = "delete"
    KEEP = "keep"


class KeepReason(models.TextChoices):
    """Why a publication stays as it is; reports store the value."""

    SCHEDULED = "scheduled", _("it has been scheduled since")
    EDITED = "edited", _("somebody has edited it since")
    USED = "used", _("somebody works with it, or another text refers to it")
    IMPORTED = "imported", _("a later import has published it: undo that one first")
    PUBLISHED = "published", _("somebody has published it since")
    REFUSED = "refused", _("it could not be taken back")


@dataclass(frozen=True)
class UndoStep:
    """What undoing an import does to a publication.

    Attributes:
        edition: the live edition that is taken back.
        reason: why the publication stays as it is.
        later_import: the import that has published it since.
    """

    publication: Publication
    effect: UndoEffect
    edition: Edition | None = None
    reason: KeepReason | None = None
    later_import: ArchiveImport | None = None

    @property
    def is_public(self) -> bool:
        """Whether readers see the publication now."""
        return bool(self.publication.live_from)


def plan_import_undo(job: ArchiveImport, pks: Iterable[int] | None = None) -> list[UndoStep]:
    """Return what undoing an import does, by title, in a fixed number of queries.

    What is no longer public, and what the import has only updated, is left out.

    Args:
        pks: the publications to plan for; None for all that the import has created or published.
    """
    publications = _with_uses(with_status(job.imported_publications), job).order_by("title", "pk")
    publications = list(publications if pks is None else publications.filter(pk__in=pks))
    keys = [publication.pk for publication in publications]
    edited = find_edited(keys)
    created = set(job.created_publications.filter(pk__in=keys).values_list("pk", flat=True))
    published = set(job.published_editions.filter(publication__in=keys).values_list("pk", flat=True))
    plans = actions.plan_import_undos(keys, published)
    steps = [
        _plan_step(
            publication,
            plans.get(publication.pk),
            is_edited=publication.pk in edited,
            is_created=publication.pk in created,
        )
        for publication in publications
    ]
    return _name_later_imports(job, [step for step in steps if step])


def _with_uses(publications: QuerySet[Publication], job: ArchiveImport) -> QuerySet[Publication]:
    """Annotate as `is_used` whether somebody works with a draft, or a publication of other origin refers to it."""
    others = Publication.objects.exclude(pk__in=job.imported_publications.values("pk"))
    uses = [
        *(model.objects.filter(publication=OuterRef("pk")) for model in MODELS_OF_WORK),
        Autosave.objects.unsaved().filter(publication=OuterRef("pk")),
        others.filter(translation_of=OuterRef("pk")),
        RelatedLink.objects.filter(target=OuterRef("pk"), source__in=others),
    ]
    return publications.annotate(is_used=reduce(or_, map(Exists, uses))).defer("body")


def _plan_step(
    publication: Publication, plan: actions.UndoPlan | None, *, is_edited: bool, is_created: bool
) -> UndoStep | None:
    is_live, was_public = bool(publication.live_from), bool(publication.ended_at)
    if publication.scheduled_from:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.SCHEDULED)
    if not is_live and (was_public or not is_created):
        return None
    if is_edited:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.EDITED)
    if not is_live and publication.is_used:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.USED)
    if not is_live:
        return UndoStep(publication, UndoEffect.DELETE)
    if not plan:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.PUBLISHED)
    is_restored = plan.type is actions.UndoType.RESTORE
    return UndoStep(publication, UndoEffect.RESTORE if is_restored else UndoEffect.WITHDRAW, plan.edition)


def _name_later_imports(job: ArchiveImport, steps: list[UndoStep]) -> list[UndoStep]:
    """Return the steps with the imports that have published what stays public."""
    kept = [step.publication.pk for step in steps if step.reason is KeepReason.PUBLISHED]
    live = Edition.objects.live().filter(publication__in=kept)
    live = list(live.values_list("publication", "pk", "restored_from"))
    others = ArchiveImport.objects.exclude(pk=job.pk).order_by("added_at", "pk").defer("report")
    editions = {key for _publication, *keys in live for key in keys if key}
    rows = others.filter(published_editions__in=editions).values_list("published_editions", "pk")
    pks, imports = dict(rows), others.in_bulk()
    later = {publication: imports.get(pks.get(pk) or pks.get(origin)) for publication, pk, origin in live}
    return [
        UndoStep(step.publication, step.effect, reason=KeepReason.IMPORTED, later_import=later_import)
        if (later_import := later.get(step.publication.pk))
        else step
        for step in steps
    ]


def undo_import(job: ArchiveImport, *, progress: ProgressCallback) -> dict:
    """Undo an import in batches, each in a transaction. It can be ended after any batch, and repeated.

    Returns:
        A report for JSON: `counts` by effect, those of a run that was ended before included, and what is `kept`.
    """
    pks = [step.publication.pk for step in plan_import_undo(job) if step.effect is not UndoEffect.KEEP]
    counts, refusals = Counter(job.report.get("counts", {})), {}
    progress(0, len(pks))
    for start in range(0, len(pks), BATCH_PUBLICATIONS):
        batch = pks[start : start + BATCH_PUBLICATIONS]
        with transaction.atomic():
            refused = _undo_batch(job, batch, counts)
            job.store(report={"counts": counts})
        refusals |= refused
        progress(start + len(batch), len(pks))
    kept = [describe_step(step, refusals.get(step.publication.pk, "")) for step in plan_import_undo(job)]
    return {"counts": counts, "kept": kept}


def _undo_batch(job: ArchiveImport, pks: list[int], counts: Counter[str]) -> dict[int, str]:
    """Undo some publications as they are now; return by primary key why an action was refused."""
    SiteVersion.objects.select_for_update().get()  # the lock that every action takes first
    list(Publication.objects.select_for_update(no_key=True).filter(pk__in=pks).only("pk").order_by("pk"))
    published = set(job.published_editions.filter(publication__in=pks).values_list("pk", flat=True))
    refusals = {}
    for step in plan_import_undo(job, pks):
        try:
            _perform(step, published, by=job.requested_by)
        except actions.ActionRefused as refusal:
            refusals[step.publication.pk] = " ".join(refusal.reasons)
        else:
            counts[step.effect] += step.effect is not UndoEffect.KEEP
    return refusals


def _perform(step: UndoStep, published: set[int], *, by) -> None:
    if step.effect is UndoEffect.DELETE:
        actions.delete_draft(step.publication, by=by)
    elif step.edition:
        actions.undo(step.publication, by=by, edition=step.edition.number, import_editions=published)


def describe_step(step: UndoStep, message: str = "") -> dict:
    """Return a step as plain values for JSON; `message` is why an action was refused."""
    publication = step.publication
    return {
        "pk": publication.pk,
        "title": str(publication),
        "language": publication.language,
        "reason": (step.reason or KeepReason.REFUSED) if message or step.reason else "",
        "message": message,
        "later_import": step.later_import.pk if step.later_import else None,
        "is_public": step.is_public,
    }
