"""The first line of an import report: a summary and the next step."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .report import FileOutcome, ImportReport


def describe_next_step(report: ImportReport) -> str:
    """Return a summary of the files and the next step, in one or two sentences."""
    return f"{_summary(report)} {next(step for rule in RULES for step in rule(report))}"


def _summary(report: ImportReport) -> str:
    totals = report.totals()
    files, public, held_back = len(report.files), totals["published"], totals["held"]
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
    if report.is_dry_run:
        yield _("Next: run the same command without --dry-run.")


def _suggest_held_back(report: ImportReport) -> Iterator[str]:
    """Suggest a look at the texts held back, by reason, the most frequent first."""
    for reason, files in report.held_back().items():
        yield ngettext(
            "Next: look at %(count)d text that was held back. %(reason)s",
            "Next: look at %(count)d texts that were held back. %(reason)s",
            len(files),
        ) % {"count": len(files), "reason": reason}


def _suggest_publishing(report: ImportReport) -> Iterator[str]:
    if not report.is_publishing:
        yield _("Next: read some of them at the desk, then run the same command with --publish.")


def _suggest_nothing(report: ImportReport) -> Iterator[str]:
    yield _("Nothing is left to do.")


RULES: tuple[Callable[[ImportReport], Iterator[str]], ...] = (
    _suggest_folder, _suggest_mending, _suggest_author, _suggest_import, _suggest_held_back, _suggest_publishing,
    _suggest_nothing,
)  # fmt: skip
"""By urgency; the first rule that yields a sentence counts."""
