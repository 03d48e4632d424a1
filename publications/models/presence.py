"""Who has a draft open now, shown to colleagues."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .publication import Publication

PRESENCE_TIMEOUT = timedelta(seconds=70)
"""How long after its last signal a form counts as open."""


class PresenceQuerySet(models.QuerySet):
    def recent(self) -> "PresenceQuerySet":
        """Presences of forms that are still open."""
        return self.filter(seen_at__gt=timezone.now() - PRESENCE_TIMEOUT).select_related("person")


class Presence(models.Model):
    """A person who has a publication open, shown to colleagues. It is not a lock."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="presences")
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at"]
        verbose_name = _("presence")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "publication"], name="present_once_at_a_piece")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.publication_id}"
