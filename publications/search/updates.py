"""Changes of actions to the index and to similarity, in their transaction, after windows or texts have changed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from publications.models import EditionWithRows, Publication

from . import index, similarity
from .engines import engine


def sync_publication(publication: Publication, at: datetime) -> None:
    """Add and remove rows of a publication after an action changed the windows of its editions."""
    outdated, missing = index.outdated_and_missing_rows(publication, at)
    neighbours = _remove_rows(outdated)
    index_editions(index.read_editions(missing))
    if neighbours:
        similarity.refill_rows(neighbours - similarity.editions_similar_to(missing))


def index_editions(editions: Sequence[EditionWithRows], *, defer_similarity: bool = False) -> None:
    """Add rows for editions that have none.

    Args:
        defer_similarity: leave their similarity to `similarity.complete`, which is marked as due.
    """
    if not editions:
        return
    index.store_rows(editions)
    if defer_similarity:
        similarity.mark_incomplete()
    else:
        similarity.add_rows(editions)


@contextmanager
def reindex_after(edition_ids: Iterable[int]) -> Iterator[None]:
    """Remove the rows of editions, let the block change their texts, and store the rows anew.

    Also purges the old terms from the files of the index, for redaction.
    """
    ids = list(edition_ids)
    indexed = engine().indexed_editions(ids)
    index.remove_rows(indexed)
    neighbours = similarity.remove_rows(ids)  # even if they are not in the index, which may have been rebuilt
    yield
    index_editions(index.read_editions(indexed))
    similarity.refill_rows(neighbours - similarity.editions_similar_to(indexed))
    if indexed:
        engine().purge()


def merge_segments() -> None:
    """Merge what actions added to the index one by one, so that searches read less."""
    engine().merge_segments()


def _remove_rows(edition_ids: set[int]) -> set[int]:
    """Remove the rows of editions and return the editions that were similar to them."""
    index.remove_rows(edition_ids)
    return similarity.remove_rows(edition_ids)
