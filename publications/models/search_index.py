"""Terms of the search index, equal spellings, and the versions of the rules that indexes were built by."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .prepared_queries import TEXTS, InList, PreparedQuery
from .translated import SingleRowModel

MAX_SPELLINGS = 30


class Synonym(models.Model):
    """Equal spellings: a search for one of them finds the others."""

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
        return " · ".join(self.spelling_list)

    @property
    def spelling_list(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.spellings.splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> None:
        self.spellings = "\n".join(self.spelling_list)
        if len(self.spelling_list) < 2:
            raise ValidationError({"spellings": _("Give at least two spellings, each on a line of its own.")})
        if len(self.spelling_list) > MAX_SPELLINGS:
            raise ValidationError(
                {"spellings": _("At most %d spellings, please: each is looked for.") % MAX_SPELLINGS}
            )


class IndexedTerm(models.Model):
    """A term of the search index with its number of editions, for suggested spellings and similarity."""

    PREFIX_LENGTH = 3

    term = models.CharField(max_length=50, unique=True)
    prefix = models.CharField(max_length=PREFIX_LENGTH, db_index=True)
    edition_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.term

    @classmethod
    def build(cls, term: str, edition_count: int) -> "IndexedTerm":
        """Return an unsaved row."""
        return cls(term=term, prefix=term[: cls.PREFIX_LENGTH], edition_count=edition_count)


class NamedTerm(models.Model):
    """A search term in the name of a tag or author or in equal spellings, whose row `row_key` identifies."""

    term = models.CharField(max_length=50)
    row_key = models.CharField(max_length=24, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "row_key"], name="named_once")]

    def __str__(self) -> str:
        return f"{self.term} → {self.row_key}"


_named_rows = PreparedQuery(
    lambda terms: NamedTerm.objects.filter(InList(models.F("term"), terms)).values_list("term", "row_key"),
    terms=TEXTS,
)


def row_keys_by_term(terms: Iterable[str]) -> dict[str, set[str]]:
    """Return the keys of the rows (topics, authors, synonyms) that each of these terms names."""
    row_keys: dict[str, set[str]] = {}
    for term, key in _named_rows.values_list(terms=terms):
        row_keys.setdefault(term, set()).add(key)
    return row_keys


class SearchIndex(SingleRowModel):
    """The versions of the rules of search index and similarity at their last full rebuild."""

    version = models.PositiveIntegerField(default=0)
    similarity_version = models.PositiveIntegerField(default=0)

    class Meta(SingleRowModel.Meta):
        verbose_name = _("search index")

    def __str__(self) -> str:
        return str(self.version)
