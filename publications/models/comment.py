"""Comments on drafts, by colleagues, by readers of a review link and from Word files. They are never public.

A thread is a comment with its replies. It is about words of the text, whose range in the plain text of the saved draft
is stored beside it (`markup.anchors`), or about the draft as a whole. The text itself holds no trace of comments.
"""

from collections.abc import Iterable
from itertools import chain

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import full_name_of
from publications import manuscript, markup
from publications.markup import TextRange

from .publication import Publication

MAX_COMMENT_CHARACTERS = 4000
MAX_DRAFT_COMMENTS = 1000
"""Comments in open threads of one draft, replies and those of all review links included."""
MAX_QUOTE_CHARACTERS = 5000


class CommentQuerySet(models.QuerySet):
    def threads(self) -> "CommentQuerySet":
        """The first comments of threads, in the order of the text, with all that a page shows of them."""
        replies = Comment.objects.select_related("author", "review").order_by("created_at", "pk")
        return (
            self.filter(thread=None)
            .select_related("author", "review", "resolved_by")
            .prefetch_related(Prefetch("replies", replies))
            .order_by(F("start").asc(nulls_last=True), "created_at", "pk")
        )

    def unresolved(self) -> "CommentQuerySet":
        """The threads that somebody has still to answer: an approval asks for nothing."""
        return self.filter(thread=None, resolved_at=None, is_approval=False)

    def is_full(self) -> bool:
        """Return whether open threads of these, the comments on a draft, have as many as it can have."""
        is_open = Q(resolved_at=None) & (Q(thread=None) | Q(thread__resolved_at=None))
        return self.filter(is_open).count() >= MAX_DRAFT_COMMENTS

    def follow_texts(self, publications: Iterable[Publication]) -> None:
        """Move the comments of drafts along with their changed texts, before revisions of these are stored."""
        bodies = {publication.pk: publication.body for publication in publications}
        by_draft: dict[int, list[Comment]] = {}
        for comment in self.filter(publication__in=bodies).exclude(quote=""):
            by_draft.setdefault(comment.publication_id, []).append(comment)
        stored = _stored_manuscripts(by_draft)
        for pk, comments in by_draft.items():
            before = manuscript.loads(stored[pk]).body if pk in stored else ""
            move_comments(comments, before, bodies[pk])
        self.store_ranges(chain(*by_draft.values()))

    def store_ranges(self, comments: Iterable["Comment"]) -> None:
        """Store where comments are, after `Comment.place` or `move_comments`."""
        self.bulk_update(list(comments), ["start", "end", "quote"])


def _stored_manuscripts(pks: Iterable[int]) -> dict[int, str]:
    """Return the manuscripts of the last revisions of drafts, by the key of the draft."""
    if not pks:
        return {}
    drafts = Publication._base_manager.filter(pk__in=pks, revisions__number=F("version"))
    return dict(drafts.values_list("pk", "revisions__manuscript"))


class Comment(models.Model):
    """A comment, a reply to one, or the approval of a reader.

    Attributes:
        thread: the first comment of the thread, for replies.
        author: the account that wrote it. A reader has a `review`, a comment from Word an `author_name`.
        passage: of a reader's comment, the number of the passage of the reviewed revision; 0 for the whole text.
        quote: the words that it is about, as they are or were last in the text; "" for the draft as a whole.
        start, end: their range in the plain text of the saved draft; None where they are not in it.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="comments")
    thread = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    author_name = models.CharField(max_length=150, blank=True)
    review = models.ForeignKey(
        "publications.Review", on_delete=models.CASCADE, null=True, related_name="comments"
    )
    passage = models.PositiveIntegerField(default=0)
    text = models.TextField(_("comment"), blank=True)
    is_approval = models.BooleanField(default=False)
    quote = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, null=True)
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=models.Q(is_approval=True), name="fine_once_a_review"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def author_label(self) -> str:
        """Who wrote it, by name."""
        if self.review:
            return self.review.reader
        return full_name_of(self.author) or self.author_name or str(_("A former colleague"))

    @property
    def resolved_by_label(self) -> str:
        return full_name_of(self.resolved_by)

    @property
    def origin(self) -> str:
        """Where a comment of somebody without an account is from, or ""."""
        if self.review:
            return str(_("reader"))
        return str(_("in Word")) if self.author_name and not self.author else ""

    @property
    def fragment(self) -> str:
        """The fragment of its thread on the form of the draft."""
        return f"#comment-{self.thread_id or self.pk}"

    @property
    def range(self) -> TextRange | None:
        return None if self.start is None or self.end is None else TextRange(self.start, self.end)

    def place(self, text: str, text_range: TextRange | None) -> None:
        """Set the range in the plain text of the draft, in memory; the words stay where there is none."""
        self.start, self.end = None, None
        if text_range:
            self.quote = text[text_range.start : text_range.end][:MAX_QUOTE_CHARACTERS]
            self.start, self.end = text_range.start, text_range.start + len(self.quote)


def move_comments(comments: Iterable[Comment], before: str, after: str) -> None:
    """Place comments in a changed text, in memory; words that are not in it are looked for.

    Args:
        before, after: the Markdown of the draft.
    """
    comments = list(comments)
    if before == after and all(comment.range for comment in comments):
        return
    text = markup.anchor_text(after)
    if before != after:
        placed = [comment for comment in comments if comment.range]
        moved = markup.move_ranges(markup.anchor_text(before), text, [comment.range for comment in placed])
        for comment, text_range in zip(placed, moved, strict=True):
            comment.place(text, text_range)
    for comment in comments:
        if comment.range is None:
            comment.place(text, markup.find_quote(text, comment.quote))
