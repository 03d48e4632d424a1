"""The undo of an import at the desk: a page that names what it does, and what it did, in words.

What is undone and what stays is decided by `importers.archive_import_undo`, which the runner of imports calls.
"""

from collections.abc import Iterable
from hashlib import sha256

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.importers.archive_import_undo import (
    UNDO_PERMISSIONS,
    KeepReason,
    UndoEffect,
    UndoStep,
    describe_step,
    plan_import_undo,
)
from publications.importers.archive_imports import start_runner
from publications.locales import language_label
from publications.models import DELETED_DRAFT_RETENTION, ArchiveImport, ArchiveImportTask

from .related_links import editions_linking_to
from .site import render_desk_page, require_permissions

MAX_LINKING_EDITIONS = 100


@require_permissions(*UNDO_PERMISSIONS)
def archive_import_undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing an import does, then let the runner undo it."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    import_page = HttpResponseRedirect(reverse("desk:archive-import", args=[pk]))
    if job.is_unfinished:
        messages.warning(request, _("The import is running. Wait until it has ended, or stop it first."))
        return import_page
    steps = plan_import_undo(job)
    if request.method == "POST" and request.POST.get("seen") == _digest(steps):
        if job.request_run(by=request.user, task=ArchiveImportTask.UNDO):
            start_runner()
        else:
            warn_of_other_request(request)
        return import_page
    if request.method == "POST":
        messages.warning(request, _("What this would do has changed since the page was opened. Look again."))
    withdrawn = [step.publication for step in steps if step.effect is UndoEffect.WITHDRAW]
    rows = {effect.value: [] for effect in UndoEffect}
    for step in steps:
        rows[step.effect.value].append(describe_kept(describe_step(step)))
    later_imports = {step.later_import.pk: step.later_import for step in steps if step.later_import}
    return render_desk_page(
        request,
        "archive_import_undo",
        title=_("Undo the import of %(file)s") % {"file": job.filename},
        job=job,
        seen=_digest(steps),
        **rows,
        is_effective=any(step.effect is not UndoEffect.KEEP for step in steps),
        later_imports=[later_imports[key] for key in sorted(later_imports, reverse=True)],
        linking_editions=list(editions_linking_to(withdrawn)[:MAX_LINKING_EDITIONS]) if withdrawn else [],
        days=DELETED_DRAFT_RETENTION.days,
    )


def warn_of_other_request(request: HttpRequest) -> None:
    messages.warning(request, _("This import is already running: it was started a moment ago."))


def _digest(steps: Iterable[UndoStep]) -> str:
    """Return a digest of what a page shows of a plan."""
    shown = sorted((step.publication.pk, step.effect.value) for step in steps)
    return sha256(repr(shown).encode()).hexdigest()


def describe_undo(report: dict) -> dict:
    """Return what an undo did as sentences, and what it left with the reasons, in the current language."""
    return {
        "sentences": _describe_counts(report.get("counts", {})),
        "kept": [describe_kept(row) for row in report.get("kept", [])],
    }


def describe_kept(row: dict) -> dict:
    """Return a row of `describe_step` with its language, why the text stays, and whether readers see it."""
    row = row | {"language_label": language_label(row["language"])}
    if not row["reason"]:
        return row
    sight = _("readers see it") if row["is_public"] else _("readers do not see it")
    return row | {"label": f"{row['message'] or KeepReason(row['reason']).label} · {sight}"}


def _describe_counts(counts: dict[str, int]) -> list[str]:
    sentences = []
    if count := counts.get(UndoEffect.WITHDRAW):
        sentences.append(ngettext("Withdrawn: %d text.", "Withdrawn: %d texts.", count) % count)
    if count := counts.get(UndoEffect.RESTORE):
        text = ngettext(
            "Readers see the earlier text of %d publication again.",
            "Readers see the earlier text of %d publications again.",
            count,
        )
        sentences.append(text % count)
    if count := counts.get(UndoEffect.DELETE):
        text = ngettext(
            "%d draft is deleted; it can be restored under Deleted drafts.",
            "%d drafts are deleted; they can be restored under Deleted drafts.",
            count,
        )
        sentences.append(text % count)
    return sentences or [_("There was nothing left to undo.")]
