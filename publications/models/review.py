"""Reviews: secret addresses at which people without an account read one revision and comment on it."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .publication import Publication
from .revision import Revision

TOKEN_BYTES = 32
MAX_COMMENTS = 200
MAX_COMMENTS_PER_MINUTE = 10


class ReviewQuerySet(models.QuerySet):
    def active(self) -> "ReviewQuerySet":
        """Reviews that were neither revoked nor have expired, of drafts that are not deleted."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), publication__deleted_at=None)

    def get_by_token(self, token: str) -> "Review | None":
        """Return the open review of a token, or None."""
        return (
            self.active()
            .filter(token_hash=hash_token(token))
            .select_related("revision", "publication__kind")
            .first()
        )

    def invite(self, revision: Revision, *, reader: str, days: int, by) -> tuple["Review", str]:
        """Create a review of a revision; return it with its token, of which only the hash is stored.

        Args:
            reader: the name of the person invited, for editors.
            days: how long the address is valid.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
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
    """Return the hash of a token. The token is long and random, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class Review(models.Model):
    """An invitation to read a revision until it expires or is revoked."""

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
