"""Former paths: addresses of another time (another system, an earlier slug) and what stands for them now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.addresses import LONGEST_FORMER, former


class FormerPath(models.Model):
    """A path that once led to a piece, a topic, an author or a site page. Written by deeds alone."""

    path = models.CharField(_("path"), max_length=LONGEST_FORMER, unique=True)
    publication = models.ForeignKey(
        "publications.Publication", on_delete=models.CASCADE, null=True, related_name="former_paths"
    )
    tag = models.ForeignKey(
        "publications.Tag", on_delete=models.CASCADE, null=True, related_name="former_paths"
    )
    author = models.ForeignKey(
        "publications.Author", on_delete=models.CASCADE, null=True, related_name="former_paths"
    )
    page = models.ForeignKey(
        "publications.Page", on_delete=models.CASCADE, null=True, related_name="former_paths"
    )
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("former path")
        verbose_name_plural = _("former paths")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(publication__isnull=False)
                | models.Q(tag__isnull=False)
                | models.Q(author__isnull=False)
                | models.Q(page__isnull=False),
                name="former_path_of_something",
            )
        ]

    def __str__(self) -> str:
        return self.path

    normal = staticmethod(former)
