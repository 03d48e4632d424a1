"""The bodies of many texts, of which only some are in memory at a time: an archive may have 20,000 texts."""

from collections.abc import Iterable, Iterator
from itertools import batched

from publications.models import Publication

TEXTS_PER_QUERY = 200


def load_bodies(publications: Iterable[Publication]) -> None:
    """Read the bodies of rows that were loaded without them, in one query for each TEXTS_PER_QUERY."""
    deferred = (publication for publication in publications if "body" in publication.get_deferred_fields())
    for batch in batched(deferred, TEXTS_PER_QUERY):
        rows = Publication.with_deleted.filter(pk__in=[publication.pk for publication in batch])
        bodies = dict(rows.values_list("pk", "body"))
        for publication in batch:
            publication.body = bodies.get(publication.pk, "")


def read_bodies(publications: Iterable[Publication]) -> Iterator[Publication]:
    """Yield publications with their bodies. Those of rows that were loaded without them are dropped after a while."""
    for batch in batched(publications, TEXTS_PER_QUERY):
        deferred = [publication for publication in batch if "body" in publication.get_deferred_fields()]
        load_bodies(deferred)
        yield from batch
        for publication in deferred:
            del publication.__dict__["body"]
