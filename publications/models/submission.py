"""Submissions: drafts that somebody has handed over to be checked and published."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .edition import Edition
from .publication import Publication


class SubmissionQuerySet(models.QuerySet):
    def unpublished(self) -> "SubmissionQuerySet":
        """Submissions of publications that were neither published nor scheduled since."""
        newer = Edition.objects.not_cancelled().filter(
            publication=OuterRef("publication"), created_at__gt=OuterRef("submitted_at")
        )
        return self.filter(~Exists(newer))


class Submission(models.Model):
    """One draft to be checked: who submitted it, and when."""

    publication = models.OneToOneField(Publication, on_delete=models.CASCADE, related_name="submission")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at"]
        verbose_name = _("draft to check")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.publication)
