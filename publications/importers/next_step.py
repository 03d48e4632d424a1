"""The first line of an import report: a summary and the next step."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .left_tasks import TASK_OF_REMARK, TASK_OF_TOPIC, LeftTask
from .report import FileOutcome, ImportReport

TASKS_ELSEWHERE = (LeftTask.REFUSED, LeftTask.AUTHOR, LeftTask.KEPT, LeftTask.MADE_SUMMARY)
"""The tasks of which the step or the outcomes of files say something, and the least urgent."""


def describe_next_step(report: ImportReport) -> str:
    """Return a summary of the files, the next step and what is left to do by hand, in a few sentences."""
    step = next((step for rule in RULES for step in rule(report)), "")
    sentences = [_summary(report), step, _describe_left(report)]
    return " ".join(filter(None, sentences)) if any(sentences[1:]) else f"{sentences[0]} {_nothing_left()}"


def _describe_left(report: ImportReport) -> str:
    """Return what is left to do by hand, with the number of texts or addresses, or "" if nothing is."""
    counts = {task: number for task, number in _count_left(report).items() if task not in TASKS_ELSEWHERE}
    tasks = "; ".join(f"{LeftTask(task).label}: {number}" for task, number in counts.items() if number)
    return _("Left to do by hand, listed below: %s.") % tasks if tasks else ""


def _count_left(report: ImportReport) -> dict[LeftTask, int]:
    """Return for each task the number of texts that do not show that it is done, and of addresses."""
    counts = dict.fromkeys(LeftTask, 0)
    for file in report.files:
        for task in {TASK_OF_TOPIC.get(note.topic) for note in file.notes if note not in file.mended} - {
            None
        }:
            counts[task] += 1
    for note in report.source_notes:
        if note.topic in TASK_OF_REMARK:
            counts[TASK_OF_REMARK[note.topic]] += len(note.items)
    return counts


def _nothing_left() -> str:
    return _("Nothing is left to do.")


def _summary(report: ImportReport) -> str:
    totals = report.totals()
    files, public, held_back = len(report.files), totals["became_public"], totals["held"]
    imported = files - report.count(FileOutcome.REFUSED)
    values = {"files": files, "here": imported, "public": public, "held": held_back}
    if report.is_dry_run:
        message = _(
            "Rehearsal, nothing was changed: %(here)d of %(files)d files can come in, %(public)d become public."
        )
    elif report.is_publishing:
        message = _(
            "%(here)d of %(files)d files are here; %(public)d became public, %(held)d were held back."
        )
    else:
        message = _("%(here)d of %(files)d files are here; none was to be published.")
    return message % values


def _suggest_folder(report: ImportReport) -> Iterator[str]:
    if not report.files:
        yield _("Next: name a folder that holds Markdown files.")


def _suggest_mending(report: ImportReport) -> Iterator[str]:
    if count := report.count(FileOutcome.REFUSED):
        yield (
            ngettext(
                "Next: mend or move away %d file that was refused, below, and run the same command again.",
                "Next: mend or move away %d files that were refused, below, and run the same command again.",
                count,
            )
            % count
        )


def _suggest_author(report: ImportReport) -> Iterator[str]:
    """Suggest a default author if texts have none."""
    unsigned = len(report.held_back().get(_("Not published: %s") % _("An author is missing."), ()))
    if unsigned:
        message = (
            ngettext("Next: %d text names no author.", "Next: %d texts name no author.", unsigned) % unsigned
        )
        remedy = _(
            "Run the same command with --author NAME, or choose them at the desk and “Set author and publish”."
        )
        yield f"{message} {remedy}"


def _suggest_import(report: ImportReport) -> Iterator[str]:
    """Suggest the import itself if it would change anything."""
    would_change = any(
        file.is_published or file.outcome in (FileOutcome.NEW, FileOutcome.UPDATED) for file in report.files
    )
    if report.is_dry_run and would_change:
        yield _("Next: run the same command without --dry-run.")


def _suggest_held_back(report: ImportReport) -> Iterator[str]:
    """Suggest a look at the texts held back, with the reason if it is one."""
    reasons, held_back = list(report.held_back()), report.totals()["held"]
    if reasons:
        message = ngettext(
            "Next: look at %(count)d text that was held back. %(reason)s",
            "Next: look at %(count)d texts that were held back. %(reason)s",
            held_back,
        )
        reason = reasons[0] if len(reasons) == 1 else _("Below they are listed by reason.")
        yield message % {"count": held_back, "reason": reason}


def _suggest_publishing(report: ImportReport) -> Iterator[str]:
    if not report.is_publishing and any(not file.was_public for file in report.files):
        yield _("Next: read some of them at the desk, then run the same command with --publish.")


RULES: tuple[Callable[[ImportReport], Iterator[str]], ...] = (
    _suggest_folder, _suggest_mending, _suggest_author, _suggest_import, _suggest_held_back, _suggest_publishing,
)  # fmt: skip
"""By urgency; the first rule that yields a sentence counts. None does if all is done."""
