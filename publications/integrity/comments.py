"""Check the places of comments: the range of each in the plain text of its draft, and the words that it quotes."""

from collections.abc import Iterator
from itertools import groupby

from django.db import transaction

from publications import markup
from publications.models import Comment, Publication

from .report import Progress

BATCH_SIZE = 200


def find_misplaced_comments(progress: Progress) -> Iterator[str]:
    """Yield the comments whose range does not have the words that they quote."""
    for comment, _text in _misplaced_comments():
        yield (
            f"Comment {comment.pk} on publication {comment.publication_id} is at characters "
            f"{comment.start} to {comment.end} of its text, which are not the words that it quotes."
        )


@transaction.atomic
def place_comments_again() -> None:
    """Place misplaced comments at the nearest occurrence of their words; without one they have no place."""
    misplaced = []
    for comment, text in list(_misplaced_comments()):
        comment.place(text, markup.find_quote(text, comment.quote, near=comment.start or 0))
        misplaced.append(comment)
    Comment.objects.store_ranges(misplaced)


def _misplaced_comments() -> Iterator[tuple[Comment, str]]:
    """Yield each misplaced comment with the plain text of its draft."""
    placed = Comment.objects.exclude(start=None, end=None).order_by("publication", "pk")
    for pk, comments in groupby(placed.iterator(BATCH_SIZE), key=lambda comment: comment.publication_id):
        body = Publication._base_manager.values_list("body", flat=True).get(pk=pk)
        text = markup.anchor_text(body)
        for comment in comments:
            if (
                comment.range is None
                or text[comment.start : comment.end] != comment.quote
                or not comment.quote
            ):
                yield comment, text
