"""Similarity: which editions are similar, and why. Written by `search`, read by pages.

Rows connect editions, not publications: the windows of both, compared at each query, say when one may be shown beside
the other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from .edition import Edition
from .prepared_queries import DATETIME, INTEGER, PreparedQuery
from .publication import Publication


class EditionTerm(models.Model):
    """A characteristic term of an edition, or a topic or author of it, with its weight in hundredths."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    term = models.CharField(max_length=50)
    weight = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["term", "edition", "weight"], name="term_tells_edition")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.term}"


class SimilarityQuerySet(models.QuerySet):
    def live(self, at: datetime) -> "SimilarityQuerySet":
        """Rows of which both editions are live at the given time, and the similar one stands in lists."""
        return self.filter(
            edition__visible_from__lte=at,
            edition__visible_until__gt=at,
            similar_edition__visible_from__lte=at,
            similar_edition__visible_until__gt=at,
            similar_edition__kind__is_listed=True,
        )

    def not_excluded(self) -> "SimilarityQuerySet":
        """Rows that staff have not excluded."""
        first, second = OuterRef("edition__publication"), OuterRef("similar_edition__publication")
        excluded = ExcludedSuggestion.objects.filter(Q(one=first, other=second) | Q(one=second, other=first))
        return self.filter(~Exists(excluded))

    def unlinked(self, publication: int, at: datetime) -> "SimilarityQuerySet":
        """Rows to editions that staff have not linked to the publication, neither directly nor by a translation."""
        linked = Edition.objects.live(at).filter(publication__linked_from__source=publication).order_by()
        return self.exclude(similar_edition__translation_group__in=linked.values("translation_group"))


class Similarity(models.Model):
    """How similar one edition is to another, and why. Suggestions for drafts are such rows, not stored."""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="similarities", db_index=False
    )
    similar_edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="similarities_to")
    score = models.FloatField()
    tags = models.JSONField(default=list)
    authors = models.JSONField(default=list)
    words = models.JSONField(default=list)

    objects = SimilarityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "similar_edition"], name="alike_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} ~ {self.similar_edition_id}"

    def explain(self, tags: Mapping[int, str], authors: Mapping[int, str], *, with_words: bool = True) -> str:
        """Return the reasons as a sentence: "Both on Belarus and sanctions".

        Args:
            tags: the labels of the tags that may be named, by primary key.
            authors: the names of the authors that may be named, by primary key.
            with_words: whether shared words are a reason: they help editors to judge a suggestion, not readers.
        """
        topics = [tags[pk] for pk in self.tags if pk in tags]
        people = [authors[pk] for pk in self.authors if pk in authors]
        reasons = {
            _("both on %s"): get_text_list(topics, _("and")),
            _("both by %s"): get_text_list(people, _("and")),
            _("much the same words: %s"): ", ".join(self.words) if with_words else "",
        }
        sentence = "; ".join(phrase % names for phrase, names in reasons.items() if names)
        return sentence[:1].upper() + sentence[1:]


def similar_publications(publication_pk: int, at: datetime, count: int) -> list[Similarity]:
    """Return the live editions that are most similar to a publication, the most similar first, in one query.

    Of a translation group one edition is returned, in the language of the publication where there is one. Its own
    translations, linked and excluded publications are left out.

    Args:
        count: at most how many.

    Returns:
        Rows of which only the key of `similar_edition` is loaded.
    """
    return _one_per_translation_group(_suggested_rows(publication=publication_pk, at=at))[:count]


def _suggested(publication: int, at: datetime) -> SimilarityQuerySet:
    rows = Similarity.objects.filter(edition__publication=publication).live(at)
    rows = rows.not_excluded().unlinked(publication, at)
    columns = {
        "own_language": F("edition__language"),
        "translation_group": F("similar_edition__translation_group"),
        "language": F("similar_edition__language"),
    }
    return rows.order_by("-score", "-similar_edition").annotate(**columns)


_suggested_rows = PreparedQuery(_suggested, publication=INTEGER, at=DATETIME)


def _one_per_translation_group(rows: Sequence[Similarity]) -> list[Similarity]:
    best: dict[int, Similarity] = {}
    for row in rows:
        previous = best.get(row.translation_group)
        if not previous or (row.own_language == row.language != previous.language):
            best[row.translation_group] = row
    return list(best.values())


class ExcludedSuggestion(models.Model):
    """Two publications of which staff have excluded each as a suggestion for the other. One row for each pair."""

    one = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="ruled_out_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="ruled_out_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≁ {self.other_id}"

    @staticmethod
    def pair(one: int, other: int) -> dict[str, int]:
        """Return the values of the columns `one` and `other` for two publications in any order."""
        first, second = sorted((one, other))
        return {"one_id": first, "other_id": second}

    @classmethod
    def excluded_with(cls, publication: int) -> set[int]:
        """Return the primary keys of all publications that are excluded as suggestions for this one."""
        rows = cls.objects.filter(Q(one=publication) | Q(other=publication)).values_list("one", "other")
        return {pk for pair in rows for pk in pair} - {publication}
