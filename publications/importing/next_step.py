"""What to do after an import: the first line of its report."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .account import Account, Outcome


def next_step(account: Account) -> str:
    """Return one or two sentences: what became of the files, and the next thing to do."""
    return f"{_what_became(account)} {next(step for rule in RULES for step in rule(account))}"


def _what_became(account: Account) -> str:
    totals = account.totals()
    files, public, held = len(account.entries), totals["published"], totals["held"]
    here = files - account.count(Outcome.REFUSED)
    values = {"files": files, "here": here, "public": public, "held": held}
    if account.is_rehearsal:
        told = _(
            "Rehearsal, nothing was changed: %(here)d of %(files)d files can come in, %(public)d become public."
        )
    elif account.is_publishing:
        told = _("%(here)d of %(files)d files are here; %(public)d became public, %(held)d were held back.")
    else:
        told = _("%(here)d of %(files)d files are here; none was to be published.")
    return told % values


def _nothing_there(account: Account) -> Iterator[str]:
    if not account.entries:
        yield _("Next: name a folder that holds Markdown files.")


def _refused(account: Account) -> Iterator[str]:
    if count := account.count(Outcome.REFUSED):
        yield (
            ngettext(
                "Next: mend or move away %d file that was refused, below, and run the same command again.",
                "Next: mend or move away %d files that were refused, below, and run the same command again.",
                count,
            )
            % count
        )


def _unsigned(account: Account) -> Iterator[str]:
    """Texts that nobody has signed, where most are of the house."""
    unsigned = len(account.held_back().get(_("Not published: %s") % _("An author is missing."), ()))
    if unsigned:
        told = (
            ngettext("Next: %d text names no author.", "Next: %d texts name no author.", unsigned) % unsigned
        )
        how = _(
            "Run the same command with --author NAME, or choose them at the desk and “Set author and publish”."
        )
        yield f"{told} {how}"


def _rehearsed(account: Account) -> Iterator[str]:
    if account.is_rehearsal:
        yield _("Next: run the same command without --dry-run.")


def _held_back(account: Account) -> Iterator[str]:
    """The reason that holds back most of what is left."""
    for reason, held in account.held_back().items():
        yield ngettext(
            "Next: look at %(count)d text that was held back. %(reason)s",
            "Next: look at %(count)d texts that were held back. %(reason)s",
            len(held),
        ) % {"count": len(held), "reason": reason}


def _drafts(account: Account) -> Iterator[str]:
    if not account.is_publishing:
        yield _("Next: read some of them at the desk, then run the same command with --publish.")


def _done(account: Account) -> Iterator[str]:
    yield _("Nothing is left to do.")


RULES: tuple[Callable[[Account], Iterator[str]], ...] = (
    _nothing_there, _refused, _unsigned, _rehearsed, _held_back, _drafts, _done,
)  # fmt: skip
"""In the order of what has to be done first; the first that has something to say says it."""
