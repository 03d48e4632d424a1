"""Publish drafts: now or later, for ever or until a given moment, one draft or a thousand by the same path.

Each draft is checked and planned before anything is written. Then series numbers, drafts, addresses, revisions,
editions with their rows and audit entries are written, each in as many statements for a thousand drafts as for one.
No other module makes editions of drafts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from publications import markup, search
from publications.models import (
    FOREVER,
    ActionType,
    Address,
    AuditEntry,
    Change,
    Edition,
    EditionByline,
    EditionWithRows,
    Publication,
    Revision,
    RevisionReason,
    SeriesNumber,
    digest_of_draft,
    truncate_to_minute,
)
from publications.snapshot import RenderedAhead, build_snapshot

from .claims import Batch, choose_slug
from .public_state import refuse_outdated_state
from .transaction import ActionContext, ActionRefused, ClockBehind, NotReady, Outdated, save_site_version
from .windows import (
    ScheduledEdition,
    cancel_scheduled,
    cut_windows,
    live_edition,
    reschedule,
    scheduled_edition,
    store_editions,
)

LAST_YEAR = 2200

PublishResult = Edition | ActionRefused
"""The edition of a draft, or why there is none."""


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


@transaction.atomic
def publish(
    publication: Publication,
    *,
    by: User | None,
    at: datetime | None = None,
    until: datetime | None = None,
    change: Change | str | None = None,
    note: str = "",
    seen: str | None = None,
    state: str | None = None,
    keep_scheduled: bool = False,
) -> Edition:
    """Make a draft public, now or at the given moment, for ever or until a given moment.

    Args:
        at: when the edition becomes live; None means now.
        until: when it ends; None means never.
        change: the type of change since the previous edition, a silent fix when None; the first is always `first`.
        note: what readers read about a correction or an update. A correction needs one.
        seen: the digest of the draft that the editor saw; None is not compared.
        state: the `public_state` that the editor saw; None is not compared.
        keep_scheduled: let a scheduled edition become live at its moment, after this one, instead of replacing it.

    Returns:
        The stored edition.

    Raises:
        NotReady: a required field is missing (`reasons` lists them).
        Outdated: the draft or what is public has changed since the editor saw it.
        ClockBehind: the clock of the server is behind the last action.
        ActionRefused: the draft cannot be published in this way.
    """
    options = PublishOptions(
        at=at, until=until, change=change, note=note, seen=seen, state=state, keep_scheduled=keep_scheduled
    )  # fmt: skip
    result = _publish({publication.pk: options}, by=by)[publication.pk]
    if isinstance(result, ActionRefused):
        raise result
    publication.refresh_from_db()
    return result


@transaction.atomic
def publish_many(
    publications: Sequence[Publication],
    *,
    by: User | None,
    prepared: RenderedAhead | None = None,
    ends: Mapping[int, datetime] | None = None,
) -> list[PublishResult]:
    """Publish drafts now, each by an action with an audit entry and a site version of its own.

    Args:
        prepared: texts that were rendered ahead.
        ends: when the editions of some publications end, by primary key.

    Returns:
        For each publication its edition, or why it was refused. A refusal does not affect the others.

    Raises:
        ClockBehind: the clock of the server is behind the last action. Nothing is published.
    """
    ends = ends or {}
    options = {publication.pk: PublishOptions(until=ends.get(publication.pk)) for publication in publications}
    results = _publish(options, by=by, prepared=prepared)
    return [results[publication.pk] for publication in publications]


@dataclass(frozen=True)
class PlannedWindow:
    """When an edition is to be public."""

    start: datetime
    until: datetime
    is_scheduled: bool


@dataclass
class PlannedEdition:
    """An edition that has passed all checks and is not stored yet.

    Attributes:
        scheduled: the edition that was scheduled before this one.
        replaced: the same, once it is cancelled.
        kept: the new edition that becomes live in its place, where the editor has kept it.
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
    kept: Edition | None = None

    @property
    def edition(self) -> Edition:
        return self.rows.edition

    @property
    def is_first(self) -> bool:
        return self.edition.number == 1


