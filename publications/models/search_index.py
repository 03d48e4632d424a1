"""Spellings: what words the index knows, and which of them mean the same."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .translated import SingleRowModel

MAX_SPELLINGS = 30


class Synonym(models.Model):
    """Equal spellings: a search for one of them finds the others. Edited at the desk."""

    spellings = models.TextField(
        _("spellings"),
        max_length=2000,
        help_text=_(
            "One per line: names in transliteration, abbreviations, the same name in other languages."
        ),
    )

    class Meta:
        ordering = ["spellings"]
        verbose_name = _("equal spellings")
        verbose_name_plural = _("equal spellings")

    def __str__(self) -> str:
        return " · ".join(self.listed)

    @property
    def listed(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.spellings.splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> None:
        self.spellings = "\n".join(self.listed)
        if len(self.listed) < 2:
            raise ValidationError({"spellings": _("Give at least two spellings, each on a line of its own.")})
        if len(self.listed) > MAX_SPELLINGS:
            raise ValidationError(
                {"spellings": _("At most %d spellings, please: each is looked for.") % MAX_SPELLINGS}
            )


class IndexedTerm(models.Model):
    """A term of the index, and how many of its rows hold it: for the nearest spelling, and for likeness."""

    OPENING = 3

    term = models.CharField(max_length=50, unique=True)
    prefix = models.CharField(max_length=OPENING, db_index=True)
    edition_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.term

    @classmethod
    def of(cls, term: str, pieces: int) -> "IndexedTerm":
        return cls(term=term, prefix=term[: cls.OPENING], edition_count=pieces)


class NamedTerm(models.Model):
    """A term by which a topic, a person or a row of spellings is called; `sign` says which."""

    term = models.CharField(max_length=50)
    row_key = models.CharField(max_length=24, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "row_key"], name="named_once")]

    def __str__(self) -> str:
        return f"{self.term} → {self.sign}"


class SearchIndex(SingleRowModel):
    """By which rules the index, and likeness, were last built as a whole; other rules want them built anew."""

    version = models.PositiveIntegerField(default=0)
    similarity_version = models.PositiveIntegerField(default=0)

    class Meta(SingleRowModel.Meta):
        verbose_name = _("search index")

    def __str__(self) -> str:
        return str(self.version)
