"""Publish drafts: now, at a later moment or until one, and one draft or a thousand by the same path.

What may be refused is settled for each draft before anything of any is written. Then series numbers, drafts,
addresses, revisions, editions with their rows and audit lines are written, each in as many statements for a thousand
as for one. No other module makes editions of drafts.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import markup, search
from publications.models import (
    FOREVER,
    ROWS,
    ActionType,
    Address,
    AuditEntry,
    Change,
    Edition,
    EditionWithRows,
    Publication,
    Revision,
    RevisionReason,
    SeriesNumber,
    SiteVersion,
    digest_of_draft,
    truncate_to_minute,
)
from publications.slugs import MAX_SLUG_CHARACTERS
from publications.snapshot import RenderedAhead, build_snapshot

from .public_state import refuse_outdated_state
from .transaction import (
    ActionContext,
    ActionRefused,
    ClockBehind,
    NotReady,
    Outdated,
    open_action,
    save_site_version,
)
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

Outcome = Edition | ActionRefused


@dataclass(frozen=True, kw_only=True)
class PublishOptions:
    """How one draft is to be published, as `publish` describes it."""

    at: datetime | None = None
    until: datetime | None = None
    change: Change | str | None = None
    note: str = ""
    seen: str | None = None
    state: str | None = None
    keep_waiting: bool = False


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
    keep_waiting: bool = False,
) -> Edition:
    """Make a draft public, now or at the given moment, for ever or until one.

    Args:
        at: when the edition becomes live; None means now.
        until: when it ends; None means that it stays.
        change: what the edition is to the one before it, a silent fix when None; the first is always `first`.
        note: what readers are told of a correction or an update. A correction needs one.
        seen: the digest of the draft that the editor saw.
        state: the `public_state` that the editor saw.
        keep_waiting: let a scheduled edition become live at its moment, after this one, instead of replacing it.

    Returns:
        The stored edition; its `replaced` and `kept` are the scheduled edition that it took the place of, and the new
        one of a scheduled edition that was kept.

    Raises:
        NotReady: something that readers are owed is missing.
        Outdated: the draft or what is public has changed since the editor saw it.
        ClockBehind: the clock of the server stands before the last action.
        ActionRefused: the draft cannot be published in this way.
    """
    options = PublishOptions(
        at=at, until=until, change=change, note=note, seen=seen, state=state, keep_waiting=keep_waiting
    )  # fmt: skip
    outcome = _publish({publication.pk: options}, by=by)[publication.pk]
    if isinstance(outcome, ActionRefused):
        raise outcome
    publication.refresh_from_db()
    return outcome


@transaction.atomic
def publish_many(
    publications: Sequence[Publication],
    *,
    by: User | None,
    prepared: RenderedAhead | None = None,
    ends: Mapping[int, datetime] | None = None,
) -> list[Outcome]:
    """Publish drafts now, each by an action with an audit line and a site version of its own.

    Args:
        prepared: texts that were rendered ahead.
        ends: when the editions of some publications end, by primary key.

    Returns:
        For each publication its edition, or why there is none: one that is refused leaves the others as they are.

    Raises:
        ClockBehind: the clock of the server stands before the last action. Nothing is done.
    """
    ends = ends or {}
    options = {publication.pk: PublishOptions(until=ends.get(publication.pk)) for publication in publications}
    outcomes = _publish(options, by=by, prepared=prepared)
    return [outcomes[publication.pk] for publication in publications]


@dataclass(frozen=True)
class Window:
    """When an edition is to be public."""

    start: datetime
    until: datetime
    planned: bool


@dataclass
class PlannedEdition:
    """An edition on its way: everything that may be refused is settled, and nothing is written."""

    action: ActionContext
    publication: Publication
    options: PublishOptions
    window: Window
    composition: EditionWithRows
    scheduled: ScheduledEdition | None
    is_draft_changed: bool

    @property
    def edition(self) -> Edition:
        return self.composition.edition

    @property
    def is_first(self) -> bool:
        return self.edition.number == 1


def _publish(
    options: Mapping[int, PublishOptions], *, by: User | None, prepared: RenderedAhead | None = None
) -> dict[int, Outcome]:
    """Publish the drafts of these primary keys; give the edition of each, or why there is none. Raises ClockBehind."""
    if not options:
        return {}
    batch = _Batch(options, by=by, prepared=prepared or {})
    outcomes: dict[int, Outcome] = {}
    planned: list[PlannedEdition] = []
    for publication in batch.publications:
        try:
            with batch.action(publication) as action:
                planned.append(_plan(publication, options[publication.pk], action, batch))
        except ClockBehind:
            raise
        except ActionRefused as refusal:
            outcomes[publication.pk] = refusal
    if planned:
        _store(planned, batch)
    return outcomes | {plan.publication.pk: plan.edition for plan in planned}


class _Batch:
    """What drafts that are published together share: the site version, and the addresses and numbers they take."""

    def __init__(
        self, keys: Mapping[int, PublishOptions], *, by: User | None, prepared: RenderedAhead
    ) -> None:
        self.by, self.prepared = by, prepared
        self.generation = SiteVersion.objects.select_for_update().get()
        self.publications = _locked(list(keys))
        prefetch_related_objects(self.publications, *ROWS)
        editions = Edition.objects.filter(publication__in=keys).order_by()
        self.last_numbers = dict(editions.values_list("publication").annotate(Max("number")))
        self.owners = _owners(self.publications)
        self.addresses: list[Address] = []
        self.series_numbers: dict[tuple[int, int], SeriesNumber] = {}

    @contextmanager
    def action(self, publication: Publication) -> Iterator[ActionContext]:
        """Open the action of one draft; where that is refused, its site version is not used up. Raises ClockBehind."""
        number, at = self.generation.number, self.generation.changed_at
        has_editions = publication.pk in self.last_numbers
        try:
            yield open_action(self.generation, by=self.by, publication=publication if has_editions else None)
        except ActionRefused:
            self.generation.number, self.generation.changed_at = number, at
            raise

    def series_number(
        self, publication: Publication, date: datetime, before: Edition | None
    ) -> SeriesNumber | None:
        """Return the number it has, that of its translations, or the next of the year, which is not stored yet."""
        kind, own = publication.kind, publication.series_number
        if not kind.is_numbered:
            return own
        year = timezone.localtime(date).year
        if own and own.kind_id == kind.pk and (before or own.year == year):
            return own
        siblings = publication.translation_set().exclude(pk=publication.pk)
        shared = SeriesNumber.objects.filter(kind=kind, pk__in=siblings.values("series_number")).first()
        shared = shared or self.series_numbers.get((kind.pk, publication.source_publication.pk))
        return shared or SeriesNumber(kind=kind, year=year, number=self._next_number(kind.pk, year))

    def _next_number(self, kind: int, year: int) -> int:
        taken = [
            each.number for each in self.series_numbers.values() if (each.kind_id, each.year) == (kind, year)
        ]
        return max(taken, default=SeriesNumber.objects.highest(kind, year)) + 1

    def take(self, publication: Publication) -> None:
        """Give a draft the address and the number that were settled for it."""
        address = publication.locale, publication.slug
        if address not in self.owners:
            self.addresses.append(
                Address(locale=publication.locale, slug=publication.slug, publication=publication)
            )
            self.owners[address] = publication.pk
        if (number := publication.series_number) and number.pk is None:
            self.series_numbers[number.kind_id, publication.source_publication.pk] = number


def _locked(keys: list[int]) -> list[Publication]:
    """The publications as the database has them now, held until the actions are done."""
    held = (
        Publication.objects.select_for_update(no_key=True, of=("self",)).select_related("kind").in_bulk(keys)
    )
    if len(held) < len(keys):
        raise Publication.DoesNotExist
    return [held[pk] for pk in keys]


def _plan(
    publication: Publication, options: PublishOptions, action: ActionContext, batch: _Batch
) -> PlannedEdition:
    """Check everything that may be refused, on the row in memory. Raises NotReady, Outdated or ActionRefused."""
    refuse_outdated_state(publication, options.state)
    _refuse_what_is_not_ready(publication, options.seen)
    window = _window_of(options, action.at)
    number = batch.last_numbers.get(publication.pk, 0) + 1
    is_first = number == 1  # there are no others to ask for
    before = None if is_first else publication.editions.started_before(action.at)
    change = _change(options.change, options.note, before)
    scheduled = None if is_first else scheduled_edition(publication, action.at)
    date = _date_for_readers(publication, window, change, before)
    is_draft_changed = _settle_draft(publication, date, before, batch)
    composition = _composed(publication, date, number, scheduled, batch.prepared)
    put_in_window(composition.edition, window, change, options.note, action)
    if not is_first:
        _refuse_repetition(publication, window, composition, action)
    batch.take(publication)
    return PlannedEdition(
        action=action,
        publication=publication,
        options=options,
        window=window,
        composition=composition,
        scheduled=ScheduledEdition(scheduled, scheduled.expires_at) if scheduled else None,
        is_draft_changed=is_draft_changed,
    )


def _store(planned: Sequence[PlannedEdition], batch: _Batch) -> None:
    """Write what was settled."""
    publications = [plan.publication for plan in planned]
    for plan in planned:
        plan.edition.kept = None
        plan.edition.replaced = cancel_scheduled(plan.publication, plan.action.at) if plan.scheduled else None
    SeriesNumber.objects.bulk_create(batch.series_numbers.values())
    changed = [plan.publication for plan in planned if plan.is_draft_changed]
    Publication.objects.bulk_update(changed, ["published_at", "series_number", "slug"])
    Address.objects.bulk_create(batch.addresses, ignore_conflicts=True)  # one may have been its own before
    Revision.objects.create_many_from(publications, by=batch.by, why=RevisionReason.PUBLISHED, reload=False)
    for plan in planned:
        plan.edition.digest = plan.publication.digest
        if not plan.is_first:
            cut_windows(plan.publication, at=plan.window.start)
    store_editions([plan.composition for plan in planned])
    for plan in planned:
        if plan.scheduled and plan.options.keep_waiting:
            plan.edition.kept = reschedule(plan.scheduled, after=plan.edition)
    search.index_editions(plan.edition.pk for plan in planned if plan.is_first)
    for plan in planned:
        if not plan.is_first:
            search.sync_publication(plan.publication, plan.action.at)
    AuditEntry.objects.bulk_create(_audit_line(plan) for plan in planned)
    save_site_version(batch.generation)


def _refuse_what_is_not_ready(publication: Publication, seen: str | None) -> None:
    if seen is not None and seen != publication.digest:
        raise Outdated(_("The working copy has changed since you saw it. Look at it again, then publish."))
    if reasons := publication.missing_reasons():
        raise NotReady(*reasons)


def _window_of(options: PublishOptions, moment: datetime) -> Window:
    at, until = options.at, options.until
    if at and at <= moment:
        raise ActionRefused(_("The moment to publish lies in the past. Choose a later one, or publish now."))
    start = at or moment
    if max(start, until or start).year > LAST_YEAR:
        raise ActionRefused(
            _("The moment lies too far off. Choose one before the year %d.") % (LAST_YEAR + 1)
        )
    if until and until <= start:
        raise ActionRefused(_("The piece would end before it begins. Choose a later end."))
    if options.keep_waiting and at:
        raise ActionRefused(
            _("Only one edition can wait. Publish now, or let this one take the place of the other.")
        )
    return Window(start=start, until=until or FOREVER, planned=bool(at))


def _change(change: Change | str | None, note: str, before: Edition | None) -> Change:
    if not before:
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


def _date_for_readers(
    publication: Publication, window: Window, change: Change, before: Edition | None
) -> datetime:
    """As the editor wrote it, else that of the edition before; an update moves it. It belongs to the edition."""
    written = truncate_to_minute(publication.published_at) if publication.published_at else None
    if before and change is Change.UPDATE:
        date = written if written != before.published_at else None
    else:
        date = written or (before.published_at if before else None)
    date = date or truncate_to_minute(window.start)
    if date > window.start:
        raise ActionRefused(
            _("The date readers see lies after the moment of publication. Choose an earlier one.")
        )
    return date


def _settle_draft(publication: Publication, date: datetime, before: Edition | None, batch: _Batch) -> bool:
    """Give the draft its number and its address, which it keeps. A date that an update has overtaken goes.

    Returns:
        Whether the draft is another one than the database has.
    """
    stored = publication.published_at, publication.series_number, publication.slug
    if publication.published_at and date != truncate_to_minute(publication.published_at):
        publication.published_at = None
    publication.series_number = batch.series_number(publication, date, before)
    publication.slug = _slug_to_claim(publication, batch.owners)
    return stored != (publication.published_at, publication.series_number, publication.slug)


Owners = dict[tuple[str, str], int]
"""Whom addresses belong to: publications by tree and slug."""


def _owners(publications: Sequence[Publication]) -> Owners:
    """Whom the addresses that the drafts propose belong to."""
    slugs = [publication.proposed_slug() for publication in publications]
    rows = Address.objects.filter(slug__in=slugs).values_list("locale", "slug", "publication_id")
    return {(locale, slug): pk for locale, slug, pk in rows}


def slug_to_claim(publication: Publication) -> str:
    """Return the slug that publishing will give to a publication; a number makes a taken one unique.

    Raises:
        NotReady: the editor chose a slug that another publication has.
    """
    return _slug_to_claim(publication, _owners([publication]))


def _slug_to_claim(publication: Publication, owners: Owners) -> str:
    wanted = publication.proposed_slug()
    if owners.get((publication.locale, wanted), publication.pk) == publication.pk:
        return wanted
    if publication.slug:
        raise NotReady(
            _("The address “%(slug)s” belongs to another publication. Choose another.") % {"slug": wanted}
        )
    return _next_free(publication, wanted, owners)


def _next_free(publication: Publication, wanted: str, owners: Owners) -> str:
    """The address with the first number behind it that nobody else has."""
    stem = wanted[: MAX_SLUG_CHARACTERS - 6].rstrip("-")
    taken = Address.objects.filter(locale=publication.locale, slug__startswith=stem)
    others = set(taken.exclude(publication=publication).values_list("slug", flat=True))
    others |= {
        slug for (locale, slug), pk in owners.items() if locale == publication.locale and pk != publication.pk
    }
    return next(slug for n in range(2, len(others) + 3) if (slug := f"{stem}-{n}") not in others)


def _composed(
    publication: Publication, date: datetime, number: int, scheduled: Edition | None, prepared: RenderedAhead
) -> EditionWithRows:
    try:
        composition = build_snapshot(
            publication, published_at=date, prepared=prepared, is_first=number == 1, replaced=scheduled
        )
    except markup.Unrenderable as reason:
        raise NotReady(str(reason)) from reason
    composition.edition.number = number
    return composition


def put_in_window(edition: Edition, window: Window, change: Change, note: str, action: ActionContext) -> None:
    edition.change, edition.change_note, edition.published_by = change, note.strip(), action.by
    edition.is_scheduled = window.planned
    edition.visible_from, edition.expires_at = window.start, window.until
    edition.visible_until = window.until


def _refuse_repetition(
    publication: Publication, window: Window, composition: EditionWithRows, action: ActionContext
) -> None:
    """A second press of the button makes no second edition."""
    live = live_edition(publication, action.at)
    if not live or window.planned or window.until != live.expires_at:
        return
    is_signed_alike = _as_signed(live.bylines.all()) == _as_signed(composition.bylines)
    if is_signed_alike and live.digest == digest_of_draft(publication):
        raise ActionRefused(
            _("Nothing has changed since edition %(number)d, which is public.") % {"number": live.number}
        )


def _as_signed(bylines) -> list[tuple[str, str, str]]:
    return [(line.name, line.title, line.affiliation) for line in bylines]


def _audit_line(plan: PlannedEdition) -> AuditEntry:
    edition = plan.edition
    return plan.action.audit_entry(
        ActionType.SCHEDULE if edition.is_scheduled else ActionType.PUBLISH,
        edition,
        publication=plan.publication,
        edition=edition.number,
        change=edition.change,
        note=edition.change_note,
        at=edition.visible_from.isoformat(),
        until=edition.expires_at.isoformat() if edition.expires_at < FOREVER else "",
        replaced=edition.replaced.number if edition.replaced else None,
        kept=edition.kept.number if edition.kept else None,
    )
