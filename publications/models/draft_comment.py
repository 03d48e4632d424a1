"""Comments on passages of a draft, for colleagues and never public."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .publication import Publication


class DraftCommentQuerySet(models.QuerySet):
    def unresolved(self) -> "DraftCommentQuerySet":
        return self.filter(is_resolved=False)


class DraftComment(models.Model):
    """One comment: who made it, on which passage, and whether it is resolved."""

    class Source(models.TextChoices):
        WORD = "word", _("comment in Word")

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="draft_comments")
    source = models.CharField(max_length=10, choices=Source, default=Source.WORD)
    author_name = models.CharField(_("by"), max_length=150, blank=True)
    passage = models.CharField(_("about"), max_length=300, blank=True)
    text = models.TextField(_("remark"))
    created_at = models.DateTimeField(null=True)
    is_resolved = models.BooleanField(_("done"), default=False)
    position = models.PositiveIntegerField(default=0)

    objects = DraftCommentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")

    def __str__(self) -> str:
        return self.text[:80]
