"""What all deeds stand on: the lock, the moment, the windows, the audit line, and the ways to say no."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import page_cache
from publications.models import (
    ADDING,
    FOREVER,
    AuditLine,
    DeedKind,
    Edition,
    EditionByline,
    EditionTag,
    End,
    Generation,
    Publication,
)

TICK = timedelta(microseconds=1)
TOLERANCE = timedelta(seconds=5)


class Refused(Exception):
    """A deed that cannot be done, with its reasons as sentences for an editor. Nothing has changed."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = [str(reason) for reason in reasons]


class NotReady(Refused):
    """Something that readers are owed is missing."""


class Outdated(Refused):
    """The working copy is not the one the editor saw."""


class ClockBehind(Refused):
    """The machine's clock stands before a deed that has been done."""


@dataclass(frozen=True)
class Deed:
    """One deed under way: its moment, and the generation that it starts."""

    moment: datetime
    generation: int
    by: object

    def tell(
        self, deed: DeedKind, subject: object, *, publication: Publication | None = None, **detail
    ) -> None:
        """Write the audit line. A deed tells exactly once."""
        self.line(deed, subject, publication=publication, **detail).save(force_insert=True)

    def line(
        self, deed: DeedKind, subject: object, *, publication: Publication | None = None, **detail
    ) -> AuditLine:
        """The audit line, for whoever writes many at once."""
        return AuditLine(
            deed=deed,
            by=self.by,
            by_name=self.by.get_username() if self.by else _("the command line"),
            at=self.moment,
            publication=publication,
            subject=str(subject)[:300],
            detail={key: value for key, value in detail.items() if value},
            generation=self.generation,
        )


def begin(*, by, publication: Publication | None = None) -> Deed:
    """Take the lock that puts deeds in one order, and settle the moment of this one.

    Two deeds on one piece at the same instant are a microsecond apart. A clock that has gone back behind
    the last deed by more than a few seconds is refused: what had been public would look as if it waited.
    Raises ClockBehind.
    """
    generation = Generation.objects.select_for_update().get()
    deed = start(generation, by=by, publication=publication)
    keep(generation)
    return deed


def keep(generation: Generation) -> None:
    """Store the generation; once the transaction is through, whoever keeps pages learns of it."""
    generation.save()
    number = generation.number
    transaction.on_commit(lambda: _announce(number))


def _announce(generation: int) -> None:
    """Say that this generation is there, and whether it took something back: where nobody knows, that it did."""
    try:
        took_back = AuditLine.objects.filter(generation=generation).exclude(deed__in=ADDING).exists()
    except Error:
        took_back = True
    page_cache.announce_change(took_back=took_back)


def start(generation: Generation, *, by, publication: Publication | None = None) -> Deed:
    """A deed on the generation that is held, which whoever holds it saves. Raises ClockBehind."""
    now = timezone.now()
    if now < generation.at - TOLERANCE:
        raise ClockBehind(
            _(
                "The clock of the server stands at %(now)s, before the last change at %(last)s. Set it right, or "
                "run “manage.py trust_clock” if it is."
            )
            % {"now": timezone.localtime(now), "last": timezone.localtime(generation.at)}
        )
    moment = _after_what_stands(publication, now, generation.at) if publication else now
    generation.number += 1
    generation.at = max(generation.at, moment)
    return Deed(moment=moment, generation=generation.number, by=by)


@transaction.atomic
def renew(subject: str, *, by=None) -> None:
    """Make every stored page old, where what pages show was made anew from what is stored: the index, similarity."""
    deed = begin(by=by)
    deed.tell(DeedKind.REBUILD, subject)


@transaction.atomic
def trust_clock(*, by=None) -> None:
    """Take the clock as it stands for right, though a deed was done when it was ahead."""
    generation = Generation.objects.select_for_update().get()
    generation.at = min(generation.at, timezone.now())
    generation.number += 1
    keep(generation)
    told = Deed(moment=generation.at, generation=generation.number, by=by)
    told.tell(DeedKind.AMEND, _("The clock of the server"))


def _after_what_stands(publication: Publication, now: datetime, last_deed: datetime) -> datetime:
    """Now, or just after the last start of the piece when that is at this instant, or was before a small step back."""
    begun = publication.editions.kept().filter(visible_from__lte=max(now, last_deed))
    last = begun.aggregate(start=Max("visible_from"))["start"]
    return max(now, last + TICK) if last else now


def locked(publication: Publication) -> Publication:
    """The publication as the database has it now, held until the deed is done."""
    held = Publication.objects.select_for_update(no_key=True, of=("self",)).select_related("kind")
    return held.get(pk=publication.pk)


def hold(pk: int) -> None:
    """Take the locks of a deed in their one order, for whoever saves a working copy and may do deeds with it."""
    Generation.objects.select_for_update().get()
    Publication.objects.select_for_update(no_key=True).filter(pk=pk).first()


def live_at(publication: Publication, moment: datetime) -> Edition | None:
    return publication.editions.filter(visible_from__lte=moment, visible_until__gt=moment).first()


def waiting_after(publication: Publication, moment: datetime) -> Edition | None:
    return publication.editions.filter(end=End.NONE, visible_from__gt=moment).first()


def cancel_waiting(publication: Publication, moment: datetime) -> Edition | None:
    """Empty the window of the edition that waits, if one does; the one before it gets its own end back."""
    waiting = waiting_after(publication, moment)
    if waiting:
        end(waiting, at=waiting.visible_from, why=End.CANCELLED)
        settle_windows(publication)
    return waiting


def end(edition: Edition, *, at: datetime, why: End, note: str = "") -> None:
    """Close an edition's own window at the moment given."""
    edition.expires = edition.visible_until = at
    edition.end, edition.end_note = why, note
    edition.save(update_fields=["expires", "visible_until", "end", "end_note"])
    _copy_until(edition)


def cut_windows(publication: Publication, *, at: datetime) -> None:
    """End the window that runs across the moment given: there the next edition begins."""
    for edition in publication.editions.filter(visible_from__lt=at, visible_until__gt=at):
        _let_run(edition, at)


def settle_windows(publication: Publication) -> None:
    """Let each window run until its own end or the next start: the one place where this is derived."""
    editions = list(publication.editions.kept().order_by("visible_from"))
    next_starts = [edition.visible_from for edition in editions[1:]] + [FOREVER]
    for edition, next_start in zip(editions, next_starts, strict=False):
        _let_run(edition, min(edition.expires, next_start))


def _let_run(edition: Edition, until: datetime) -> None:
    if until != edition.visible_until:
        edition.visible_until = until
        edition.save(update_fields=["visible_until"])
        _copy_until(edition)


def _copy_until(edition: Edition) -> None:
    for rows in (EditionByline, EditionTag):
        rows.objects.filter(edition=edition).update(visible_until=edition.visible_until)
