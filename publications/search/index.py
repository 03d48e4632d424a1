"""The index: what it holds of an edition. Everything here runs in a deed's transaction.

A row holds what its edition holds and nothing else. Editions have a row while they are public or wait to be; which
of them are live is asked anew by every search.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import batched

from django.db import connection
from django.db.models import F, QuerySet

from publications.models import FACETS, Edition, EditionWithRows, Publication, Word
from publications.publication_fields import FROZEN_COLUMNS, FieldType, SearchWeight

from . import naming, signs, words
from .engines import Row, engine

SHORTEST = 3
BATCH = 500
_COUNT = """
INSERT INTO publications_word (term, opening, pieces) VALUES {rows}
ON CONFLICT (term) DO UPDATE SET pieces = publications_word.pieces + excluded.pieces
"""


def wanted(moment: datetime) -> QuerySet[Edition]:
    """The editions that are public at the moment, or will be."""
    return Edition.objects.kept().filter(visible_until__gt=moment).filter(visible_until__gt=F("visible_from"))


def out_of_step(publication: Publication, moment: datetime) -> tuple[set[int], set[int]]:
    """The editions of a piece whose rows are to go, and those that are to have some: a deed has moved windows."""
    there = engine().stored(set(publication.editions.values_list("pk", flat=True)))
    to_be = set(wanted(moment).filter(publication=publication).values_list("pk", flat=True))
    return there - to_be, to_be - there


def store(editions: Iterable[int]) -> list[Edition]:
    """Give rows to editions that have none; gives the editions as they were read for it."""
    numbers = list(editions)
    if not numbers:
        return []
    texts = read(numbers)
    rows = [row_of(text) for text in texts]
    engine().store(rows)
    _count(Counter(term for row in rows for term in vocabulary(row)))
    naming.learn_those_of(texts)
    return [text.edition for text in texts]


def forget(editions: Iterable[int]) -> None:
    """Take the rows of editions away, and the words that no other row holds."""
    numbers = list(editions)
    there = engine().stored(numbers) if numbers else set()
    if there:
        rows = [row_of(text) for text in read(there)]
        engine().remove(there)
        _discount(Counter(term for row in rows for term in vocabulary(row)))


def read(editions: Iterable[int]) -> list[EditionWithRows]:
    """Return editions with all that a row is made of."""
    found = Edition.objects.filter(pk__in=list(editions)).order_by("pk")
    texts = found.defer("body", "html", "paragraphs", "contents")
    return EditionWithRows.get_many(texts, rows=("bylines", "tags"))


def row_of(text: EditionWithRows) -> Row:
    edition, bylines, tags = text.edition, text.bylines, [tag.pk for tag in text.tags]
    about = edition.kind_label if edition.series_number_id else ""
    return Row(
        edition=edition.pk,
        title=words.terms(_words(edition, SearchWeight.TITLE), edition.language),
        summary=words.terms(f"{about} {_words(edition, SearchWeight.SUMMARY)}", edition.language),
        people=[
            *(term for line in bylines for term in words.terms(line.name, "")),
            *(signs.named(f"a{line.author_id}") for line in bylines),
        ],
        topics=[signs.named(f"t{tag}") for tag in tags],
        text=words.terms(_words(edition, SearchWeight.TEXT), edition.language),
        marks=[signs.titled(words.title_key(edition.title)), *_facet_terms(edition)],
    )


INDEXED = {
    weight: tuple(
        "text" if field.type is FieldType.MARKDOWN else field.name
        for field in sorted(FROZEN_COLUMNS, key=lambda field: field.type is not FieldType.LINE)
        if field.search_weight is weight
    )
    for weight in SearchWeight
}
"""The columns of an edition under each weight, lines before longer texts; of Markdown the plain text."""


def _words(edition: Edition, weight: SearchWeight) -> str:
    return " ".join(getattr(edition, name) for name in INDEXED[weight])


def _facet_terms(edition: Edition) -> list[str]:
    """Terms of the facets, those of the edition's own columns first."""
    in_order = sorted(FACETS.values(), key=lambda facet: facet.rows is not None)
    terms = (signs.filed(facet.term_prefix, key) for facet in in_order for key in facet.keys_of(edition))
    return list(dict.fromkeys(terms))


def vocabulary(row: Row) -> set[str]:
    """The different words of a row: letters alone, and not too short to be misspelt or to say something."""
    told = (*row.title, *row.summary, *row.people, *row.text)
    return {term for term in told if len(term) >= SHORTEST and term.isalpha()}


def _count(found: Counter[str]) -> None:
    """Let each term have so many rows more; one that is new comes with them."""
    for some in batched(sorted(found.items()), BATCH, strict=False):
        values = [value for term, pieces in some for value in (term, term[: Word.OPENING], pieces)]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(some))), values)


def _discount(found: Counter[str]) -> None:
    by_times: dict[int, list[str]] = {}
    for term, times in found.items():
        by_times.setdefault(times, []).append(term)
    for times, terms in by_times.items():
        Word.objects.filter(term__in=terms, pieces__lte=times).delete()
        Word.objects.filter(term__in=terms).update(pieces=F("pieces") - times)
