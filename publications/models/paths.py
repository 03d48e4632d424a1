"""Former paths: addresses of another time (another system, an earlier slug) and what stands for them now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.addresses import LONGEST_FORMER, former

from .prepared_queries import TEXT, PreparedQuery


class FormerPathManager(models.Manager):
    def for_path(self, path: str) -> "FormerPath | None":
        """Return what the path leads to, with the topic, author or page; None for a path that cannot be one."""
        return next(iter(_at_path(path=path)), None) if path else None


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

    objects = FormerPathManager()

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


_at_path = PreparedQuery(
    lambda path: FormerPath.objects.select_related("tag", "author", "page").filter(path=path), path=TEXT
)
