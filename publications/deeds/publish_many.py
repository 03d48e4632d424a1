"""publish_many: publish a batch, one deed each, under one lock: for imports, where thousands follow each other."""

from collections.abc import Sequence

from django.db import transaction

from publications.models import Change, Edition, Generation, Publication

from .compose import Prepared
from .ground import Refused, start
from .publish import put_before_readers


@transaction.atomic
def publish_many(
    publications: Sequence[Publication],
    *,
    by,
    change: Change | str | None = None,
    prepared: Prepared | None = None,
) -> list[Edition | Refused]:
    """Put each before its readers now, by the rules of publish; says of each its edition or why there is none.

    One that is refused leaves the others as they are. Every piece has its own audit line and its own number of
    the generation. `prepared` are texts that were rendered ahead. Raises ClockBehind before anything is done.
    """
    generation = Generation.objects.select_for_update().get()
    before = generation.number
    outcomes = [_publish(generation, piece, by, change, prepared) for piece in publications]
    if generation.number != before:
        generation.save()
    return outcomes


def _publish(
    generation: Generation, piece: Publication, by, change: Change | str | None, prepared: Prepared | None
) -> Edition | Refused:
    number, at = generation.number, generation.at
    try:
        with transaction.atomic():
            deed = start(generation, by=by, publication=piece)
            return put_before_readers(deed, piece, change=change, prepared=prepared)
    except Refused as reason:
        generation.number, generation.at = number, at
        return reason
