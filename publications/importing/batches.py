"""Batches: arrivals become working copies and editions, fifty in a transaction, stored together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from publications import intake
from publications.disk_reserve import is_disk_full
from publications.importers import Arrival, Line, Sort
from publications.models import Edition, Generation, Publication

from .account import Account, Entry, Outcome
from .order import Order
from .publishing import publish
from .redirects import add_redirects
from .taken import Taken

SMALL = 50  # pieces, below which any plan is a good one


class OnDisk(Mapping[str, bytes]):
    """Files that are read when they are asked for."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.paths = paths

    def __getitem__(self, name: str) -> bytes:
        try:
            return self.paths[name].read_bytes()
        except OSError as reason:
            raise KeyError(name) from reason

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


@dataclass
class Batches:
    """Takes in one batch after another; `done` are all that came so far."""

    order: Order
    account: Account
    register: intake.Register
    done: list[Taken] = field(default_factory=list)
    planned_for: int = 0

    def refuse(self, source: str, reason: str, lines: Sequence[Line] = ()) -> Taken:
        entry = Entry(source, Outcome.REFUSED, list(lines))
        entry.tell(Sort.DROPPED, "refused", reason)
        return Taken(Arrival(source, refusal=reason), self._told(entry))

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Take in a batch, all of it or nothing; where the database objects, one by one."""
        told = len(self.account.entries)
        try:
            with transaction.atomic():
                taken = self._take(arrivals)
        except (DatabaseError, intake.Unknown, ValueError, OSError) as reason:
            if is_disk_full(reason):
                raise
            del self.account.entries[told:]
            self.register.forget()
            if len(arrivals) > 1:
                for arrival in arrivals:
                    self.take([arrival])
                return
            taken = [self.refuse(arrivals[0].source, str(reason), arrivals[0].lines)]
        self.done += [each.lean() for each in taken]
        self._tell_the_planner()

    def _tell_the_planner(self) -> None:
        """PostgreSQL plans by what it believes a table to hold, and by itself notices growth only minutes later."""
        if len(self.done) < max(SMALL, 2 * self.planned_for):
            return
        self.planned_for = len(self.done)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def _take(self, arrivals: Sequence[Arrival]) -> list[Taken]:
        Generation.objects.select_for_update().get()  # the lock that every deed takes first
        uids = [each.manuscript.uid for each in arrivals if each.manuscript]
        standings = intake.since_import(uids)
        taken = [self._one(each, standings) for each in arrivals]
        self._take_in(taken)
        publish(taken, self.order)
        for each in taken:
            self.account.redirects += add_redirects(each, by=self.order.by)
        return taken

    def _one(self, arrival: Arrival, standings: Mapping[str, intake.Standing]) -> Taken:
        text = arrival.manuscript
        if text is None:
            return self.refuse(arrival.source, arrival.refusal, arrival.lines)
        standing = standings.get(text.uid)
        entry = self._told(_entry(arrival, self._outcome(arrival, standing)))
        if entry.outcome is Outcome.KEPT:
            entry.tell(Sort.DROPPED, "kept", _why_kept(standing))
        if standing is None or not standing.is_imported:
            return Taken(arrival, entry, related=text.related)
        return Taken(arrival, entry, standing.publication, standing.is_edited, text.related)

    def _outcome(self, arrival: Arrival, standing: intake.Standing | None) -> Outcome:
        if standing is None:
            return Outcome.NEW
        if not standing.brings_news(arrival.manuscript, self.register, arrival.files):
            return Outcome.UNCHANGED
        return Outcome.KEPT if standing.is_edited else Outcome.UPDATED

    def _told(self, entry: Entry) -> Entry:
        self.account.entries.append(entry)
        return entry

    def _take_in(self, taken: Sequence[Taken]) -> None:
        coming = [each for each in taken if each.entry.outcome in (Outcome.NEW, Outcome.UPDATED)]
        reports = intake.take_in_many(
            [(each.arrival.manuscript, self._bundle(each.arrival), each.publication) for each in coming],
            by=self.order.by,
            register=self.register,
        )
        for each, report in zip(coming, reports, strict=True):
            if isinstance(report, intake.Unknown):
                each.entry.outcome = Outcome.REFUSED
                each.entry.tell(Sort.DROPPED, "refused", str(report))
                continue
            each.publication = report.publication
            _tell(each, report)

    def _bundle(self, arrival: Arrival) -> intake.Bundle:
        return intake.Bundle(
            OnDisk(arrival.files),
            arrival.facts,
            arrival.staff,
            renditions_at_once=False,
            is_rehearsal=self.order.rehearse,
        )


def _why_kept(standing: intake.Standing) -> str:
    if standing.is_imported:
        return _(
            "Edited at the desk since it was last imported: the desk's text stays, the file's was not taken."
        )
    return _(
        "The publication of this uid was made at the desk: it stays as it is there, and nothing of the file was taken."
    )


def _tell(each: Taken, report: intake.Report) -> None:
    """What only the site knows: which authors it had to make, and what is missing."""
    for told in report.guests:
        each.entry.tell(Sort.GUESSED, "guest", told)
    for told in report.missing:
        each.entry.tell(Sort.DROPPED, "missing", told)


def _entry(arrival: Arrival, outcome: Outcome) -> Entry:
    text, is_taken = arrival.manuscript, outcome in (Outcome.NEW, Outcome.UPDATED)
    lines = [line for line in arrival.lines if is_taken or line.sort is Sort.DROPPED]
    reading = [line for line in arrival.lines if line not in lines]
    return Entry(
        arrival.source, outcome, lines, reading, title=text.title, share=arrival.share, uid=text.uid,
        address=Edition(tree=Publication(language=text.language).tree, slug=text.slug).get_absolute_url(),
        authors=tuple(line.author for line in text.bylines), tags=text.tags, language=text.language,
        images=tuple(picture.key for picture in text.images),
    )  # fmt: skip
