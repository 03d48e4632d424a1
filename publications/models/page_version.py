"""Which pages an action changed, if not every page of the site.

The pages of a publication are its page, those of its editions, and the comparisons of them. They show the publication,
its translations and related publications; an action that publishes a text changes the pages of a few publications and
leaves those of all others as they were. Lists, feeds and all other pages count as changed by every action.
"""

from collections.abc import Iterable

from django.db import models

from .publication import Publication


class PageVersionQuerySet(models.QuerySet):
    def record(self, publications: Iterable[int], number: int) -> None:
        """Record that an action changed the pages of publications, given by primary key, in a site version."""
        rows = [self.model(publication_id=pk, site_version=number) for pk in publications]
        self.bulk_create(
            rows, update_conflicts=True, unique_fields=["publication"], update_fields=["site_version"]
        )

    def changed_since(self, number: int) -> dict[int, int]:
        """Return the site versions at which pages of publications last changed, by publication, if after a version."""
        return dict(self.filter(site_version__gt=number).values_list("publication", "site_version"))


class PageVersion(models.Model):
    """The site version at which the pages of a publication last changed by an action that did not change every page."""

    publication = models.OneToOneField(
        Publication, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    site_version = models.PositiveBigIntegerField(db_index=True)

    objects = PageVersionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.site_version}"
