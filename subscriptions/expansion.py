"""Expand events into mails: match them with conditions, and queue a mail for each subscriber who is to be informed.

All of it is stored under the lock of `AlertState`, by one process at a time. The matches of an event are stored once,
in the transaction that also queues its mails and marks it, so that a process killed at any moment leaves neither half
of its mails nor a second set of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from publications.models import KIND, Edition, EditionWithRows, EndReason, list_showing_locales
from publications.news import MAX_EVENT_AGE
from publications.search import is_match, parse_query

from .conditions import find_values, has_filters
from .events import record_events, try_lock_state
from .locks import compile_key_lock
from .mailed_events import (
    SENT,
    Ending,
    find_mailed_at_once,
    is_informed,
    is_matched_with,
    sent_or_leaving,
)
from .models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertType,
    Condition,
    EventMatch,
    Subscriber,
    Subscription,
    Timing,
)
from .periods import PERIODS, last_end, list_events
from .timings import has_timing

ENDING_TYPES = (AlertType.WITHDRAWN, AlertType.TAKEN_BACK)


def expand_alerts() -> None:
    """Record all events that have happened, and queue the mails that are due because of them, and digests."""
    while record_events():
        pass
    while expand_next_event():
        pass
    queue_digests()


def expand_next_event() -> bool:
    """Match the next event that is due and queue its mails; return whether there was one.

    Searches are matched before the transaction: many take minutes, in which SQLite would let nobody write.
    """
    if not (event := _find_next_event()):
        return False
    edition = find_edition(event)
    matches = list(find_matches(event, edition)) if edition else []
    return _store_matches(event, matches)


def _find_next_event() -> AlertEvent | None:
    due = AlertEvent.objects.filter(matched_at=None, happens_at__lte=timezone.now())
    return due.select_related("edition").order_by("happens_at", "site_version").first()


@transaction.atomic
def _store_matches(found: AlertEvent, matches: Sequence[int]) -> bool:
    """Store matches and mails of an event, unless another process does; return whether others may be due."""
    if not try_lock_state():
        return False
    now = timezone.now()
    event = AlertEvent.objects.filter(pk=found.pk, matched_at=None).select_related("edition").first()
    if not event:
        return True
    if edition := find_edition(event):
        kept = set(Condition.objects.values_list("pk", flat=True)).intersection(matches)
        EventMatch.objects.bulk_create(
            [EventMatch(event=event, condition_id=pk) for pk in kept], ignore_conflicts=True
        )
        if event.happens_at > now - MAX_EVENT_AGE:
            _queue_alerts(event, edition)
    event.matched_at = now
    event.save(update_fields=["matched_at"])
    return True


def find_edition(event: AlertEvent) -> Edition | None:
    """Return the edition that a mail about an event shows, None if the event no longer holds."""
    live = Edition.objects.live().filter(publication=event.edition.publication_id).first()
    return choose_edition(event, live)


def choose_edition(event: AlertEvent, live: Edition | None) -> Edition | None:
    """Return the same for an event whose publication has this live edition, or none.

    What was published holds while the publication is live and this edition was not taken back; shown is the live one.
    """
    edition = event.edition
    if event.type == AlertType.WITHDRAWN:
        return edition if edition.end_reason == EndReason.WITHDRAWN and not live else None
    if event.type == AlertType.TAKEN_BACK:
        return edition if edition.end_reason == EndReason.UNDONE else None
    if event.type == AlertType.REPUBLISHED:
        return live
    is_superseded = event.type == AlertType.RETRACTED and live and not live.is_retracted
    return live if live and edition.end_reason == EndReason.NONE and not is_superseded else None


def find_matches(event: AlertEvent, edition: Edition) -> Iterator[int]:
    """Yield the primary keys of the conditions that an event fulfils.

    A search finds live editions alone: what has ended matches the searches that have found it before.
    """
    found_before: set[int] = set()
    if event.type in ENDING_TYPES:
        events = AlertEvent.objects.filter(edition__publication=edition.publication_id)
        found_before = set(EventMatch.objects.filter(event__in=events).values_list("condition", flat=True))
    for pk, _filters, query in list_fulfilled(EditionWithRows.get(edition)):
        if (
            not query
            or pk in found_before
            or (event.type not in ENDING_TYPES and is_match(parse_query(query), edition))
        ):
            yield pk


def list_fulfilled(edition_with_rows: EditionWithRows) -> Iterator[tuple[int, dict[str, str], str]]:
    """Yield key, filters and search of the chosen conditions of which an edition, stored or not, has all filters."""
    values, edition = find_values(edition_with_rows), edition_with_rows.edition
    used = Condition.objects.filter(Exists(Subscription.objects.confirmed().filter(condition=OuterRef("pk"))))
    own = used.filter(Q(publication=None) | Q(publication=edition.publication_id))
    if not edition.kind.is_listed:
        own = own.filter(Q(publication=edition.publication_id) | Q(filters__has_key=KIND))
    for pk, filters, query in own.values_list("pk", "filters", "query").iterator():
        if has_filters(values, filters):
            yield pk, filters, query


def _queue_alerts(event: AlertEvent, edition: Edition) -> None:
    """Queue the mails of an event to those who are mailed at once.

    Of what has ended, those whose mail about it may just be leaving have one as well: it is looked at again when the
    mail is written.
    """
    subscribers = list_alerted(event, edition, is_matched_with(event), sent_or_leaving())
    _queue(subscribers, purpose=AlertMailPurpose.ALERT, event=event.pk, due_at=event.happens_at)


def list_alerted(event: AlertEvent, edition: Edition, matched: Q, mails: Q = SENT) -> QuerySet[Subscriber]:
    """Return who is mailed at once of an event.

    Args:
        event: stored or not.
        edition: the one that a mail about it shows.
        matched: which subscriptions it is matched with.
        mails: which earlier ones count, where only those are mailed who had one.
    """
    chosen = _subscribers_of(matched, Q(timing=Timing.AT_ONCE))
    if event.type not in ENDING_TYPES:
        return chosen.filter(has_in_locale(edition))
    ending, event_type = Ending.of(event), AlertType(event.type)
    mailed_at_once = find_mailed_at_once(ending, event_type, mails)
    informed = chosen.filter(is_informed(ending, event_type) | mailed_at_once)
    if event_type == AlertType.WITHDRAWN:
        return informed
    return informed | Subscriber.objects.reachable().filter(mailed_at_once)


def has_in_locale(edition: Edition, digest: Timing | None = None) -> Q:
    """Return who is informed of an edition once it is live: where it has translations, those whose locale lists it.

    Whoever follows the publication itself is informed of it in any language, in the mail chosen for that.

    Args:
        digest: the timing of a digest; None for mails at once.
    """
    live = Edition.objects.live().filter(translation_group=edition.translation_group)
    translations = live.exclude(publication=edition.publication_id).values_list("language", flat=True)
    shown = list_showing_locales(edition.language, set(translations))
    follows = Subscription.objects.confirmed().filter(
        Q(timing=digest) if digest else Q(),
        subscriber=OuterRef("pk"),
        condition__publication=edition.publication_id,
    )
    return Q(locale__in=shown) | Exists(follows)


def _subscribers_of(matched: Q, timing: Q) -> QuerySet[Subscriber]:
    """Return those who can be mailed and have confirmed a condition that is matched, with this timing."""
    subscriptions = Subscription.objects.confirmed().filter(matched, timing)
    return Subscriber.objects.reachable().filter(pk__in=subscriptions.values("subscriber"))


@transaction.atomic
def queue_digests() -> int:
    """Queue the daily and weekly mails whose time has come; return how many mails."""
    if not (state := try_lock_state()):
        return 0
    now, count = timezone.now(), 0
    for timing, period in PERIODS.items():
        end = last_end(timing, now)
        ends = _list_ends(timing, after=getattr(state, period.column), until=end)
        count += sum(_queue_digest(timing, each) for each in ends)
        setattr(state, period.column, end)
    state.save(update_fields=[period.column for period in PERIODS.values()])
    return count


def _list_ends(timing: Timing, *, after: datetime | None, until: datetime) -> Iterator[datetime]:
    """Yield the ends of the periods whose digests are not queued: of several, where nothing was sent for days."""
    after = max(after or until - PERIODS[timing].length, until - MAX_EVENT_AGE)
    while until > after:
        yield until
        until = last_end(timing, until - timedelta.resolution)


def _queue_digest(timing: Timing, end: datetime) -> int:
    purpose = PERIODS[timing].purpose
    matched = Q(condition__matches__event__in=list_events(purpose, end))
    return _queue(_subscribers_of(matched, has_timing(timing)), purpose=purpose, period_end=end, due_at=end)


def _queue(
    subscribers: QuerySet[Subscriber],
    *,
    purpose: AlertMailPurpose,
    due_at: datetime,
    event: int | None = None,
    period_end: datetime | None = None,
) -> int:
    """Queue a mail for each of these subscribers in one statement, but no second one; return how many.

    Nobody leaves before it ends: the foreign keys of all mails would fail.
    """
    values = {
        "purpose": purpose,
        "event_id": event,
        "period_end": period_end,
        "next_attempt_at": due_at,
        "attempts": 0,
        "last_error": "",
    }
    fields = {field.column: field for field in AlertMail._meta.local_concrete_fields}
    row = [fields[name].get_db_prep_save(value, connection) for name, value in values.items()]
    query, params = compile_key_lock(subscribers)
    columns = ", ".join(map(connection.ops.quote_name, ("subscriber_id", *values)))
    places = ", ".join(["%s"] * len(row))
    statement = (
        f"INSERT INTO {AlertMail._meta.db_table} ({columns}) "  # noqa: S608
        f"SELECT found.*, {places} FROM ({query}) found WHERE true ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*row, *params])
        return cursor.rowcount
