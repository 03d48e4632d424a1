"""The index: the rows of editions, and the rebuild.

Editions have a row while they are public or scheduled; every search checks anew which of them are live. Everything here
runs in the transaction of an action.

A rebuild runs in steps, each of which leaves a whole index behind. Actions may run between steps; an interrupted
rebuild starts again from the beginning.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import batched

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from publications.models import (
    FACETS,
    Edition,
    EditionWithRows,
    IndexedTerm,
    Publication,
    SearchIndex,
    SiteVersion,
)
from publications.publication_fields import FROZEN_COLUMNS, FieldType, SearchWeight

from .engines import IndexRow, engine
from .names import index_missing_names, rebuild_names
from .terms import (
    entity_term,
    facet_term,
    index_terms,
    title_key,
    title_term,
)

VERSION = 6
"""The version of the rules by which rows are built. After a change the next start of the site rebuilds the index."""

EDITIONS_PER_STEP = 100
"""Editions that one step of a rebuild indexes, in one transaction."""

RebuildSteps = Iterator[tuple[int, int]]
"""After each step of a rebuild, how many editions are done, of how many."""

MIN_WORD_LETTERS = 3
BATCH_SIZE = 500
_ADD_COUNTS = """
INSERT INTO publications_indexedterm (term, prefix, edition_count) VALUES {rows}
ON CONFLICT (term) DO UPDATE SET edition_count = publications_indexedterm.edition_count + excluded.edition_count
"""


def indexable_editions(at: datetime) -> QuerySet[Edition]:
    """Return the editions that are public at the given time, or will be."""
    return (
        Edition.objects.not_cancelled()
        .filter(visible_until__gt=at)
        .filter(visible_until__gt=F("visible_from"))
    )


def outdated_and_missing_rows(publication: Publication, at: datetime) -> tuple[set[int], set[int]]:
    """Return the keys of editions of a publication whose rows must be removed, and of those whose rows are missing."""
    indexed = engine().indexed_editions(set(publication.editions.values_list("pk", flat=True)))
    expected = set(indexable_editions(at).filter(publication=publication).values_list("pk", flat=True))
    return indexed - expected, expected - indexed


def store_rows(editions: Sequence[EditionWithRows]) -> None:
    """Store rows of editions that have none."""
    rows = [build_row(edition) for edition in editions]
    engine().store(rows)
    _add_counts(_count_words(rows))
    index_missing_names(editions)


def remove_rows(edition_ids: Iterable[int]) -> None:
    """Remove the rows of editions, and the words that no other row has."""
    ids = list(edition_ids)
    indexed = engine().indexed_editions(ids) if ids else set()
    if indexed:
        rows = [build_row(edition) for edition in read_editions(indexed)]
        engine().remove(indexed)
        _subtract_counts(_count_words(rows))


def read_editions(edition_ids: Iterable[int]) -> list[EditionWithRows]:
    """Return editions with everything that their rows and similarity are built from, without other relations."""
    editions = Edition.objects.filter(pk__in=list(edition_ids)).order_by("pk")
    with_texts = editions.defer("body", "html", "paragraphs", "contents")
    joined = with_texts.select_related("kind", "series_number")
    return EditionWithRows.from_editions(list(joined), rows=("bylines", "tags"))


def build_row(edition_with_rows: EditionWithRows) -> IndexRow:
    edition, bylines, tags = edition_with_rows.edition, edition_with_rows.bylines, edition_with_rows.tags
    kind_label = edition.kind_label if edition.series_number_id else ""
    return IndexRow(
        edition_id=edition.pk,
        published_on=edition.published_at.astimezone(UTC).date(),
        title=_column_terms(edition, SearchWeight.TITLE),
        summary=[*index_terms(kind_label, edition.language), *_column_terms(edition, SearchWeight.SUMMARY)],
        people=[
            *(term for byline in bylines for term in index_terms(byline.name, "")),
            *(entity_term(f"a{byline.author_id}") for byline in bylines),
            *_column_terms(edition, SearchWeight.PEOPLE),
        ],
        topics=[*(entity_term(f"t{tag.pk}") for tag in tags), *_column_terms(edition, SearchWeight.TOPICS)],
        text=_column_terms(edition, SearchWeight.TEXT),
        filter_terms=[title_term(title_key(edition.title)), *_facet_terms(edition_with_rows)],
    )


INDEXED_COLUMNS = {
    weight: tuple(
        "plain_text" if field.type is FieldType.MARKDOWN else field.name
        for field in sorted(FROZEN_COLUMNS, key=lambda field: field.type is not FieldType.LINE)
        if field.search_weight is weight
    )
    for weight in SearchWeight
}
"""The columns of an edition under each weight, lines before longer texts; of Markdown the plain text."""


def _column_terms(edition: Edition, weight: SearchWeight) -> list[str]:
    text = " ".join(getattr(edition, name) for name in INDEXED_COLUMNS[weight])
    return index_terms(text, edition.language)


def _facet_terms(edition: EditionWithRows) -> list[str]:
    """Return the terms of the facets, those of the edition's own columns first."""
    facets = sorted(FACETS.values(), key=lambda facet: facet.rows is not None)
    terms = (facet_term(facet.term_prefix, key) for facet in facets for key in facet.keys_of(edition))
    return list(dict.fromkeys(terms))


