"""The history of a piece as one list: what was saved and what was given to readers, newest first.

Saves of one person within ten minutes stand in one row. That is a way of showing: each of them is kept, can be
opened, compared and restored.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from publications.models import Edition, Publication, Revision, Why, moment_in_words

TOGETHER = timedelta(minutes=10)
MOST = 500
"""Revisions on one page; older ones are a link away."""


@dataclass
class Saves:
    """Revisions of one person in a row, the newest first."""

    revisions: list[Revision] = field(default_factory=list)

    @property
    def newest(self) -> Revision:
        return self.revisions[0]

    @property
    def earlier(self) -> list[Revision]:
        return self.revisions[1:]

    @property
    def at(self) -> datetime:
        return self.newest.saved_at

    @property
    def key(self) -> str:
        """What the row is called in the address of a difference."""
        return f"r{self.newest.number}"

    def takes(self, older: Revision) -> bool:
        """Whether the save before belongs to these: the same hand, plain saves, all within ten minutes."""
        plain = self.newest.why == older.why == Why.SAVED
        same = self.newest.saved_by_id == older.saved_by_id is not None
        return plain and same and self.newest.saved_at - older.saved_at <= TOGETHER


@dataclass(frozen=True)
class Given:
    """An edition in the history: what it was, when, and what became of it."""

    edition: Edition

    @property
    def at(self) -> datetime:
        return self.edition.written_at

    @property
    def key(self) -> str:
        return f"e{self.edition.number}"

    @property
    def what(self) -> str:
        if self.edition.restores_id:
            return _("Undo: the text of edition %(number)d again") % {"number": self.edition.restores.number}
        return self.edition.get_change_display()

    @property
    def public(self) -> str:
        return moment_in_words(self.edition.visible_from)


Entry = Saves | Given


def history_of(piece: Publication, before: int | None = None) -> list[Entry]:
    """The rows of the history; `before` is the number of the revision that an earlier page ended with."""
    kept = piece.revisions.select_related("saved_by").defer("manuscript").order_by("-number")
    page = list((kept.filter(number__lt=before) if before else kept)[:MOST])
    editions = piece.editions.select_related("editor", "restores").without_bodies().order_by("-number")
    given = [Given(each) for each in editions if _is_on(each, page, before)]
    return sorted([*gathered(page), *given], key=lambda entry: entry.at, reverse=True)


def gathered(revisions: Iterable[Revision]) -> Iterator[Saves]:
    """Revisions, newest first, in the rows that they stand in."""
    row = Saves()
    for revision in revisions:
        if row.revisions and not row.takes(revision):
            yield row
            row = Saves()
        row.revisions.append(revision)
    if row.revisions:
        yield row


def _is_on(edition: Edition, page: list[Revision], before: int | None) -> bool:
    """Whether an edition falls among the revisions of a page."""
    is_last_page = len(page) < MOST
    newest = page[0].saved_at if page and before else None
    not_above = newest is None or edition.written_at <= newest
    return not_above and (is_last_page or edition.written_at >= page[-1].saved_at)
