"""An edition that waits, when another is published before it: it is replaced, or it waits on."""

from dataclasses import dataclass
from datetime import datetime

from publications.models import Change, Edition, Publication

from .ground import cut_windows
from .storing import copy_of, store_editions


@dataclass(frozen=True)
class Waiting:
    """An edition that waits, and the end that it was given."""

    edition: Edition
    expires: datetime


def wait_on(piece: Publication, waiting: Waiting, published: Edition) -> Edition:
    """Let a text that was cancelled for another wait for its moment again, as a new edition after that one.

    Where it was to be the first, it is a silent fix of the one that has become so, and keeps the date of that.
    """
    again = copy_of(waiting.edition)
    edition = again.edition
    edition.number = piece.editions.next_number()
    edition.note, edition.planned = waiting.edition.note, True
    edition.visible_from = waiting.edition.visible_from
    edition.expires = edition.visible_until = waiting.expires
    if edition.change == Change.FIRST:
        edition.change, edition.published_at, edition.year = (
            Change.SILENT,
            published.published_at,
            published.year,
        )
    cut_windows(piece, at=edition.visible_from)
    published.refresh_from_db(fields=["visible_until"])
    return store_editions([again])[0]
