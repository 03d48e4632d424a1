"""The marks that may stand in place of a redacted passage.

No other text may: whoever could type one would rewrite published texts without a new edition and a second person.
"""

from django.utils.translation import gettext as _
from django.utils.translation import override

from .transaction import ActionRefused

FIXED_MARKS = ("N. N.", "…")
"""Marks that are the same in each language."""


def default_redaction_mark(language: str) -> str:
    """Return the mark of a passage in the language of the text."""
    with override(language):
        return _("[redacted]")


def redaction_marks(language: str) -> tuple[str, ...]:
    """Return all marks for texts in a language, the default first."""
    return (default_redaction_mark(language), *FIXED_MARKS)


def quote_marks(marks: tuple[str, ...]) -> str:
    """Return marks as a message lists them: “N. N.”, “…”."""
    return ", ".join(f"“{mark}”" for mark in marks)


def check_mark(mark: str, language: str) -> None:
    """Check that a mark is one of those for texts in a language.

    Raises:
        ActionRefused: it is empty or another text.
    """
    marks = redaction_marks(language)
    if mark not in marks:
        raise ActionRefused(
            _("“%(mark)s” is no mark that may stand in place of a passage. Choose one of these: %(marks)s.")
            % {"mark": mark, "marks": quote_marks(marks)}
        )
