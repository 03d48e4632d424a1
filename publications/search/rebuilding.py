"""Rebuilding: the index made anew from the editions, in steps that each leave a whole index behind.

Deeds may be done meanwhile, and whoever breaks it off loses nothing: it begins again from the start.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched

from django.db import transaction
from django.utils import timezone

from publications.models import Generation, SearchIndex, Word

from . import naming
from .engines import engine
from .index import BATCH, read, row_of, vocabulary, wanted

VERSION = 3
"""Of the rules by which rows are made. Another number makes the next start build the index anew."""

STEP = 100

Progress = Iterator[tuple[int, int]]
"""How much is done, of how much."""


def is_outdated() -> bool:
    """Whether the index was built by other rules than these."""
    return SearchIndex.objects.filter(version=VERSION).first() is None


def rebuild() -> Progress:
    """Make the index anew, step by step: whoever asks for the next step has it done."""
    with transaction.atomic():
        hold()
        naming.learn_all()
    numbers = list(wanted(timezone.now()).order_by("pk").values_list("pk", flat=True))
    found: Counter[str] = Counter()
    yield 0, len(numbers)
    for done, step in enumerate(batched(numbers, STEP), start=1):
        with transaction.atomic():
            hold()
            found += _renewed(step)
        yield min(done * STEP, len(numbers)), len(numbers)
    with transaction.atomic():
        hold()
        _finish(set(numbers), found)


def hold() -> None:
    """The lock that every deed takes first."""
    Generation.objects.select_for_update().get()


def _renewed(editions: Iterable[int]) -> Counter[str]:
    rows = [row_of(edition) for edition in read(editions)]
    engine().remove(row.edition for row in rows)
    engine().store(rows)
    return Counter(term for row in rows for term in vocabulary(row))


def _finish(done: set[int], found: Counter[str]) -> None:
    """Take in what deeds have done since the first step, and count the words."""
    to_be = set(wanted(timezone.now()).values_list("pk", flat=True))
    engine().remove(engine().stored() - to_be)
    found += _renewed(to_be - done)
    gone = (vocabulary(row_of(edition)) for edition in read(done - to_be))
    found.subtract(term for terms in gone for term in terms)
    Word.objects.all().delete()
    counted = (Word.of(term, pieces) for term, pieces in sorted(found.items()) if pieces > 0)
    Word.objects.bulk_create(counted, batch_size=BATCH)
    SearchIndex.objects.update_or_create(pk=1, defaults={"version": VERSION})