def _publish(
    options: Mapping[int, PublishOptions], *, by: User | None, prepared: RenderedAhead | None = None
) -> dict[int, PublishResult]:
    """Publish the drafts with these primary keys; return the result for each. Raises ClockBehind."""
    if not options:
        return {}
    batch = Batch(list(options), by=by, prepared=prepared or {})
    results: dict[int, PublishResult] = {}
    plans: list[PlannedEdition] = []
    for publication in batch.publications:
        try:
            with batch.open_action(publication) as action:
                plans.append(_plan_edition(publication, options[publication.pk], action, batch))
        except ClockBehind:
            raise
        except ActionRefused as refusal:
            results[publication.pk] = refusal
    if plans:
        _store_plans(plans, batch)
    return results | {plan.publication.pk: plan.edition for plan in plans}


def _plan_edition(
    publication: Publication, options: PublishOptions, action: ActionContext, batch: Batch
) -> PlannedEdition:
    """Check everything that may be refused, on the row in memory. Raises NotReady, Outdated or ActionRefused."""
    refuse_outdated_state(publication, options.state)
    _refuse_unready_draft(publication, options.seen)
    window = _plan_window(options, action.at)
    number = batch.last_numbers.get(publication.pk, 0) + 1
    is_first = number == 1  # then nothing is read about other editions
    previous = None if is_first else publication.editions.started_before(action.at)
    change = _choose_change(options.change, options.note, previous)
    scheduled = None if is_first else scheduled_edition(publication, action.at)
    date = _choose_date(publication, window, change, previous)
    is_draft_changed = _complete_draft(publication, date, previous, batch)
    rows = _build_rows(publication, date, number, scheduled, batch.prepared)
    _set_window(rows.edition, window, change, options.note, action)
    if not is_first:
        _refuse_repetition(publication, window, rows, action)
    batch.claim(publication)
    return PlannedEdition(
        action=action,
        publication=publication,
        options=options,
        window=window,
        rows=rows,
        scheduled=ScheduledEdition(scheduled, scheduled.expires_at) if scheduled else None,
        is_draft_changed=is_draft_changed,
    )


def _store_plans(plans: Sequence[PlannedEdition], batch: Batch) -> None:
    for plan in plans:
        if plan.scheduled:
            plan.replaced = cancel_scheduled(plan.publication, plan.action.at)
    _store_drafts(plans, batch)
    for plan in plans:
        plan.edition.digest = plan.publication.digest
        if not plan.is_first:
            cut_windows(plan.publication, at=plan.window.start)
    store_editions([plan.rows for plan in plans])
    for plan in plans:
        if plan.scheduled and plan.options.keep_scheduled:
            plan.kept = reschedule(plan.scheduled, after=plan.edition)
    _update_search(plans)
    AuditEntry.objects.bulk_create(_build_audit_entry(plan) for plan in plans)
    save_site_version(batch.site_version)


def _store_drafts(plans: Iterable[PlannedEdition], batch: Batch) -> None:
    """Store what the drafts claim, and a revision of each, which sets its digest."""
    SeriesNumber.objects.bulk_create(batch.series_numbers.values())
    changed = [plan.publication for plan in plans if plan.is_draft_changed]
    Publication.objects.bulk_update(changed, ["published_at", "series_number", "slug"])
    Address.objects.bulk_create(batch.addresses, ignore_conflicts=True)  # one may have been its own before
    publications = [plan.publication for plan in plans]
    Revision.objects.create_many_from(publications, by=batch.by, why=RevisionReason.PUBLISHED, reload=False)


def _update_search(plans: Iterable[PlannedEdition]) -> None:
    search.index_editions(plan.edition.pk for plan in plans if plan.is_first)
    for plan in plans:
        if not plan.is_first:
            search.sync_publication(plan.publication, plan.action.at)


