"""Former paths: addresses of another time (another system, an earlier slug) and what stands for them now."""

from urllib.parse import unquote, urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = 500


class FormerPath(models.Model):
    """A path that once led to a piece, a topic, an author or a site page. Written by deeds alone."""

    path = models.CharField(_("path"), max_length=LONGEST, unique=True)
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

    @staticmethod
    def normal(path: str) -> str:
        """The one spelling of a path: decoded, lower-case, without host, query and closing slash; "" if too long."""
        plain = "/" + unquote(urlsplit(path).path).lower().strip("/")
        return plain if len(plain) <= LONGEST and "\0" not in plain else ""
