"""The index compared with what a rebuild would make of it. Nothing is changed; actions may run meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import batched

from publications.models import Edition, EditionByline, EditionTag, IndexedTerm, NamedTerm

from .engines import engine
from .index import STEP, build_row, indexable_editions, name_terms_of, read_editions, vocabulary
from .terms import ROW_LETTERS, row_key

Progress = Callable[[int, int], None]


def wanted_editions(moment: datetime) -> set[int]:
    """The editions that are public at the moment, or will be: those that are to have a row."""
    return set(indexable_editions(moment).values_list("pk", flat=True))


def indexed_editions() -> set[int]:
    """The editions that have a row. One that has ended by itself keeps it until the next change of its publication."""
    return engine().stored()


def differing_editions(progress: Progress) -> set[int]:
    """The editions whose row is another than the one that a rebuild would give them."""
    differing = engine().comparison()
    found: set[int] = set()
    for rows in _read_rows(progress):
        found |= differing(rows)
    return found


def _read_rows(progress: Progress) -> Iterator[list]:
    """The rows that all editions of the index are to have, some at a time."""
    numbers = sorted(engine().stored())
    for done, step in enumerate(batched(numbers, STEP), start=1):
        yield [build_row(edition) for edition in read_editions(step)]
        progress(min(done * STEP, len(numbers)), len(numbers))


def differing_words(progress: Progress) -> Iterator[str]:
    """Yield the words that are counted otherwise than they stand in rows, and names that lead elsewhere."""
    wanted_counts = Counter(term for rows in _read_rows(progress) for row in rows for term in vocabulary(row))
    there = Counter(dict(IndexedTerm.objects.values_list("term", "edition_count")))
    for term in sorted(wanted_counts | there):
        if wanted_counts[term] != there[term]:
            yield f"The word “{term}” is counted {there[term]} times and stands in {wanted_counts[term]} editions."
    yield from _differing_names()


def _differing_names() -> Iterator[str]:
    """Topics and authors are to be known once an edition names them, spellings at once."""
    there: dict[str, set[str]] = {}
    for term, sign in NamedTerm.objects.values_list("term", "row_key"):
        there.setdefault(sign, set()).add(term)
    named = {f"t{pk}" for pk in _distinct(EditionTag, "tag")} | {
        f"a{pk}" for pk in _distinct(EditionByline, "author")
    }
    for model in ROW_LETTERS:
        for thing in model.objects.all():
            sign, terms = row_key(thing), name_terms_of(thing)
            is_due = sign in there or sign in named or sign.startswith("s")
            if is_due and there.pop(sign, set()) != terms:
                yield f"{thing._meta.verbose_name} “{thing}” is found by other words than those of its name."
    yield from (f"The name {sign} is of nothing that exists." for sign in sorted(there))


def _distinct(model: type[EditionTag] | type[EditionByline], field: str) -> set[int]:
    live = Edition.objects.filter(pk__in=engine().stored())
    return set(model.objects.filter(edition__in=live).order_by().values_list(field, flat=True).distinct())
