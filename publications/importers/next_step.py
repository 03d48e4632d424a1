"""What to do after an import: the first line of its report."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .report import FileOutcome, ImportReport


def next_step(report: ImportReport) -> str:
    """Return one or two sentences: what became of the files, and the next thing to do."""
    return f"{_summary(report)} {next(step for rule in RULES for step in rule(report))}"


def _summary(report: ImportReport) -> str:
    totals = report.totals()
    files, public, held = len(report.files), totals["published"], totals["held"]
    here = files - report.count(FileOutcome.REFUSED)
    values = {"files": files, "here": here, "public": public, "held": held}
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


def _nothing_there(report: ImportReport) -> Iterator[str]:
    if not report.files:
        yield _("Next: name a folder that holds Markdown files.")


def _refused(report: ImportReport) -> Iterator[str]:
    if count := report.count(FileOutcome.REFUSED):
        yield (
            ngettext(
                "Next: mend or move away %d file that was refused, below, and run the same command again.",
                "Next: mend or move away %d files that were refused, below, and run the same command again.",
                count,
            )
            % count
        )


def _unsigned(report: ImportReport) -> Iterator[str]:
    """Texts that nobody signed, where most are by the organisation."""
    unsigned = len(report.held_back().get(_("Not published: %s") % _("An author is missing."), ()))
    if unsigned:
        message = (
            ngettext("Next: %d text names no author.", "Next: %d texts name no author.", unsigned) % unsigned
        )
        how = _(
            "Run the same command with --author NAME, or choose them at the desk and “Set author and publish”."
        )
        yield f"{message} {how}"


def _rehearsed(report: ImportReport) -> Iterator[str]:
    if report.is_dry_run:
        yield _("Next: run the same command without --dry-run.")


def _held_back(report: ImportReport) -> Iterator[str]:
    """The reason that holds back most of what is left."""
    for reason, held in report.held_back().items():
        yield ngettext(
            "Next: look at %(count)d text that was held back. %(reason)s",
            "Next: look at %(count)d texts that were held back. %(reason)s",
            len(held),
        ) % {"count": len(held), "reason": reason}


def _drafts(report: ImportReport) -> Iterator[str]:
    if not report.is_publishing:
        yield _("Next: read some of them at the desk, then run the same command with --publish.")


def _done(report: ImportReport) -> Iterator[str]:
    yield _("Nothing is left to do.")


RULES: tuple[Callable[[ImportReport], Iterator[str]], ...] = (
    _nothing_there, _refused, _unsigned, _rehearsed, _held_back, _drafts, _done,
)  # fmt: skip
"""In the order of what has to be done first; the first that has something to say says it."""
