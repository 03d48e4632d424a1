"""Rebuilds of similarity, and its completion after an import, in steps that each leave whole rows behind.

A rebuild first stores the terms of all editions, then their rows. A completion adds the editions that have no terms, as
an import leaves them: which words are rare is known only when all texts have come. Actions may run between steps, and
either may be interrupted at any time. `SearchIndex.similarity_version` says which of them is due.
"""

from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from publications.models import Edition, EditionTerm, EditionWithRows, SearchIndex, Similarity

from ..index import EDITIONS_PER_STEP, RebuildSteps, indexable_editions, lock_index, read_editions
from .rows import add_rows, compare_again, remove_rows, store_terms

VERSION = 3
"""The version of the rules by which similarity is found. After a change the next start of the site rebuilds it."""

REBUILD_DUE, COMPLETION_DUE = 32_767, 32_766
"""Values of `similarity_version` that are no versions: the next import does what is due, or the next start rebuilds."""

MIN_EDITIONS = 500
"""With fewer, the texts of an import change which words are rare so much that all editions are compared again."""


def is_outdated() -> bool:
    """Whether similarity was found by rules of another VERSION, or is incomplete."""
    return _version() != VERSION


def is_incomplete() -> bool:
    """Whether editions have no rows yet: a rebuild or a completion was marked as due."""
    return _version() in (REBUILD_DUE, COMPLETION_DUE)


def mark_incomplete() -> None:
    """Mark a completion as due, or a rebuild on a small site or one that is outdated."""
    if is_incomplete():
        return
    is_complete = _version() == VERSION and Edition.objects.live().count() >= MIN_EDITIONS
    _set_version(COMPLETION_DUE if is_complete else REBUILD_DUE)


def _version() -> int | None:
    return SearchIndex.objects.values_list("similarity_version", flat=True).first()


def _set_version(version: int) -> None:
    SearchIndex.objects.update_or_create(pk=1, defaults={"similarity_version": version})


def complete() -> RebuildSteps:
    """Add the rows of editions that have none, or rebuild, whichever is due.

    Each iteration does one step and yields (done, total).
    """
    return rebuild() if _version() == REBUILD_DUE else _add_missing()


def _add_missing() -> RebuildSteps:
    ids = list(_editions_without_terms().order_by("pk").values_list("pk", flat=True))
    yield 0, len(ids)
    for done, batch in enumerate(batched(ids, EDITIONS_PER_STEP), start=1):
        with transaction.atomic():
            lock_index()
            add_rows(_read(_editions_without_terms().filter(pk__in=batch)))
        yield min(done * EDITIONS_PER_STEP, len(ids)), len(ids)
    with transaction.atomic():
        lock_index()
        add_rows(_read(_editions_without_terms()))  # those that another import has published meanwhile
        _set_version(VERSION)


def _editions_without_terms() -> QuerySet[Edition]:
    terms = EditionTerm.objects.filter(edition=OuterRef("pk"))
    return indexable_editions(timezone.now()).filter(~Exists(terms))


def _read(editions: QuerySet[Edition]) -> list[EditionWithRows]:
    return read_editions(editions.values_list("pk", flat=True))


def rebuild() -> RebuildSteps:
    """Build all terms and rows anew; the index must be in step.

    Each iteration does one step and yields (done, total). Storing the terms counts as one half of the work.
    """
    ids = list(indexable_editions(timezone.now()).order_by("pk").values_list("pk", flat=True))
    total = 2 * len(ids)
    yield 0, total
    done = 0
    for process in (_rebuild_terms, _rebuild_rows):
        for batch in batched(ids, EDITIONS_PER_STEP):
            with transaction.atomic():
                lock_index()
                process(_read(indexable_editions(timezone.now()).filter(pk__in=batch)))
            done += len(batch)
            yield done, total
    with transaction.atomic():
        lock_index()
        _finish_rebuild()


def _rebuild_terms(editions: list[EditionWithRows]) -> None:
    EditionTerm.objects.filter(edition__in=[rows.edition.pk for rows in editions]).delete()
    store_terms(editions)


def _rebuild_rows(editions: list[EditionWithRows]) -> None:
    for rows in editions:
        compare_again(rows.edition)


def _finish_rebuild() -> None:
    """Remove the rows of editions that ended during the rebuild, and add those of new ones."""
    expected = set(indexable_editions(timezone.now()).values_list("pk", flat=True))
    with_terms = set(EditionTerm.objects.order_by().values_list("edition", flat=True).distinct())
    with_rows = {
        pk
        for column in ("edition", "similar_edition")
        for pk in Similarity.objects.order_by().values_list(column, flat=True).distinct()
    }
    remove_rows((with_terms | with_rows) - expected)
    add_rows(read_editions(expected - with_terms))
    _set_version(VERSION)
