"""The undo of an import at the desk: a page that names what it does, and what it did, in words.

What is undone and what stays is decided by `importers.archive_import_undo_plan`, which the runner of imports calls.
"""

from collections.abc import Iterable
from hashlib import sha256

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.importers.address_undo import has_removable_addresses
from publications.importers.archive_import_undo_plan import (
    KeepReason,
    UndoEffect,
    UndoStep,
    describe_step,
    plan_import_undo,
)
from publications.importers.archive_imports import permissions_of, start_runner
from publications.locales import language_label
from publications.models import DELETED_DRAFT_RETENTION, ArchiveImport, ArchiveImportTask
from publications.stored_messages import show_message

from .related_links import editions_linking_to
from .site import render_desk_page, require_permissions

MAX_LINKING_EDITIONS = 100
MAX_LISTED_STEPS = 200
"""How many texts are listed of those that are withdrawn, of those that are deleted, and so on."""


@require_permissions(*permissions_of(ArchiveImportTask.UNDO))
def archive_import_undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing an import does, then let the runner undo it."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    import_page = HttpResponseRedirect(reverse("desk:archive-import", args=[pk]))
    if job.is_unfinished:
        messages.warning(request, _("The import is running. Wait until it has ended, or stop it first."))
        return import_page
    steps = plan_import_undo(job)
    has_addresses = has_removable_addresses(job)
    is_effective = has_addresses or any(step.is_effective for step in steps)
    if request.method == "POST" and is_effective and request.POST.get("seen") == _digest(steps):
        if job.request_run(by=request.user, task=ArchiveImportTask.UNDO):
            start_runner()
        else:
            warn_of_other_request(request)
        return import_page
    if request.method == "POST":
        messages.warning(request, _("What this would do has changed since the page was opened. Look again."))
    withdrawn = [step.publication for step in steps if step.effect is UndoEffect.WITHDRAW]
    groups = {
        effect.value: _limit_rows([describe_step(step) for step in steps if step.effect is effect])
        for effect in UndoEffect
    }
    later_imports = {step.later_import.pk: step.later_import for step in steps if step.later_import}
    return render_desk_page(
        request,
        "archive_import_undo",
        title=_("Undo the import of %(file)s") % {"file": job.filename},
        job=job,
        seen=_digest(steps),
        **groups,
        is_effective=is_effective,
        later_imports=[later_imports[key] for key in sorted(later_imports, reverse=True)],
        linking_editions=list(editions_linking_to(withdrawn)[:MAX_LINKING_EDITIONS]) if withdrawn else [],
        days=DELETED_DRAFT_RETENTION.days,
        has_addresses=has_addresses or job.kept_addresses.exists(),
    )


def warn_of_other_request(request: HttpRequest) -> None:
    messages.warning(request, _("This import is already running: it was started a moment ago."))


def _digest(steps: Iterable[UndoStep]) -> str:
    """Return a digest of what a page shows of a plan."""
    shown = sorted((step.publication.pk, step.effect.value, bool(step.update)) for step in steps)
    return sha256(repr(shown).encode()).hexdigest()


def describe_undo(report: dict) -> dict:
    """Return the outcome of an undo, what it did as sentences, and what it left with the reasons.

    All is in the current language; of an undo that ended early the sentences are those of its batches.
    """
    sentences = _describe_counts(report.get("counts", {})) + _describe_addresses(report.get("addresses", 0))
    kept, reverted = _limit_rows(report.get("kept", [])), _limit_rows(report.get("reverted", []))
    # A text that has its earlier words again stands among those that stay, but has nothing of the import.
    has_rest = any(row["reason"] != KeepReason.REPLACED for row in report.get("kept", []))
    outcome = _describe_outcome(bool(sentences), has_rest)
    return {"outcome": outcome, "sentences": sentences, "kept": kept, "reverted": reverted}


def _limit_rows(rows: list[dict]) -> dict:
    """Return the number of rows, the first ones to be listed, and how many more there are; empty if there is none."""
    listed = [describe_kept(row) for row in rows[:MAX_LISTED_STEPS]]
    return {"number": len(rows), "rows": listed, "more": len(rows) - len(listed)} if rows else {}


def _describe_outcome(is_effective: bool, has_rest: bool) -> str:
    if is_effective:
        return _("The import is undone in part.") if has_rest else _("The import is undone.")
    return _("Nothing is undone.") if has_rest else _("There was nothing left to undo.")


def describe_kept(row: dict) -> dict:
    """Return a row of `describe_step` with its language, what it lacks, why it stays, and whether readers see it.

    Rows of an older release may have a `message` with a reason of its own. An unknown reason is shown as it is.
    """
    missing = [show_message(text) for text in row.get("missing", ())]
    row = row | {"language_label": language_label(row["language"]), "missing": missing}
    reason = row["reason"]
    if not reason:
        return row
    sight = _("readers see it") if row["is_public"] else _("readers do not see it")
    labels = dict(KeepReason.choices)
    return row | {"label": f"{row.get('message') or labels.get(reason, reason)} · {sight}"}


def _describe_addresses(count: int) -> list[str]:
    return (
        [ngettext("%d old address removed", "%d old addresses removed", count) % count + "."] if count else []
    )


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
            "{count} draft is deleted; it can be restored under {link}.",
            "{count} drafts are deleted; they can be restored under {link}.",
            count,
        )
        link = format_html('<a href="{}">{}</a>', reverse("desk:deleted-drafts"), _("Deleted drafts"))
        sentences.append(format_html(text, count=count, link=link))
    if count := counts.get(UndoEffect.REVERT):
        text = ngettext(
            "%d draft that it had changed is as before the import.",
            "%d drafts that it had changed are as before the import.",
            count,
        )
        sentences.append(text % count)
    return sentences
