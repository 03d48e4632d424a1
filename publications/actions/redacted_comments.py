"""Redact the comments on a draft: their words, their authors' names, and what they quote of the text."""

from publications.markup import Redaction
from publications.models import Comment, Publication, move_comments

from .redacted_values import cut_to_column

COLUMNS = ("author_name", "text", "quote")


def redact_comments(publication: Publication, redaction: Redaction, *, before: str) -> bool:
    """Redact the comments on a draft whose body is redacted; return whether any contained the passage.

    A comment on a part of the passage, such as a first name, quotes the mark.

    Args:
        before: the body before its redaction.
    """
    comments = list(publication.comments.all())
    placed = [comment for comment in comments if comment.range]
    move_comments(placed, before, publication.body)
    for comment in placed:
        if comment.range is None:
            comment.quote = redaction.mark
    Comment.objects.store_ranges(placed)
    changed = [_redact_columns(comment, redaction) for comment in comments]
    return any(changed)


def _redact_columns(comment: Comment, redaction: Redaction) -> bool:
    redacted = {
        name: cut_to_column(Comment, name, redaction.redact_text(getattr(comment, name))) for name in COLUMNS
    }
    changed = {name: value for name, value in redacted.items() if value != getattr(comment, name)}
    if changed:
        Comment.objects.filter(pk=comment.pk).update(**changed)
    return bool(changed)
