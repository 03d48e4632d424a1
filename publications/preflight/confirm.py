"""The checks of a draft whose issues have to be confirmed before publishing, in the order of the list (TO_CONFIRM)."""

from collections.abc import Iterator

from .draft import PreflightDraft, PreflightIssue, describe_broken_links
from .placeholders import placeholders

HIDDEN, PENDING_LINK = "hidden", "pending-link"
"""The names of issues that are confirmed by themselves, as `PLACEHOLDER` is."""


def hidden_text(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An imported text that readers of the old site did not see, as one with a password."""
    if draft.hidden_text:
        yield PreflightIssue(HIDDEN, draft.hidden_text)


def pending_link(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A link to a draft. Two drafts may link to each other: one of them has to be published first."""
    yield from describe_broken_links(draft, draft.pending_links, name=PENDING_LINK)


TO_CONFIRM = (hidden_text, placeholders, pending_link)
