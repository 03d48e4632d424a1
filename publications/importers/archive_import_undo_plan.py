"""What undoing the import of an archive does: what is taken back, deleted or given back, and why the others stay.

What somebody has worked on since stays as it is, and `KeepReason` says why.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, Max, OuterRef, QuerySet
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
    Revision,
    Submission,
    with_status,
)

from .import_histories import is_edited, load_histories
from .updated_drafts import UpdatedDraft, find_updated_drafts

MODELS_OF_WORK = (Comment, Review, PressLink, EditorialPlan, Submission)
"""Rows of a publication that are the work of somebody: an import makes none of them."""


class UndoEffect(StrEnum):
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    DELETE = "delete"
    REVERT = "revert"
    KEEP = "keep"


class KeepReason(models.TextChoices):
    """Why a publication stays as it is; reports store the value."""

    SCHEDULED = "scheduled", _("it has been scheduled since")
    EDITED = "edited", _("somebody has edited it since")
    USED = "used", _("somebody works with it, or another text refers to it")
    REPLACED = "replaced", _("nothing of this import is left there: it has its earlier text again")
    IMPORTED = "imported", _("a later import has published it: undo that one first")
    UPDATED = "updated", _("a later import has changed it: undo that one first")
    PUBLISHED = "published", _("somebody has published it since")
    REFUSED = "refused", _("it could not be taken back")
    CHANGED = "changed", _("it has changed during the undo: undo what is left")


@dataclass(frozen=True)
class UndoStep:
    """What undoing an import does to a publication.

    Attributes:
        edition: the live edition that is taken back.
        reason: why the publication stays as it is.
        later_import: the import that has published or changed it since.
        update: what the import has changed in a draft that it did not create, and that is given back.
        is_of_update: whether it is about such a draft alone, given back or not.
    """

    publication: Publication
    effect: UndoEffect
    edition: Edition | None = None
    reason: KeepReason | None = None
    later_import: ArchiveImport | None = None
    update: UpdatedDraft | None = None
    is_of_update: bool = False

    @property
    def is_public(self) -> bool:
        """Whether readers see the publication now."""
        return bool(self.publication.live_from)

    @property
    def is_effective(self) -> bool:
        """Whether undoing the import does something to it."""
        return self.effect is not UndoEffect.KEEP

    @property
    def is_left(self) -> bool:
        """Whether undoing the import does something to it, now or after the undo of a later one."""
        return self.is_effective or bool(self.later_import)


def plan_import_undo(
    job: ArchiveImport, pks: Iterable[int] | None = None, *, deleted: Collection[int] = ()
) -> list[UndoStep]:
    """Return what undoing an import does, by title, in a fixed number of queries.

    What is no longer public is left out.

    Args:
        pks: the publications to plan for; None for all that the import has created, updated or published.
        deleted: others that the undo deletes too, so that their references keep nothing.
    """
    publications = _with_work(with_status(job.imported_publications)).order_by("title", "pk")
    pks = None if pks is None else list(pks)
    publications = list(publications if pks is None else publications.filter(pk__in=pks))
    keys = [publication.pk for publication in publications]
    histories = load_histories(Revision.objects.filter(publication__in=keys).defer("manuscript"))
    later_imports = _find_later_imports(job, histories)
    created = set(job.created_publications.filter(pk__in=keys).values_list("pk", flat=True))
    published = set(job.published_editions.filter(publication__in=keys).values_list("pk", flat=True))
    plans = actions.plan_import_undos(keys, published)
    steps = [
        _plan_step(
            publication,
            plans.get(publication.pk),
            later_imports.get(publication.pk),
            is_edited=is_edited(histories[publication.pk]),
            is_created=publication.pk in created,
        )
        for publication in publications
    ]
    steps = _explain_published(job, _keep_referenced([step for step in steps if step], deleted))
    drafts = {draft.publication.pk: draft for draft in find_updated_drafts(job, pks)}
    created = set(job.created_publications.filter(pk__in=drafts).values_list("pk", flat=True))
    steps = [_revert_with(step, drafts.pop(step.publication.pk, None)) for step in steps]
    return _merge_by_title(steps, _plan_reverts([draft for pk, draft in drafts.items() if pk not in created]))


def _with_work(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """Annotate as `is_used` whether somebody works with a publication."""
    work = [
        *(model.objects.filter(publication=OuterRef("pk")) for model in MODELS_OF_WORK),
        Autosave.objects.unsaved().filter(publication=OuterRef("pk")),
    ]
    return publications.annotate(is_used=reduce(or_, map(Exists, work))).defer("body")


def _find_later_imports(
    job: ArchiveImport, histories: Mapping[int, Sequence[Sequence[Revision]]]
) -> dict[int, ArchiveImport]:
    """Return the other import that has stored a draft last, by primary key of the publication."""
    others = ArchiveImport.objects.exclude(pk=job.pk).defer("report", "earlier_report")
    last = {parts[-1][0].pk: pk for pk, parts in histories.items()}
    rows = others.filter(updated_revisions__in=last).values_list("updated_revisions", "pk")
    imports = others.in_bulk({pk for _revision, pk in rows})
    return {last[revision]: imports[pk] for revision, pk in rows}


def _plan_step(
    publication: Publication,
    plan: actions.UndoPlan | None,
    later_import: ArchiveImport | None,
    *,
    is_edited: bool,
    is_created: bool,
) -> UndoStep | None:
    is_live, was_public = bool(publication.live_from), bool(publication.ended_at)
    if publication.scheduled_from:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.SCHEDULED)
    if not is_live and (was_public or not is_created):
        return None
    if later_import and not is_live:
        return UndoStep(publication, UndoEffect.KEEP, None, KeepReason.UPDATED, later_import)
    if is_edited:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.EDITED)
    if publication.is_used:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.USED)
    if not is_live:
        return UndoStep(publication, UndoEffect.DELETE)
    if not plan:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.PUBLISHED)
    is_restored = plan.type is actions.UndoType.RESTORE
    return UndoStep(publication, UndoEffect.RESTORE if is_restored else UndoEffect.WITHDRAW, plan.edition)


def _keep_referenced(steps: list[UndoStep], others: Collection[int]) -> list[UndoStep]:
    """Return the steps without the deletion of drafts to which a publication refers that is not deleted itself."""
    drafts = {step.publication.pk for step in steps if step.effect is UndoEffect.DELETE}
    links = RelatedLink.objects.filter(target__in=drafts, source__in=Publication.objects.all())
    translations = Publication.objects.filter(translation_of__in=drafts)
    references = {*links.values_list("source", "target"), *translations.values_list("pk", "translation_of")}
    deleted = drafts.union(others)
    while kept := {target for source, target in references if target in deleted and source not in deleted}:
        deleted -= kept
    return [
        replace(step, effect=UndoEffect.KEEP, reason=KeepReason.USED)
        if step.publication.pk in drafts - deleted
        else step
        for step in steps
    ]


def _explain_published(job: ArchiveImport, steps: list[UndoStep]) -> list[UndoStep]:
    """Return the steps with why another text is live: an earlier one again, or that of a later import."""
    origins = actions.find_live_origins(
        step.publication.pk for step in steps if step.reason is KeepReason.PUBLISHED
    )
    own = job.published_editions.filter(publication__in=origins).values_list("publication")
    last = dict(own.annotate(Max("pk")))
    others = (
        ArchiveImport.objects.exclude(pk=job.pk).order_by("added_at", "pk").defer("report", "earlier_report")
    )
    rows = others.filter(published_editions__in=origins.values()).values_list("published_editions", "pk")
    pks, imports = dict(rows), others.in_bulk()
    explained = []
    for step in steps:
        origin = origins.get(step.publication.pk)
        if origin and origin < last.get(step.publication.pk, 0):
            step = replace(step, reason=KeepReason.REPLACED)
        elif later_import := imports.get(pks.get(origin)):
            step = replace(step, reason=KeepReason.IMPORTED, later_import=later_import)
        explained.append(step)
    return explained


def _revert_with(step: UndoStep, draft: UpdatedDraft | None) -> UndoStep:
    """Return a step that gives back the draft too, where readers get their earlier text again or have it by now.

    They have it too where somebody published the draft before the import changed it.
    """
    if not draft or draft.later:
        return step
    if step.effect is UndoEffect.RESTORE:
        return replace(step, update=draft)
    has_earlier = step.reason is KeepReason.REPLACED or (
        step.reason is KeepReason.PUBLISHED and not draft.is_public
    )
    return _give_back(draft) if has_earlier and not draft.publication.has_autosave else step


def _give_back(draft: UpdatedDraft) -> UndoStep:
    return UndoStep(draft.publication, UndoEffect.REVERT, update=draft, is_of_update=True)


def _plan_reverts(drafts: list[UpdatedDraft]) -> list[UndoStep]:
    """Return the steps of drafts that the import has only updated."""
    later = ArchiveImport.objects.filter(
        updated_revisions__in=[draft.later for draft in drafts if draft.later]
    )
    pks = dict(later.values_list("updated_revisions", "pk"))
    imports = later.defer("report", "earlier_report").in_bulk()
    steps = []
    for draft in drafts:
        if reason := _find_keep_reason(draft):
            later_import = imports.get(pks.get(draft.later.pk)) if draft.later else None
            step = UndoStep(draft.publication, UndoEffect.KEEP, None, reason, later_import, is_of_update=True)
        else:
            step = _give_back(draft)
        steps.append(step)
    return steps


def _find_keep_reason(draft: UpdatedDraft) -> KeepReason | None:
    """Return why a draft is not given back as it was before the import, or None if it is."""
    reasons = {
        KeepReason.SCHEDULED: draft.publication.scheduled_from,
        KeepReason.UPDATED: draft.later,
        KeepReason.EDITED: draft.is_edited,
        KeepReason.USED: draft.publication.has_autosave,
        KeepReason.PUBLISHED: draft.is_public,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _merge_by_title(*groups: list[UndoStep]) -> list[UndoStep]:
    steps = [step for group in groups for step in group]
    return sorted(steps, key=lambda step: (step.publication.title, step.publication.pk))


def describe_step(step: UndoStep) -> dict:
    """Return a step as plain values for JSON."""
    publication = step.publication
    return {
        "pk": publication.pk,
        "title": str(publication),
        "language": publication.language,
        "reason": step.reason or "",
        "later_import": step.later_import.pk if step.later_import else None,
        "is_public": step.is_public,
    }
