"""The index: what it holds of an edition, by which words topics and people are found, and how it is rebuilt.

A row holds what its edition holds and nothing else. Editions have a row while they are public or scheduled; which of
them are live is asked anew by every search. Everything here runs in the transaction of an action.

A topic that is renamed is found by its new name at once, and no row is written anew for it. People are found by the
letters of their address too, as they may be typed: Semedbeyli for Səmədbəyli. A pen name names nobody here: its texts
are found by the name that stands on them.

A rebuild goes in steps that each leave a whole index behind. Actions may run meanwhile, and whoever breaks it off loses
nothing: it begins again from the start.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched

from django.db import connection, models, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from publications.models import (
    FACETS,
    Author,
    Edition,
    EditionWithRows,
    IndexedTerm,
    NamedTerm,
    Publication,
    SearchIndex,
    SiteVersion,
    Synonym,
    Tag,
)
from publications.publication_fields import FROZEN_COLUMNS, FieldType, SearchWeight

from .engines import IndexRow, engine
from .terms import (
    ROW_LETTERS,
    WORD,
    facet_term,
    index_terms,
    name_term,
    query_terms,
    row_key,
    title_key,
    title_term,
)

VERSION = 3
"""Of the rules by which rows are made. Another number makes the next start build the index anew."""

STEP = 100

Progress = Iterator[tuple[int, int]]
"""How much is done, of how much."""

Named = Tag | Author | Synonym
MIN_WORD_LETTERS = 3
BATCH = 500
_COUNT = """
INSERT INTO publications_indexedterm (term, prefix, edition_count) VALUES {rows}
ON CONFLICT (term) DO UPDATE SET edition_count = publications_indexedterm.edition_count + excluded.edition_count
"""


def indexable_editions(moment: datetime) -> QuerySet[Edition]:
    """The editions that are public at the moment, or will be."""
    return (
        Edition.objects.not_cancelled()
        .filter(visible_until__gt=moment)
        .filter(visible_until__gt=F("visible_from"))
    )


def outdated_rows(publication: Publication, moment: datetime) -> tuple[set[int], set[int]]:
    """The editions of a publication whose rows must go, and those that need some, after windows were moved."""
    there = engine().stored(set(publication.editions.values_list("pk", flat=True)))
    to_be = set(indexable_editions(moment).filter(publication=publication).values_list("pk", flat=True))
    return there - to_be, to_be - there


def store_rows(editions: Iterable[int]) -> list[Edition]:
    """Give rows to editions that have none; gives the editions as they were read for it."""
    numbers = list(editions)
    if not numbers:
        return []
    texts = read_editions(numbers)
    rows = [build_row(text) for text in texts]
    engine().store(rows)
    _count(Counter(term for row in rows for term in vocabulary(row)))
    _index_missing_names(texts)
    return [text.edition for text in texts]


def remove_rows(editions: Iterable[int]) -> None:
    """Take the rows of editions away, and the words that no other row holds."""
    numbers = list(editions)
    there = engine().stored(numbers) if numbers else set()
    if there:
        rows = [build_row(text) for text in read_editions(there)]
        engine().remove(there)
        _discount(Counter(term for row in rows for term in vocabulary(row)))


def read_editions(editions: Iterable[int]) -> list[EditionWithRows]:
    """Return editions with all that a row is made of."""
    found = Edition.objects.filter(pk__in=list(editions)).order_by("pk")
    texts = found.defer("body", "html", "paragraphs", "contents")
    return EditionWithRows.get_many(texts, rows=("bylines", "tags"))


def build_row(text: EditionWithRows) -> IndexRow:
    edition, bylines, tags = text.edition, text.bylines, [tag.pk for tag in text.tags]
    about = edition.kind_label if edition.series_number_id else ""
    return IndexRow(
        edition=edition.pk,
        title=index_terms(_words(edition, SearchWeight.TITLE), edition.language),
        summary=index_terms(f"{about} {_words(edition, SearchWeight.SUMMARY)}", edition.language),
        people=[
            *(term for line in bylines for term in index_terms(line.name, "")),
            *(name_term(f"a{line.author_id}") for line in bylines),
        ],
        topics=[name_term(f"t{tag}") for tag in tags],
        text=index_terms(_words(edition, SearchWeight.TEXT), edition.language),
        marks=[title_term(title_key(edition.title)), *_facet_terms(edition)],
    )


INDEXED = {
    weight: tuple(
        "plain_text" if field.type is FieldType.MARKDOWN else field.name
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
    terms = (facet_term(facet.term_prefix, key) for facet in in_order for key in facet.keys_of(edition))
    return list(dict.fromkeys(terms))


def vocabulary(row: IndexRow) -> set[str]:
    """The different words of a row: letters alone, and not too short to be misspelt or to say something."""
    told = (*row.title, *row.summary, *row.people, *row.text)
    return {term for term in told if len(term) >= MIN_WORD_LETTERS and term.isalpha()}


def _count(found: Counter[str]) -> None:
    """Let each term have so many rows more; one that is new comes with them."""
    for some in batched(sorted(found.items()), BATCH, strict=False):
        values = [value for term, pieces in some for value in (term, term[: IndexedTerm.OPENING], pieces)]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(some))), values)


def _discount(found: Counter[str]) -> None:
    by_times: dict[int, list[str]] = {}
    for term, times in found.items():
        by_times.setdefault(times, []).append(term)
    for times, terms in by_times.items():
        IndexedTerm.objects.filter(term__in=terms, edition_count__lte=times).delete()
        IndexedTerm.objects.filter(term__in=terms).update(edition_count=F("edition_count") - times)


def index_names(thing: models.Model) -> None:
    """Store by which words a topic, person or row of spellings is called now. Other things have no such words."""
    if type(thing) in ROW_LETTERS:
        forget_names(thing)
        _store_names([thing])


def forget_names(thing: models.Model) -> None:
    if type(thing) in ROW_LETTERS and thing.pk:
        NamedTerm.objects.filter(row_key=row_key(thing)).delete()


def _index_missing_names(texts: Iterable[EditionWithRows]) -> None:
    """The same for the topics and people of editions, where they are not known yet."""
    things: dict[str, Named] = {}
    for text in texts:
        for thing in (*(line.author for line in text.bylines), *text.tags):
            things[row_key(thing)] = thing
    known = set(NamedTerm.objects.filter(row_key__in=list(things)).values_list("row_key", flat=True))
    _store_names([thing for sign, thing in things.items() if sign not in known])


def _index_all_names() -> None:
    """Begin anew, for all there are."""
    NamedTerm.objects.all().delete()
    for model in ROW_LETTERS:
        _store_names(model.objects.all())


def _store_names(things: Iterable[Named]) -> None:
    NamedTerm.objects.bulk_create(
        (NamedTerm(term=term, row_key=row_key(thing)) for thing in things for term in name_terms_of(thing)),
        batch_size=500,
    )


def name_terms_of(thing: Named) -> set[str]:
    """The terms by which a thing is called."""
    called = _NAMES_OF[type(thing)](thing)
    return {term for word in WORD.findall(called) for term in query_terms(word)}


def _first_words(synonym: Synonym) -> str:
    """The first word of each spelling: whoever looks a word up compares the rest."""
    return " ".join(found[0] for line in synonym.listed if (found := WORD.search(line)))


_NAMES_OF = {
    Tag: lambda tag: f"{tag.name} {tag.name_sv}",
    Author: lambda author: "" if author.is_pseudonymous else f"{author.name} {author.slug}",
    Synonym: _first_words,
}


def is_outdated() -> bool:
    """Whether the index was built by other rules than these."""
    return SearchIndex.objects.filter(version=VERSION).first() is None


def rebuild() -> Progress:
    """Make the index anew, step by step: whoever asks for the next step has it done."""
    with transaction.atomic():
        lock_index()
        _index_all_names()
    numbers = list(indexable_editions(timezone.now()).order_by("pk").values_list("pk", flat=True))
    found: Counter[str] = Counter()
    yield 0, len(numbers)
    for done, step in enumerate(batched(numbers, STEP), start=1):
        with transaction.atomic():
            lock_index()
            found += _rebuild_rows(step)
        yield min(done * STEP, len(numbers)), len(numbers)
    with transaction.atomic():
        lock_index()
        _finish(set(numbers), found)


def lock_index() -> None:
    """The lock that every action takes first."""
    SiteVersion.objects.select_for_update().get()


def _rebuild_rows(editions: Iterable[int]) -> Counter[str]:
    rows = [build_row(edition) for edition in read_editions(editions)]
    engine().remove(row.edition for row in rows)
    engine().store(rows)
    return Counter(term for row in rows for term in vocabulary(row))


def _finish(done: set[int], found: Counter[str]) -> None:
    """Take in what actions have done since the first step, and count the words."""
    to_be = set(indexable_editions(timezone.now()).values_list("pk", flat=True))
    engine().remove(engine().stored() - to_be)
    found += _rebuild_rows(to_be - done)
    gone = (vocabulary(build_row(edition)) for edition in read_editions(done - to_be))
    found.subtract(term for terms in gone for term in terms)
    IndexedTerm.objects.all().delete()
    counted = (IndexedTerm.of(term, pieces) for term, pieces in sorted(found.items()) if pieces > 0)
    IndexedTerm.objects.bulk_create(counted, batch_size=BATCH)
    SearchIndex.objects.update_or_create(pk=1, defaults={"version": VERSION})
