"""Abstract models: rows with texts in both languages, tables of one row; and rows with counts of editions."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone

from publications.locales import LOCALES, current_locale


class CountedQuerySet(models.QuerySet):
    """Authors or tags with counts of the editions that name them (related name `published`)."""

    def with_counts(self) -> "CountedQuerySet":
        """Rows that live editions name, annotated with their number (`edition_count`) and last date (`newest`)."""
        foreign_key = self.model._meta.get_field("published").field
        rows = foreign_key.model.objects.live(timezone.now())
        live = rows.filter(**{foreign_key.name: models.OuterRef("pk")})
        counts = live.order_by().values(foreign_key.name).annotate(count=models.Count("pk")).values("count")
        newest = live.order_by("-published_at").values("published_at")[:1]
        return self.filter(models.Exists(live)).annotate(
            edition_count=models.Subquery(counts), newest=models.Subquery(newest)
        )

    def attach_counts(self, counts: Mapping[int, Any]) -> list[Any]:
        """Return the rows with these primary keys, each with the same attributes, from the given counts."""
        rows = list(self.filter(pk__in=list(counts)))
        for row in rows:
            row.edition_count, row.newest = counts[row.pk].count, counts[row.pk].newest
        return rows


class TranslatedModel(models.Model):
    """A row with texts in both languages; an empty one falls back to the other language."""

    class Meta:
        abstract = True

    def get_translation(self, field: str, language: str | None = None, *, fallback: bool = True) -> str:
        """Return a translated field in one language.

        Args:
            field: the name without the language: "title" for `title_en` and `title_sv`.
            language: its code; None is the language of the page.
            fallback: return the other language where this one is empty. Without it return "", for what would read as
                a mistake in the other language.
        """
        locale = current_locale(language)
        others = [code for code in LOCALES if code != locale] if fallback else []
        return next((text for code in (locale, *others) if (text := getattr(self, f"{field}_{code}"))), "")


class SingleRowModel(models.Model):
    """A table of one row with the primary key 1. The row is created by `publications.seeds`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="single_%(class)s")]
