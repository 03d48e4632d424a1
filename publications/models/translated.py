"""Rows with words in both languages of the site, tables of one row, and rows with counts of editions."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone

from publications.locales import LOCALES, current_locale


class CountedQuerySet(models.QuerySet):
    """Authors or tags beside the editions that name them (`published`)."""

    def with_counts(self) -> "CountedQuerySet":
        """Those that live editions name, each with how many there are (`pieces`) and the last date (`newest`).

        Both are counted for the rows that are read, and for no others.
        """
        names = self.model._meta.get_field("published").field
        live = names.model.objects.live(timezone.now()).filter(**{names.name: models.OuterRef("pk")})
        pieces = live.order_by().values(names.name).annotate(pieces=models.Count("pk")).values("pieces")
        newest = live.order_by("-published_at").values("published_at")[:1]
        return self.filter(models.Exists(live)).annotate(
            pieces=models.Subquery(pieces), newest=models.Subquery(newest)
        )

    def attach_counts(self, counts: Mapping[int, Any]) -> list[Any]:
        """Those with these primary keys, each with `pieces` and `newest` as they were counted."""
        rows = list(self.filter(pk__in=list(counts)))
        for row in rows:
            row.pieces, row.newest = counts[row.pk].count, counts[row.pk].newest
        return rows


class TranslatedModel(models.Model):
    """A row whose readers see it in their tree's language; an empty word falls back to the other one."""

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
    """A table of one row, numbered 1 and made by migration."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="single_%(class)s")]
