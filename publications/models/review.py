"""Reviews: a secret address at which somebody without an account reads one revision, and what they said of it."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .publication import Publication
from .revision import Revision

BYTES = 32
MAX_COMMENTS = 200
MAX_COMMENTS_PER_MINUTE = 10
MAX_COMMENT_CHARACTERS = 4000


class ReviewQuerySet(models.QuerySet):
    def unexpired(self) -> "ReviewQuerySet":
        """Those whose address still leads somewhere."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def get_by_token(self, token: str) -> "Review | None":
        """The open review of a token, which nobody but its reader holds."""
        return (
            self.unexpired()
            .filter(token_hash=hash_token(token))
            .select_related("revision", "publication__kind")
            .first()
        )

    def invite(self, revision: Revision, *, reader: str, days: int, by) -> tuple["Review", str]:
        """Make a review of a revision. The token is given this once: only its hash is kept."""
        token = secrets.token_urlsafe(BYTES)
        review = self.create(
            publication=revision.publication,
            revision=revision,
            reader=reader,
            token_hash=hash_token(token),
            created_by=by,
            expires_at=timezone.now() + timedelta(days=days),
        )
        return review, token


def hash_token(token: str) -> str:
    """The hash of a token. It is long and random, so that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


class Review(models.Model):
    """One invitation to read: which revision, whom, until when."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="reviews")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="reviews")
    reader = models.CharField(_("reader"), max_length=100)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("review")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.reader} · {self.publication_id}/{self.revision_id}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def has_expired(self) -> bool:
        return self.revoked_at is None and self.expires_at <= timezone.now()


class ReviewCommentQuerySet(models.QuerySet):
    def unresolved(self) -> "ReviewCommentQuerySet":
        return self.filter(is_resolved=False)

    def recent(self) -> "ReviewCommentQuerySet":
        return self.filter(created_at__gt=timezone.now() - timedelta(minutes=1))


class ReviewComment(models.Model):
    """What a reader said: of one paragraph, of the whole (place 0), or that it is fine as it is.

    The paragraph itself is not copied: it is read from the revision, so that what is redacted there is gone here.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments")
    place = models.PositiveIntegerField(default=0)
    text = models.TextField(_("remark"), max_length=MAX_COMMENT_CHARACTERS, blank=True)
    is_fine = models.BooleanField(default=False)
    is_resolved = models.BooleanField(_("done"), default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        ordering = ["place", "created_at", "pk"]
        verbose_name = _("remark of a reader")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=models.Q(is_fine=True), name="fine_once_a_review"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
