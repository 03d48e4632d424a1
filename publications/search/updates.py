"""What actions do to the index and to similarity, in their transaction, once they have moved windows or texts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from publications.models import Publication

from . import index, similarity
from .engines import engine


def sync_publication(publication: Publication, moment: datetime) -> None:
    """Bring the rows of a publication in step with its editions, whose windows an action has moved."""
    gone, come = index.outdated_rows(publication, moment)
    left = _forget(gone)
    index_editions(come)
    if left:
        similarity.fill_up(left - similarity.editions_similar_to(come))


def index_editions(editions: Iterable[int]) -> None:
    """Give rows to editions that have none."""
    similarity.add_rows(index.store_rows(editions))


@contextmanager
def reindex_after(editions: Iterable[int]) -> Iterator[None]:
    """Take the rows of editions away while their texts are changed, with all that is left of them in the files
    of the index, and store them again."""
    numbers = list(editions)
    there = engine().stored(numbers)
    index.remove_rows(there)
    left = similarity.remove_rows(numbers)  # even if they are not in the index, which may have been rebuilt
    yield
    index_editions(there)
    similarity.fill_up(left - similarity.editions_similar_to(there))
    if there:
        engine().purge()


def _forget(editions: set[int]) -> set[int]:
    """Take their rows away; gives the editions that were like them."""
    index.remove_rows(editions)
    return similarity.remove_rows(editions)
