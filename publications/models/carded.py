"""What cards tell of editions: as many questions for a page of them as for one, their SQL written once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from .edition import Change, Edition
from .edition_rows import EditionByline
from .epoch import once
from .kinds import Kind
from .prepared import MOMENT, NUMBERS, Among, Prepared

ON_A_CARD = (
    "publication", "kind", "language", "tree", "title", "slug", "summary", "cover", "words", "published_at",
    "external_url",
)  # fmt: skip


def kinds() -> Mapping[int, Kind]:
    """All kinds in their order, by their numbers: read once in an epoch and shared, so not to be changed."""
    return once("kinds", lambda: {kind.pk: kind for kind in Kind.objects.all()})


def carded(numbers: Iterable[int]) -> list[Edition]:
    """The editions of these numbers in their order, with what a card shows of their rows."""
    wanted = list(numbers)
    return _in_order(wanted, _editions(numbers=wanted))


def results(numbers: Iterable[int]) -> list[Edition]:
    """Those of them that are live, with the plain text besides, of which a result shows a passage."""
    wanted = list(numbers)
    return _in_order(wanted, _results(numbers=wanted, now=timezone.now()))


def _in_order(wanted: list[int], editions: Iterable[Edition]) -> list[Edition]:
    found, known = {edition.pk: edition for edition in editions}, kinds()
    for edition in found.values():
        if edition.kind_id in known:  # else it is one of this moment, and is read when it is asked for
            edition.kind = known[edition.kind_id]
    return [found[number] for number in wanted if number in found]


def bylines_of(editions: Iterable[Edition]) -> dict[int, list[EditionByline]]:
    """The bylines in their order, by the numbers of the editions."""
    lines: dict[int, list[EditionByline]] = {edition.pk: [] for edition in editions}
    for row in _bylines(editions=lines) if lines else ():
        lines[row.edition_id].append(row)
    return lines


def updated_among(editions: Iterable[Edition]) -> set[int]:
    """The publications of these editions whose readers were told of an update."""
    pieces = [edition.publication_id for edition in editions]
    found = _updates(publications=pieces, now=timezone.now()) if pieces else ()
    return {edition.publication_id for edition in found}


def _that_updated(publications: QuerySet, now: datetime) -> QuerySet:
    updates = Edition.objects.readable(now).filter(
        Among(F("publication"), publications), change=Change.UPDATE
    )
    return updates.order_by().only("publication")


_editions = Prepared(
    lambda numbers: Edition.objects.filter(Among(F("pk"), numbers)).order_by().only(*ON_A_CARD),
    numbers=NUMBERS,
)
_results = Prepared(
    lambda numbers, now: (
        Edition.objects.live(now).filter(Among(F("pk"), numbers)).order_by().only(*ON_A_CARD, "text")
    ),
    numbers=NUMBERS,
    now=MOMENT,
)
_bylines = Prepared(
    lambda editions: EditionByline.objects.filter(Among(F("edition"), editions)).only(
        "edition", "role", "name"
    ),
    editions=NUMBERS,
)
_updates = Prepared(_that_updated, publications=NUMBERS, now=MOMENT)
