"""Likeness: which editions are like which, and why. Derived by search, read by pages: only live editions count.

Rows stand between editions, not pieces: the windows of both ends, asked at each reading, say from when and until
when one may be shown beside the other.
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
from .prepared_queries import MOMENT, NUMBER, PreparedQuery
from .publication import Publication


class EditionTerm(models.Model):
    """A term that tells an edition from others, or a topic or author of it, and what it weighs (in hundredths)."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    term = models.CharField(max_length=50)
    weight = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["term", "edition", "weight"], name="term_tells_edition")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.term}"


class SimilarityQuerySet(models.QuerySet):
    def live(self, moment: datetime) -> "SimilarityQuerySet":
        """Those of which both ends are live at the moment."""
        return self.filter(
            edition__visible_from__lte=moment,
            edition__visible_until__gt=moment,
            similar_edition__visible_from__lte=moment,
            similar_edition__visible_until__gt=moment,
        )

    def not_excluded(self) -> "SimilarityQuerySet":
        """Those that staff have not ruled out."""
        here, there = OuterRef("edition__publication"), OuterRef("similar_edition__publication")
        ruled_out = ExcludedSuggestion.objects.filter(Q(one=here, other=there) | Q(one=there, other=here))
        return self.filter(~Exists(ruled_out))

    def unlinked(self, moment: datetime) -> "SimilarityQuerySet":
        """Those that tell nothing that staff have linked to, be it a translation of it."""
        linked = Edition.objects.live(moment).filter(
            publication__linked_from__source=OuterRef("edition__publication"),
            translation_group=OuterRef("similar_edition__translation_group"),
        )
        return self.filter(~Exists(linked))


class Similarity(models.Model):
    """One edition is like another: how much, and on what grounds. Suggestions for drafts are such rows, not stored."""

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

    def in_words(self, tags: Mapping[int, str], authors: Mapping[int, str]) -> str:
        """The grounds as a sentence: "Both on Belarus and sanctions". Only those named here are told."""
        topics = [tags[pk] for pk in self.tags if pk in tags]
        people = [authors[pk] for pk in self.authors if pk in authors]
        told = {
            _("both on %s"): get_text_list(topics, _("and")),
            _("both by %s"): get_text_list(people, _("and")),
            _("much the same words: %s"): ", ".join(self.words),
        }
        sentence = "; ".join(said % what for said, what in told.items() if what)
        return sentence[:1].upper() + sentence[1:]


def similar_publications(publication: int, moment: datetime, count: int) -> list[Similarity]:
    """What is most like the live edition of a piece at the moment, the most alike first; one query.

    Of a text and its translations one is given, in the language of the piece where there is one. Left out are its
    own translations, what staff have linked to and what they have ruled out. Of `other` the key alone is read.
    """
    return _one_of_each_family(_alike(publication=publication, moment=moment))[:count]


def _unsaid(publication: int, moment: datetime) -> SimilarityQuerySet:
    """What is like a piece and neither linked to nor ruled out."""
    rows = (
        Similarity.objects.filter(edition__publication=publication)
        .live(moment)
        .not_excluded()
        .unlinked(moment)
    )
    of_it = {
        "own": F("edition__language"),
        "translation_group": F("similar_edition__translation_group"),
        "language": F("similar_edition__language"),
    }
    return rows.order_by("-score", "-similar_edition").annotate(**of_it)


_alike = PreparedQuery(_unsaid, publication=NUMBER, moment=MOMENT)


def _one_of_each_family(rows: Sequence[Similarity]) -> list[Similarity]:
    best: dict[int, Similarity] = {}
    for row in rows:
        known = best.get(row.translation_group)
        if not known or (row.own == row.language != known.language):
            best[row.translation_group] = row
    return list(best.values())


class ExcludedSuggestion(models.Model):
    """Two publications that staff have ruled out: neither is suggested beside the other. One row for each pair."""

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
        """The two keys of a pair, as its row has them."""
        first, second = sorted((one, other))
        return {"one_id": first, "other_id": second}

    @classmethod
    def partners(cls, publication: int) -> set[int]:
        """All that are ruled out beside a publication."""
        rows = cls.objects.filter(Q(one=publication) | Q(other=publication)).values_list("one", "other")
        return {pk for pair in rows for pk in pair} - {publication}
