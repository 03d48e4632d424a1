"""The checks of a draft whose issues have to be confirmed before publishing, in the order of the list (TO_CONFIRM)."""

from collections.abc import Iterator

from .draft import PreflightDraft, PreflightIssue
from .placeholders import placeholders

HIDDEN = "hidden"
"""The name of an issue that is confirmed by itself, also where many are published together."""


def hidden_text(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An imported text that readers of the old site did not see, as one with a password."""
    if draft.hidden_text:
        yield PreflightIssue(HIDDEN, draft.hidden_text)


TO_CONFIRM = (hidden_text, placeholders)
