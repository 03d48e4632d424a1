"""Approvals: who has approved a draft for publication, exactly as it is.

An approval is of the digest of the draft, so a change of the text makes it void without a write.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .publication import Publication


class ApprovalQuerySet(models.QuerySet):
    def valid(self) -> "ApprovalQuerySet":
        """Approvals of drafts as they are now, by accounts that are active."""
        return self.filter(digest=F("publication__digest"), approved_by__is_active=True)

    def by_others(self, user) -> "ApprovalQuerySet":
        return self.exclude(approved_by=user) if user else self


class Approval(models.Model):
    """One person's approval of a draft for publication."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="approvals")
    digest = models.CharField(max_length=64)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(default=timezone.now)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["approved_at", "pk"]
        verbose_name = _("approval")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "digest", "approved_by"], name="one_approval_by_person_and_text"
            )
        ]

    def __str__(self) -> str:
        return f"{self.approved_by}: {self.publication}"


def needs_approval(publication: Publication, *, is_new: bool = False) -> bool:
    """Return whether two people publish this: by its kind, or by that of its last edition, so that no change of kind
    escapes it.

    Args:
        is_new: it is known to have no edition, which saves a query.
    """
    if publication.kind.needs_approval or is_new:
        return publication.kind.needs_approval
    editions = publication.editions.in_effect().order_by("-number")
    return bool(editions.values_list("kind__needs_approval", flat=True).first())


def approvers_of(publication: Publication, user) -> list:
    """Return the people other than `user` whose approval of the draft as it is counts, in order."""
    approvals: QuerySet = publication.approvals.valid().by_others(user).select_related("approved_by")
    return [
        approval.approved_by
        for approval in approvals
        if approval.approved_by.has_perm("publications.publish_publication")
    ]
