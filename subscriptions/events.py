"""Record the events that subscribers are informed of: what the entries of the audit log have made of publications.

The log is read on from the last entry that was read. No action waits for it, and no entry is read twice or missed: the
row that says how far the log is read is locked, and is stored with the events.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from publications.models import ActionType, AuditEntry, Change, Edition

from .models import AlertEvent, AlertState, AlertType

BATCH_ENTRIES = 500
MAX_TEXT_AGE = timedelta(days=7)
"""What is dated earlier than it is published comes from an archive, such as an import: it is no news."""
TYPE_OF_CHANGE = {
    Change.FIRST: AlertType.NEW,
    Change.UPDATE: AlertType.UPDATED,
    Change.CORRECTION: AlertType.CORRECTED,
    Change.RETRACTION: AlertType.RETRACTED,
    Change.CONCERN: AlertType.CONCERN,
    Change.LIFTED: AlertType.LIFTED,
}
"""What readers are informed of where an edition is published; of a silent fix they are not."""
TYPE_OF_ACTION = {
    ActionType.WITHDRAW: AlertType.WITHDRAWN,
    ActionType.REPUBLISH: AlertType.REPUBLISHED,
    ActionType.UNDO: AlertType.TAKEN_BACK,
}
EDITION_ACTIONS = (
    ActionType.PUBLISH,
    ActionType.SCHEDULE,
    ActionType.RETRACT,
    ActionType.EXPRESS_CONCERN,
    ActionType.LIFT_CONCERN,
)
"""Actions whose type of change says what has become of the publication."""
EDITION_KEYS = ("edition", "kept")
"""Where entries name editions: that of the action, and the scheduled one, stored anew, that was kept beside it."""
EDITION_COLUMNS = ("publication_id", "number", "change", "published_at", "visible_from")


def begin_reading() -> None:
    """Create the row on how far alerts are, unless it is there: what had happened before is no news."""
    if not AlertState.objects.exists():
        last = AuditEntry.objects.aggregate(last=Max("site_version"))["last"] or 0
        AlertState.objects.get_or_create(pk=1, defaults={"read_site_version": last})


def lock_state() -> AlertState:
    """Return the row on how far alerts are, locked until the end of the transaction; the first call creates it."""
    begin_reading()
    return AlertState.objects.select_for_update().get()


def try_lock_state() -> AlertState | None:
    """Return the row as `lock_state` does; None where another process has the lock."""
    begin_reading()
    return AlertState.objects.select_for_update(skip_locked=True).first()


@transaction.atomic
def record_events() -> int:
    """Store the events of the next entries of the audit log; return how many entries were read."""
    state = try_lock_state()
    if not state:
        return 0
    entries = AuditEntry.objects.filter(site_version__gt=state.read_site_version).order_by("site_version")
    entries = list(entries.only("site_version", "action", "at", "publication", "detail")[:BATCH_ENTRIES])
    if entries:
        AlertEvent.objects.bulk_create(_build_events(entries), ignore_conflicts=True)
        state.read_site_version = entries[-1].site_version
        state.save(update_fields=["read_site_version"])
    return len(entries)


def _build_events(entries: Sequence[AuditEntry]) -> Iterable[AlertEvent]:
    entries = [entry for entry in entries if entry.action in (*EDITION_ACTIONS, *TYPE_OF_ACTION)]
    editions = Edition.objects.filter(publication__in={entry.publication_id for entry in entries} - {None})
    rows = {(row.publication_id, row.number): row for row in editions.only(*EDITION_COLUMNS)}
    for entry in entries:
        for name in EDITION_KEYS:
            edition = rows.get((entry.publication_id, entry.detail.get(name)))
            if edition and (event := _build_event(entry, edition)):
                yield event


def is_news(event_type: AlertType | None, edition: Edition, at: datetime) -> bool:
    """Return whether readers are informed of what happens to an edition at a moment, and not of an old text as new."""
    return event_type != AlertType.NEW or edition.published_at >= at - MAX_TEXT_AGE


def _build_event(entry: AuditEntry, edition: Edition) -> AlertEvent | None:
    event_type = TYPE_OF_ACTION.get(entry.action) or TYPE_OF_CHANGE.get(edition.change)
    happens_at = entry.at if entry.action in TYPE_OF_ACTION else edition.visible_from
    if not event_type or not is_news(event_type, edition, happens_at):
        return None
    return AlertEvent(
        edition=edition, type=event_type, site_version=entry.site_version, happens_at=happens_at
    )
