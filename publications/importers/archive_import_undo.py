"""Undo the import of an archive: what it published is taken back, and the drafts that it made are deleted.

Each publication is undone by the actions that editors have for it. What somebody has worked on since stays as it is,
and `KeepReason` says why. Nothing that was ever public is deleted, and a deleted draft can be restored.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import or_

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.db import models, transaction
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
    Submission,
    with_status,
)

from .address_undo import remove_addresses
from .imported_file import ImportRefused
from .options import ProgressCallback
from .reconcile import find_edited

BATCH_PUBLICATIONS = 20
MODELS_OF_WORK = (Comment, Review, PressLink, EditorialPlan, Submission)
"""Rows of a publication that are the work of somebody: an import makes none of them."""


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
    REPLACED = "replaced", _("nothing of this import is left there: it has its earlier text again")
    IMPORTED = "imported", _("a later import has published it: undo that one first")
    PUBLISHED = "published", _("somebody has published it since")
    REFUSED = "refused", _("it could not be taken back")
    CHANGED = "changed", _("it has changed during the undo: undo what is left")


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

    What is no longer public, what the import has only updated, and drafts that a later import has stored again are left
    out.

    Args:
        pks: the publications to plan for; None for all that the import has created or published.
        deleted: others that the undo deletes too, so that their references keep nothing.
    """
    publications = _with_work(with_status(job.imported_publications)).order_by("title", "pk")
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
    return _explain_published(job, _keep_referenced([step for step in steps if step], deleted))


def _with_work(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """Annotate as `is_used` whether somebody works with a publication."""
    work = [
        *(model.objects.filter(publication=OuterRef("pk")) for model in MODELS_OF_WORK),
        Autosave.objects.unsaved().filter(publication=OuterRef("pk")),
    ]
    return publications.annotate(is_used=reduce(or_, map(Exists, work))).defer("body")


def _plan_step(
    publication: Publication,
    plan: actions.UndoPlan | None,
    *,
    is_edited: bool,
    is_created: bool,
) -> UndoStep | None:
    is_live, was_public = bool(publication.live_from), bool(publication.ended_at)
    if publication.scheduled_from:
        return UndoStep(publication, UndoEffect.KEEP, reason=KeepReason.SCHEDULED)
    if not is_live and (was_public or not is_created):
        return None
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
    others = ArchiveImport.objects.exclude(pk=job.pk).order_by("added_at", "pk").defer("report")
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


def undo_import(job: ArchiveImport, *, progress: ProgressCallback) -> dict:
    """Undo an import in batches, each in a transaction. It can be ended after any batch, and repeated.

    Returns:
        A report for JSON: `counts` by effect, those of a run that was ended before included, what is `kept`, and the
        number of old `addresses` that are removed.

    Raises:
        ImportRefused: the clock of the server is behind.
    """
    steps = [step for step in plan_import_undo(job) if step.is_effective]
    pks = [step.publication.pk for step in steps]
    deleted = {step.publication.pk for step in steps if step.effect is UndoEffect.DELETE}
    counts, refusals = Counter(job.report.get("counts", {})), {}
    progress(0, len(pks))
    for start in range(0, len(pks), BATCH_PUBLICATIONS):
        batch = pks[start : start + BATCH_PUBLICATIONS]
        deleted.difference_update(batch)
        with transaction.atomic():
            undone = counts.total()
            refused = _undo_batch(job, batch, counts, deleted)
            job.store(report={"counts": counts}, starts=0 if counts.total() > undone else job.starts)
        refusals |= refused
        progress(start + len(batch), len(pks))
    steps = plan_import_undo(job)
    addresses = remove_addresses(job, [step.publication for step in steps])
    kept = [_describe_kept(step, refusals.get(step.publication.pk)) for step in steps]
    return {"counts": counts, "kept": kept, "addresses": addresses}


def _undo_batch(
    job: ArchiveImport, pks: list[int], counts: Counter[str], deleted: Collection[int]
) -> dict[int, KeepReason]:
    """Undo some publications as they are now; return by primary key why those stay whose action was refused."""
    actions.lock_site_version()
    list(Publication.objects.select_for_update(no_key=True).filter(pk__in=pks).only("pk").order_by("pk"))
    published = set(job.published_editions.filter(publication__in=pks).values_list("pk", flat=True))
    refusals = {}
    for step in plan_import_undo(job, pks, deleted=deleted):
        try:
            _perform(job, step, published)
        except actions.ClockBehind as error:
            raise ImportRefused(str(error)) from error
        except actions.Outdated:
            refusals[step.publication.pk] = KeepReason.CHANGED
        except actions.ActionRefused:
            refusals[step.publication.pk] = KeepReason.REFUSED
        else:
            counts[step.effect] += step.is_effective
    return refusals


def _perform(job: ArchiveImport, step: UndoStep, published: set[int]) -> None:
    by = job.requested_by
    if step.effect is UndoEffect.DELETE:
        with transaction.atomic():
            job.created_publications.remove(step.publication)  # who restores it later wants it to stay
            actions.delete_draft(step.publication, by=by)
            _log_deletion(step.publication, by=by)
    elif step.edition:
        actions.undo(step.publication, by=by, edition=step.edition.number, import_editions=published)


def _log_deletion(publication: Publication, *, by: User) -> None:
    """Add to the history of the admin what deleting a draft by hand adds."""
    LogEntry.objects.log_actions(by.pk, [publication], DELETION, single_object=True)


def _describe_kept(step: UndoStep, refusal: KeepReason | None) -> dict:
    """Return a step as plain values, with the reason why it is kept; `refusal` is why its action was refused."""
    return describe_step(step) | {"reason": step.reason or refusal or KeepReason.CHANGED}


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
