"""In step: what a deed does to the index and to likeness, in its transaction, once it has moved windows or texts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from publications.models import Publication

from . import index, likeness
from .engines import engine


def keep_up(publication: Publication, moment: datetime) -> None:
    """Bring the rows of a piece in step with its editions, whose windows a deed has moved."""
    gone, come = index.out_of_step(publication, moment)
    left = _forget(gone)
    store(come)
    if left:
        likeness.fill_up(left - likeness.towards(come))


def store(editions: Iterable[int]) -> None:
    """Give rows to editions that have none."""
    likeness.add(index.store(editions))


@contextmanager
def anew(editions: Iterable[int]) -> Iterator[None]:
    """Take the rows of editions away while their texts are changed, with all that is left of them in the files
    of the index, and store them again."""
    numbers = list(editions)
    there = engine().stored(numbers)
    index.forget(there)
    left = likeness.forget(numbers)  # what is not in the index may have rows here still, after it was rebuilt
    yield
    store(there)
    likeness.fill_up(left - likeness.towards(there))
    if there:
        engine().purge()


def _forget(editions: set[int]) -> set[int]:
    """Take their rows away; gives the editions that were like them."""
    index.forget(editions)
    return likeness.forget(editions)