def vocabulary(row: IndexRow) -> set[str]:
    """Return the distinct words of a row: letters only, and long enough to be misspelt or to distinguish a text."""
    terms = (*row.title, *row.summary, *row.people, *row.topics, *row.text)
    return {term for term in terms if len(term) >= MIN_WORD_LETTERS and term.isalpha()}


def _count_words(rows: Iterable[IndexRow]) -> Counter[str]:
    return Counter(term for row in rows for term in vocabulary(row))


def _add_counts(counts: Counter[str]) -> None:
    for batch in batched(sorted(counts.items()), BATCH_SIZE, strict=False):
        values = [
            value for term, count in batch for value in (term, term[: IndexedTerm.PREFIX_LENGTH], count)
        ]
        with connection.cursor() as cursor:
            cursor.execute(_ADD_COUNTS.format(rows=", ".join(["(%s, %s, %s)"] * len(batch))), values)


def _subtract_counts(counts: Counter[str]) -> None:
    terms_by_count: dict[int, list[str]] = {}
    for term, count in counts.items():
        terms_by_count.setdefault(count, []).append(term)
    for count, terms in terms_by_count.items():
        IndexedTerm.objects.filter(term__in=terms, edition_count__lte=count).delete()
        IndexedTerm.objects.filter(term__in=terms).update(edition_count=F("edition_count") - count)


def is_outdated() -> bool:
    """Whether the index was built by rules of another VERSION."""
    return SearchIndex.objects.filter(version=VERSION).first() is None


def rebuild() -> RebuildSteps:
    """Build the index anew. Each iteration does one step and yields (done, total)."""
    started_at = timezone.now()
    with transaction.atomic():
        lock_index()
        rebuild_names()
    ids = list(indexable_editions(started_at).order_by("pk").values_list("pk", flat=True))
    counts: Counter[str] = Counter()
    yield 0, len(ids)
    for done, batch in enumerate(batched(ids, EDITIONS_PER_STEP), start=1):
        with transaction.atomic():
            lock_index()
            counts += _rebuild_rows(batch)
        yield min(done * EDITIONS_PER_STEP, len(ids)), len(ids)
    with transaction.atomic():
        lock_index()
        _finish_rebuild(set(ids), counts, started_at)
    engine().merge_segments()


def lock_index() -> None:
    """Take the lock that every action takes first."""
    SiteVersion.objects.select_for_update().get()


def _rebuild_rows(edition_ids: Iterable[int]) -> Counter[str]:
    rows = [build_row(edition) for edition in read_editions(edition_ids)]
    engine().remove(row.edition_id for row in rows)
    engine().store(rows)
    return _count_words(rows)


def _finish_rebuild(rebuilt: set[int], counts: Counter[str], started_at: datetime) -> None:
    """Include what actions have changed since the first step, and store the counts of words.

    After a change of texts that were rebuilt already, as by a redaction, all words are counted again.
    """
    expected = set(indexable_editions(timezone.now()).values_list("pk", flat=True))
    engine().remove(engine().indexed_editions() - expected)
    counts += _rebuild_rows(expected - rebuilt)
    if Edition.objects.filter(record_changed_at__gte=started_at).exists():
        counts = _count_words_of(sorted(expected))
    else:
        counts -= _count_words_of(sorted(rebuilt - expected))
    IndexedTerm.objects.all().delete()
    terms = (IndexedTerm.build(term, count) for term, count in sorted(counts.items()) if count > 0)
    for batch in batched(terms, BATCH_SIZE):
        IndexedTerm.objects.bulk_create(batch)
    SearchIndex.objects.update_or_create(pk=1, defaults={"version": VERSION})


def _count_words_of(edition_ids: Iterable[int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for batch in batched(edition_ids, EDITIONS_PER_STEP):
        counts += _count_words(build_row(edition) for edition in read_editions(batch))
    return counts