def _refuse_unready_draft(publication: Publication, seen: str | None) -> None:
    if seen is not None and seen != publication.digest:
        raise Outdated(_("The working copy has changed since you saw it. Look at it again, then publish."))
    if reasons := publication.missing_reasons():
        raise NotReady(*reasons)


def _plan_window(options: PublishOptions, now: datetime) -> PlannedWindow:
    at, until = options.at, options.until
    if at and at <= now:
        raise ActionRefused(_("The moment to publish lies in the past. Choose a later one, or publish now."))
    start = at or now
    if max(start, until or start).year > LAST_YEAR:
        raise ActionRefused(
            _("The moment lies too far off. Choose one before the year %d.") % (LAST_YEAR + 1)
        )
    if until and until <= start:
        raise ActionRefused(_("The piece would end before it begins. Choose a later end."))
    if options.keep_scheduled and at:
        raise ActionRefused(
            _("Only one edition can wait. Publish now, or let this one take the place of the other.")
        )
    return PlannedWindow(start=start, until=until or FOREVER, is_scheduled=bool(at))


def _choose_change(change: Change | str | None, note: str, previous: Edition | None) -> Change:
    if not previous:
        return Change.FIRST
    chosen = Change(change or Change.SILENT)
    if chosen is Change.FIRST:
        raise ActionRefused(
            _("This piece has been public before: say whether this is a fix, a correction or an update.")
        )
    if chosen is Change.CORRECTION and not note.strip():
        raise ActionRefused(_("A correction needs a note that tells readers what was wrong."))
    if chosen is Change.SILENT and note.strip():
        raise ActionRefused(_("A silent fix shows no note. Choose correction, or leave the note empty."))
    return chosen


def _choose_date(
    publication: Publication, window: PlannedWindow, change: Change, previous: Edition | None
) -> datetime:
    """Return the date that readers see: as the editor wrote it, else that of the previous edition.

    An update without a new date has the date of its start.
    """
    entered = truncate_to_minute(publication.published_at) if publication.published_at else None
    if previous and change is Change.UPDATE:
        date = entered if entered != previous.published_at else None
    else:
        date = entered or (previous.published_at if previous else None)
    date = date or truncate_to_minute(window.start)
    if date > window.start:
        raise ActionRefused(
            _("The date readers see lies after the moment of publication. Choose an earlier one.")
        )
    return date


def _complete_draft(publication: Publication, date: datetime, previous: Edition | None, batch: Batch) -> bool:
    """Set the series number and the slug of a draft; clear a date that an update has moved.

    Returns:
        Whether the draft differs from its stored row.
    """
    stored = publication.published_at, publication.series_number, publication.slug
    if publication.published_at and date != truncate_to_minute(publication.published_at):
        publication.published_at = None
    publication.series_number = batch.choose_series_number(publication, date, previous)
    publication.slug = choose_slug(publication, batch.owners)
    return stored != (publication.published_at, publication.series_number, publication.slug)


def _build_rows(
    publication: Publication, date: datetime, number: int, scheduled: Edition | None, prepared: RenderedAhead
) -> EditionWithRows:
    try:
        rows = build_snapshot(
            publication, published_at=date, prepared=prepared, is_first=number == 1, replaced=scheduled
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


def _build_audit_entry(plan: PlannedEdition) -> AuditEntry:
    edition = plan.edition
    return plan.action.build_audit_entry(
        ActionType.SCHEDULE if edition.is_scheduled else ActionType.PUBLISH,
        edition,
        publication=plan.publication,
        edition=edition.number,
        change=edition.change,
        note=edition.change_note,
        at=edition.visible_from.isoformat(),
        until=edition.expires_at.isoformat() if edition.expires_at < FOREVER else "",
        replaced=plan.replaced.number if plan.replaced else None,
        kept=plan.kept.number if plan.kept else None,
    )
