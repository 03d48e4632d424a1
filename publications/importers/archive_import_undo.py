"""Undo the import of an archive: what it published is taken back, and drafts are deleted or given back as they were.

Each publication is undone by the actions that editors have for it, as `archive_import_undo_plan` says. Nothing that was
ever public is deleted, a deleted draft can be restored, and giving a draft back is a new revision.
"""

from collections import Counter
from collections.abc import Collection

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from publications import actions
from publications.models import ArchiveImport, Publication
from publications.stored_messages import store_message

from .address_undo import remove_addresses
from .archive_import_undo_plan import KeepReason, UndoEffect, UndoStep, describe_step, plan_import_undo
from .imported_file import ImportRefused
from .options import ProgressCallback
from .report_page import restrict_report
from .updated_drafts import revert_draft

BATCH_PUBLICATIONS = 20


def undo_import(job: ArchiveImport, *, progress: ProgressCallback) -> dict:
    """Undo an import in batches, each in a transaction. It can be ended after any batch, and repeated.

    Returns:
        A report for JSON: `counts` by effect and the drafts that were `reverted`, those of a run that was ended before
        included, what is `kept`, and the number of old `addresses` that are removed. The import keeps what its report
        says of what is kept.

    Raises:
        ImportRefused: the clock of the server is behind.
    """
    plan = plan_import_undo(job)
    steps = [step for step in plan if step.is_effective]
    pks = [step.publication.pk for step in steps]
    deleted = {step.publication.pk for step in steps if step.effect is UndoEffect.DELETE}
    counts, refusals = Counter(job.report.get("counts", {})), {}
    reverted = list(job.report.get("reverted", ()))
    progress(0, len(pks))
    for start in range(0, len(pks), BATCH_PUBLICATIONS):
        batch = pks[start : start + BATCH_PUBLICATIONS]
        deleted.difference_update(batch)
        with transaction.atomic():
            undone = counts.total()
            refused = _undo_batch(job, batch, counts, deleted, reverted)
            report = {"counts": counts, "reverted": reverted}
            job.store(report=report, starts=0 if counts.total() > undone else job.starts)
        refusals |= refused
        progress(start + len(batch), len(pks))
    steps = plan_import_undo(job)
    addresses = remove_addresses(job, [step.publication for step in steps])
    kept = [_describe_kept(step, refusals.get(step.publication.pk)) for step in steps]
    kept_uids = {str(step.publication.uid) for step in steps}
    job.store(earlier_report=restrict_report(job.import_report, kept_uids))
    return {"counts": counts, "reverted": reverted, "kept": kept, "addresses": addresses}


def _undo_batch(
    job: ArchiveImport, pks: list[int], counts: Counter[str], deleted: Collection[int], reverted: list[dict]
) -> dict[int, KeepReason]:
    """Undo some publications as they are now; return by primary key why those stay whose action was refused.

    What was done is added to `counts` and `reverted`.
    """
    actions.lock_site_version()
    list(Publication.objects.select_for_update(no_key=True).filter(pk__in=pks).only("pk").order_by("pk"))
    published = set(job.published_editions.filter(publication__in=pks).values_list("pk", flat=True))
    refusals = {}
    for step in plan_import_undo(job, pks, deleted=deleted):
        try:
            missing = _perform(job, step, published)
        except actions.ClockBehind as error:
            raise ImportRefused(str(error)) from error
        except actions.Outdated:
            refusals[step.publication.pk] = KeepReason.CHANGED
        except actions.ActionRefused:
            refusals[step.publication.pk] = KeepReason.REFUSED
        else:
            counts[step.effect] += step.is_effective
            if step.update:
                reverted.append(describe_step(step) | {"missing": [store_message(text) for text in missing]})
    return refusals


def _perform(job: ArchiveImport, step: UndoStep, published: set[int]) -> list[str]:
    """Perform a step; return what of an earlier draft could not be given back, a sentence each."""
    by = job.requested_by
    if step.effect is UndoEffect.DELETE:
        with transaction.atomic():
            job.created_publications.remove(step.publication)  # who restores it later wants it to stay
            actions.delete_draft(step.publication, by=by)
            _log_deletion(step.publication, by=by)
    elif step.edition:
        actions.undo(step.publication, by=by, edition=step.edition.number, import_editions=published)
    return revert_draft(step.update.before, step.update.update, by=by) if step.update else []


def _log_deletion(publication: Publication, *, by: User) -> None:
    """Add to the history of the admin what deleting a draft by hand adds."""
    LogEntry.objects.log_actions(by.pk, [publication], DELETION, single_object=True)


def _describe_kept(step: UndoStep, refusal: KeepReason | None) -> dict:
    """Return a step as plain values, with the reason why it is kept; `refusal` is why its action was refused."""
    return describe_step(step) | {"reason": step.reason or refusal or KeepReason.CHANGED}
