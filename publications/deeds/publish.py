"""publish: put a publication before its readers, now, at a moment, or until one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import prose, search
from publications.composing import Prepared, compose
from publications.languages import LONGEST
from publications.models import (
    FOREVER,
    Address,
    AuditLine,
    Change,
    DeedKind,
    Edition,
    EditionWithRows,
    Number,
    Publication,
    Revision,
    Why,
    whole_minute,
)

from .ground import (
    Deed,
    NotReady,
    Outdated,
    Refused,
    begin,
    cancel_waiting,
    cut_windows,
    live_at,
    locked,
)
from .public_state import refuse_outdated_state
from .storing import store
from .waiting import wait_on, what_waits

LAST_YEAR = 2200


@dataclass(frozen=True)
class Window:
    """When an edition is to be public."""

    start: datetime
    until: datetime
    planned: bool


@transaction.atomic
def publish(
    publication: Publication,
    *,
    by,
    at: datetime | None = None,
    until: datetime | None = None,
    change: Change | str | None = None,
    note: str = "",
    seen: str | None = None,
    state: str | None = None,
    keep_waiting: bool = False,
) -> Edition:
    """Put a publication before its readers, now or at the moment given, for ever or until one.

    `change` says what it is to the edition before it (a silent fix when not said; the first is always
    `first`); a correction needs a note to readers. `seen` is the digest of the working copy that the
    editor saw, and `state` the `public_state` that they saw: when either has changed since, nothing is
    published. An edition that waits is replaced, or, with
    `keep_waiting`, goes public at its moment after this one. Raises NotReady, Outdated, ClockBehind or Refused.
    """
    deed = begin(by=by, publication=publication)
    return put_before_readers(
        deed,
        publication,
        at=at,
        until=until,
        change=change,
        note=note,
        seen=seen,
        state=state,
        keep_waiting=keep_waiting,
    )


def put_before_readers(
    deed: Deed,
    publication: Publication,
    *,
    at: datetime | None = None,
    until: datetime | None = None,
    change: Change | str | None = None,
    note: str = "",
    seen: str | None = None,
    state: str | None = None,
    prepared: Prepared | None = None,
    keep_waiting: bool = False,
) -> Edition:
    """What publish does once its deed has begun: every rule is here. Raises NotReady, Outdated or Refused."""
    piece = locked(publication)
    refuse_outdated_state(piece, state)
    _refuse_what_is_not_ready(piece, seen)
    window = window_of(at, until, deed.moment)
    if keep_waiting and window.planned:
        raise Refused(
            _("Only one edition can wait. Publish now, or let this one take the place of the other.")
        )
    number = piece.editions.next_number()
    is_first = number == 1  # there are no others to ask for
    before = None if is_first else piece.editions.begun_by(deed.moment)
    change = _change(change, note, before)
    waiting = None if is_first else what_waits(piece, deed)
    replaced = cancel_waiting(piece, deed.moment) if waiting else None
    date = date_for_readers(piece, window, change, before)
    _settle_working_copy(piece, date, before)
    Revision.objects.keep(piece, by=deed.by, why=Why.PUBLISHED)
    composition = _composed(piece, date, number, prepared)
    put_in_window(composition.edition, window, change, note, deed)
    edition = _write(piece, window, composition, deed)
    edition.kept = wait_on(piece, waiting, edition) if keep_waiting and waiting else None
    if is_first:
        search.store([edition.pk])
    else:
        search.keep_up(piece, deed.moment)
    _tell(deed, edition, replaced)
    publication.refresh_from_db()
    return edition


def _refuse_what_is_not_ready(piece: Publication, seen: str | None) -> None:
    if seen is not None and seen != piece.digest:
        raise Outdated(_("The working copy has changed since you saw it. Look at it again, then publish."))
    if reasons := piece.missing():
        raise NotReady(*reasons)


def window_of(at: datetime | None, until: datetime | None, moment: datetime) -> Window:
    if at and at <= moment:
        raise Refused(_("The moment to publish lies in the past. Choose a later one, or publish now."))
    start = at or moment
    if max(start, until or start).year > LAST_YEAR:
        raise Refused(_("The moment lies too far off. Choose one before the year %d.") % (LAST_YEAR + 1))
    if until and until <= start:
        raise Refused(_("The piece would end before it begins. Choose a later end."))
    return Window(start=start, until=until or FOREVER, planned=bool(at))


def _change(change: Change | str | None, note: str, before: Edition | None) -> Change:
    if not before:
        return Change.FIRST
    chosen = Change(change or Change.SILENT)
    if chosen is Change.FIRST:
        raise Refused(
            _("This piece has been public before: say whether this is a fix, a correction or an update.")
        )
    if chosen is Change.CORRECTION and not note.strip():
        raise Refused(_("A correction needs a note that tells readers what was wrong."))
    if chosen is Change.SILENT and note.strip():
        raise Refused(_("A silent fix shows no note. Choose correction, or leave the note empty."))
    return chosen


def _settle_working_copy(piece: Publication, date: datetime, before: Edition | None) -> None:
    """Give the piece its number and its address, which it keeps. A date that an update has overtaken goes."""
    if piece.published_at and date != whole_minute(piece.published_at):
        piece.published_at = None
    piece.series_number = _series_number(piece, date, before)
    piece.slug = _claimed_slug(piece)
    piece.save(update_fields=["published_at", "series_number", "slug"])


def date_for_readers(piece: Publication, window: Window, change: Change, before: Edition | None) -> datetime:
    """As the editor wrote it, else that of the edition before; an update moves it. It belongs to the edition."""
    written = whole_minute(piece.published_at) if piece.published_at else None
    if before and change is Change.UPDATE:
        date = written if written != before.published_at else None
    else:
        date = written or (before.published_at if before else None)
    date = date or whole_minute(window.start)
    if date > window.start:
        raise Refused(_("The date readers see lies after the moment of publication. Choose an earlier one."))
    return date


def _series_number(piece: Publication, date: datetime, before: Edition | None) -> Number | None:
    """The number it has, that of its translations, or the next of the year."""
    if not piece.kind.numbered:
        return piece.series_number
    year = timezone.localtime(date).year
    own = piece.series_number
    if own and own.kind_id == piece.kind_id and (before or own.year == year):
        return own
    siblings = piece.family().exclude(pk=piece.pk)
    shared = Number.objects.filter(kind=piece.kind, pk__in=siblings.values("series_number")).first()
    return shared or Number.objects.take(piece.kind, date)


def _claimed_slug(piece: Publication) -> str:
    slug = address_to_come(piece)
    claim = Address(tree=piece.tree, slug=slug, publication=piece)
    Address.objects.bulk_create([claim], ignore_conflicts=True)  # it may have been its own before
    return slug


def address_to_come(piece: Publication) -> str:
    """The address that publishing will give the piece; one made from the title steps aside where it is taken.

    Raises NotReady where an editor chose one that another publication has.
    """
    wanted = piece.proposed_slug()
    taken = Address.objects.filter(tree=piece.tree).exclude(publication=piece)
    is_taken = taken.filter(slug=wanted).exists()
    if piece.slug and is_taken:
        raise address_taken(wanted)
    return _next_free(wanted, taken) if is_taken else wanted


def address_taken(slug: str) -> NotReady:
    return NotReady(
        _("The address “%(slug)s” belongs to another publication. Choose another.") % {"slug": slug}
    )


def _next_free(wanted: str, taken: models.QuerySet) -> str:
    """The address with the first number behind it that nobody has."""
    stem = wanted[: LONGEST - 6].rstrip("-")
    others = set(taken.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in range(2, len(others) + 3) if (slug := f"{stem}-{n}") not in others)


def _refuse_repetition(piece: Publication, window: Window, composition: EditionWithRows, deed: Deed) -> None:
    """A second press of the button makes no second edition."""
    live = live_at(piece, deed.moment)
    if not live or window.planned or window.until != live.expires:
        return
    if live.digest == piece.digest and _as_signed(live.bylines.all()) == _as_signed(composition.bylines):
        raise Refused(
            _("Nothing has changed since edition %(number)d, which is public.") % {"number": live.number}
        )


def _as_signed(bylines) -> list[tuple[str, str, str]]:
    return [(line.name, line.title, line.affiliation) for line in bylines]


def _composed(piece: Publication, date: datetime, number: int, prepared: Prepared | None) -> EditionWithRows:
    try:
        composition = compose(piece, published_at=date, prepared=prepared, is_first=number == 1)
    except prose.Unrenderable as reason:
        raise NotReady(str(reason)) from reason
    composition.edition.number = number
    return composition


def _write(piece: Publication, window: Window, composition: EditionWithRows, deed: Deed) -> Edition:
    if composition.edition.number > 1:
        _refuse_repetition(piece, window, composition, deed)
        cut_windows(piece, at=window.start)
    return store(composition)


def put_in_window(edition: Edition, window: Window, change: Change, note: str, deed: Deed) -> None:
    edition.change, edition.note, edition.editor = change, note.strip(), deed.by
    edition.planned = window.planned
    edition.visible_from, edition.expires = window.start, window.until
    edition.visible_until = window.until


def _tell(deed: Deed, edition: Edition, replaced: Edition | None) -> None:
    edition.replaced = replaced
    told_of(deed, edition).save(force_insert=True)


def told_of(deed: Deed, edition: Edition) -> AuditLine:
    """The audit line of an edition."""
    return deed.line(
        DeedKind.SCHEDULE if edition.planned else DeedKind.PUBLISH,
        edition,
        publication=edition.publication,
        edition=edition.number,
        change=edition.change,
        note=edition.note,
        at=edition.visible_from.isoformat(),
        until=edition.expires.isoformat() if edition.expires < FOREVER else "",
        replaced=edition.replaced.number if edition.replaced else None,
        kept=edition.kept.number if edition.kept else None,
    )
