"""The plan of an edition: its window, change, date, slug and rows, chosen and checked before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import markup
from publications.models import (
    DATED_CHANGES,
    EDITORIAL_CHANGES,
    FOREVER,
    Approval,
    Change,
    Edition,
    EditionByline,
    EditionWithRows,
    EndReason,
    Publication,
    digest_of_draft,
    find_missing_approval,
    late_issue_item_errors,
    truncate_to_minute,
)
from publications.snapshot import PrerenderedTexts, build_snapshot

from .public_state import refuse_outdated_state
from .publish_batch import PublishBatch, choose_slug
from .second_person import require_approvals, require_reason_to_keep
from .transaction import ActionContext, ActionRefused, NotReady, Outdated
from .windows import ScheduledEdition, live_edition, scheduled_edition

MISSING_NOTE = gettext_lazy("A correction needs a note that tells readers what was wrong.")
MAX_YEAR = 2200
"""The last year in which an edition may start or end."""


@dataclass(frozen=True, kw_only=True)
class PublishOptions:
    """How one draft is to be published; see `publish`."""

    at: datetime | None = None
    until: datetime | None = None
    change: Change | str | None = None
    note: str = ""
    seen: str | None = None
    state: str | None = None
    keep_scheduled: bool = False
    without_approval: str = ""
    although_hidden: bool = False
    may_be_numbered: bool = True


@dataclass(frozen=True)
class PlannedWindow:
    """When an edition is to be public."""

    start: datetime
    until: datetime
    is_scheduled: bool


@dataclass
class PublishPlan:
    """An edition that has passed all checks and is not stored yet.

    Attributes:
        scheduled: the edition that was scheduled before this one.
        replaced: the same, once it is cancelled.
        rescheduled: the new edition with its text, where the editor has kept the schedule.
        kept_without_approval: why one person keeps the schedule of a text that needs two, or "".
        approvals: by other people, of the draft as it is published; None where one person may publish it.
        is_draft_changed: whether columns of the draft have to be stored.
    """

    action: ActionContext
    publication: Publication
    options: PublishOptions
    window: PlannedWindow
    rows: EditionWithRows
    scheduled: ScheduledEdition | None
    is_draft_changed: bool
    replaced: Edition | None = None
    rescheduled: Edition | None = None
    kept_without_approval: str = ""
    approvals: list[Approval] | None = None

    @property
    def edition(self) -> Edition:
        return self.rows.edition

    @property
    def is_first(self) -> bool:
        return self.edition.number == 1

    @property
    def is_unapproved(self) -> bool:
        """Whether it needs two people, and one published it."""
        return self.approvals == []

    def find_kept_reason(self) -> str:
        """Return why the scheduled edition stays without an approval: those of it were bound to the edition before."""
        if self.approvals is None:
            return find_missing_approval(self.scheduled.edition)
        return self.options.without_approval.strip()


def plan_edition(
    publication: Publication, options: PublishOptions, action: ActionContext, batch: PublishBatch
) -> PublishPlan:
    """Check everything that may be refused, on the row in memory. Raises NotReady, Outdated or ActionRefused."""
    refuse_outdated_state(publication, options.state)
    _refuse_unready_draft(publication, options)
    window = _plan_window(options, action.at)
    number = batch.last_numbers.get(publication.pk, 0) + 1
    is_first = number == 1  # there are no other editions to query
    previous = None if is_first else publication.editions.last_public_by(action.at)
    _refuse_retracted(previous)
    change = choose_change(options.change, options.note, previous)
    _refuse_late_items(publication, window, change)
    approvals = require_approvals(
        publication,
        action.by,
        change=change,
        note=options.note,
        reason=options.without_approval,
        is_new=is_first,
    )  # of the draft as it was seen
    scheduled = None if is_first else scheduled_edition(publication, action.at)
    if scheduled and options.keep_scheduled and approvals is not None:
        require_reason_to_keep(publication, options.without_approval)
    date = _choose_date(publication, window, change, previous)
    is_draft_changed = _complete_draft(
        publication, date, previous, batch, may_be_numbered=options.may_be_numbered
    )
    rows = _build_rows(publication, date, number, scheduled, batch.prerendered)
    _set_window(rows.edition, window, change, options.note, action)
    if not is_first:
        _refuse_repetition(publication, window, rows, action)
    batch.reserve(publication)
    return PublishPlan(
        action=action,
        publication=publication,
        options=options,
        window=window,
        rows=rows,
        scheduled=ScheduledEdition(scheduled, scheduled.expires_at) if scheduled else None,
        is_draft_changed=is_draft_changed,
        approvals=approvals,
    )


def _refuse_unready_draft(publication: Publication, options: PublishOptions) -> None:
    if options.seen is not None and options.seen != publication.digest:
        raise Outdated(_("The draft has changed since you saw it. Look at it again, then publish."))
    if errors := publication.publish_errors():
        raise NotReady(*(message for _field, message in errors))
    if publication.hidden_reason and not options.although_hidden:
        raise NotReady(publication.hidden_text)


def _refuse_retracted(last: Edition | None) -> None:
    if last and (refusal := last.republication_refusal):
        raise ActionRefused(refusal)


def _refuse_late_items(publication: Publication, window: PlannedWindow, change: Change) -> None:
    """Refuse an issue of the newsletter whose mail would lack what it has; a silent fix is not mailed."""
    if change is not Change.SILENT and (errors := late_issue_item_errors(publication, window.start)):
        raise NotReady(*errors)


def _plan_window(options: PublishOptions, now: datetime) -> PlannedWindow:
    at, until = options.at, options.until
    if at and at <= now:
        raise ActionRefused(_("The moment to publish lies in the past. Choose a later one, or publish now."))
    start = at or now
    if max(start, until or start).year > MAX_YEAR:
        raise ActionRefused(_("The moment lies too far off. Choose one before the year %d.") % (MAX_YEAR + 1))
    if until and until <= start:
        raise ActionRefused(_("The piece would end before it begins. Choose a later end."))
    if options.keep_scheduled and at:
        raise ActionRefused(
            _("Only one edition can wait. Publish now, or let this one take the place of the other.")
        )
    return PlannedWindow(start=start, until=until or FOREVER, is_scheduled=bool(at))


def choose_change(change: Change | str | None, note: str, previous: Edition | None) -> Change:
    """Return what an edition is to readers of the previous one. Raises ActionRefused if the note does not suit it.

    After one that was taken back, as published by mistake, it may be a first one again.
    """
    if not previous:
        return Change.FIRST
    chosen = Change(change or Change.SILENT)
    if chosen in EDITORIAL_CHANGES:
        raise ActionRefused(_("Retractions and expressions of concern are actions of their own."))
    if chosen is Change.FIRST and previous.end_reason != EndReason.UNDONE:
        raise ActionRefused(
            _("This piece has been public before: say whether this is a fix, a correction or an update.")
        )
    if chosen is Change.CORRECTION and not note.strip():
        raise ActionRefused(str(MISSING_NOTE))
    if chosen is Change.FIRST and note.strip():
        raise ActionRefused(_("What is published as if new shows no note. Leave the note empty."))
    if chosen is Change.SILENT and note.strip():
        raise ActionRefused(_("A silent fix shows no note. Choose correction, or leave the note empty."))
    return chosen


def _choose_date(
    publication: Publication, window: PlannedWindow, change: Change, previous: Edition | None
) -> datetime:
    """Return the date that readers see: as the editor wrote it, else that of the previous edition.

    An update without a new date has the date of its start, as has what is published as if new.
    """
    entered = truncate_to_minute(publication.published_at) if publication.published_at else None
    if previous and change in DATED_CHANGES:
        date = entered if entered != previous.published_at else None
    else:
        date = entered or (previous.published_at if previous else None)
    date = date or truncate_to_minute(window.start)
    if date > window.start:
        raise ActionRefused(
            _("The date readers see lies after the moment of publication. Choose an earlier one.")
        )
    return date


def _complete_draft(
    publication: Publication,
    date: datetime,
    previous: Edition | None,
    batch: PublishBatch,
    *,
    may_be_numbered: bool,
) -> bool:
    """Set the series number and the slug of a draft; clear a date that an update has moved.

    Returns:
        Whether the draft differs from its stored row.
    """
    stored = publication.published_at, publication.series_number, publication.slug
    if publication.published_at and date != truncate_to_minute(publication.published_at):
        publication.published_at = None
    publication.series_number = batch.choose_series_number(
        publication, date, previous, may_be_numbered=may_be_numbered
    )
    publication.slug = choose_slug(publication, batch.owners)
    return stored != (publication.published_at, publication.series_number, publication.slug)


def _build_rows(
    publication: Publication,
    date: datetime,
    number: int,
    scheduled: Edition | None,
    prerendered: PrerenderedTexts,
) -> EditionWithRows:
    try:
        rows = build_snapshot(
            publication, published_at=date, prerendered=prerendered, is_first=number == 1, replaced=scheduled
        )
    except markup.Unrenderable as reason:
        raise NotReady(str(reason)) from reason
    rows.edition.number = number
    return rows


def _set_window(
    edition: Edition, window: PlannedWindow, change: Change, note: str, action: ActionContext
) -> None:
    edition.change, edition.change_note, edition.published_by = change, note.strip(), action.by
    edition.is_scheduled = window.is_scheduled
    edition.visible_from, edition.expires_at = window.start, window.until
    edition.visible_until = window.until


def _refuse_repetition(
    publication: Publication, window: PlannedWindow, rows: EditionWithRows, action: ActionContext
) -> None:
    """Refuse to publish again what is live and unchanged, as when a button is pressed twice."""
    live = live_edition(publication, action.at)
    if not live or window.is_scheduled or window.until != live.expires_at:
        return
    has_same_bylines = _names_in(live.bylines.all()) == _names_in(rows.bylines)
    if has_same_bylines and live.digest == digest_of_draft(publication):
        raise ActionRefused(
            _("Nothing has changed since edition %(number)d, which is public.") % {"number": live.number}
        )


def _names_in(bylines: Iterable[EditionByline]) -> list[tuple[str, str, str]]:
    return [(byline.name, byline.title, byline.affiliation) for byline in bylines]
