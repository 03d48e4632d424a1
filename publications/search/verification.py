"""Comparison of the index with what a rebuild would store. Changes nothing; actions may run at the same time."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import batched

from publications.models import Edition, EditionByline, EditionTag, IndexedTerm, NamedTerm

from .engines import IndexRow, engine
from .index import EDITIONS_PER_STEP, build_row, indexable_editions, read_editions, vocabulary
from .names import name_terms_of
from .terms import ROW_KEY_PREFIXES, row_key

ProgressCallback = Callable[[int, int], None]
"""Called with how many of how many editions are done."""


def expected_editions(at: datetime) -> set[int]:
    """Return the editions that must have a row: those that are public at the given time, or will be."""
    return set(indexable_editions(at).values_list("pk", flat=True))


def indexed_editions() -> set[int]:
    """Return the editions that have a row. An expired one keeps it until the next change of its publication."""
    return engine().indexed_editions()


def differing_editions(progress: ProgressCallback) -> set[int]:
    """Return the editions whose row differs from the one that a rebuild would store."""
    return engine().find_differing(_build_rows(progress))


def _build_rows(progress: ProgressCallback) -> Iterator[list[IndexRow]]:
    """Yield the rows of all indexed editions as a rebuild would store them, in batches, none empty."""
    ids = sorted(engine().indexed_editions())
    for done, batch in enumerate(batched(ids, EDITIONS_PER_STEP), start=1):
        if rows := [build_row(edition) for edition in read_editions(batch)]:
            yield rows
        progress(min(done * EDITIONS_PER_STEP, len(ids)), len(ids))


def differing_words(progress: ProgressCallback) -> Iterator[str]:
    """Yield a sentence for each word with a wrong count and for each name with wrong terms."""
    expected = Counter(term for rows in _build_rows(progress) for row in rows for term in vocabulary(row))
    stored = Counter(dict(IndexedTerm.objects.values_list("term", "edition_count")))
    for term in sorted(expected | stored):
        if expected[term] != stored[term]:
            yield f"The word “{term}” is counted {stored[term]} times and stands in {expected[term]} editions."
    yield from _differing_names()


def _differing_names() -> Iterator[str]:
    """Topics and authors need terms once an edition names them, synonyms at once."""
    stored: dict[str, set[str]] = {}
    for term, key in NamedTerm.objects.values_list("term", "row_key"):
        stored.setdefault(key, set()).add(term)
    tags, authors = _used_ids(EditionTag, "tag"), _used_ids(EditionByline, "author")
    used = {f"t{pk}" for pk in tags} | {f"a{pk}" for pk in authors}
    for model in ROW_KEY_PREFIXES:
        for instance in model.objects.all():
            key, terms = row_key(instance), name_terms_of(instance)
            needs_terms = key in stored or key in used or key.startswith("s")
            if needs_terms and stored.pop(key, set()) != terms:
                yield f"{instance._meta.verbose_name} “{instance}” is found by other words than those of its name."
    yield from (f"The name {key} is of nothing that exists." for key in sorted(stored))


def _used_ids(model: type[EditionTag] | type[EditionByline], field: str) -> set[int]:
    indexed = Edition.objects.filter(pk__in=engine().indexed_editions())
    return set(model.objects.filter(edition__in=indexed).order_by().values_list(field, flat=True).distinct())
