"""Delete readers who leave, and what was not confirmed in time."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import batched

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from .addresses import digest_address, list_digests
from .models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    Condition,
    MailedEvent,
    RemovedKey,
    RemovedMails,
    RemovedNumbers,
    SignUpAttempt,
    Subscriber,
    Subscription,
    SuppressedAddress,
)
from .periods import PERIODS
from .retention import find_start_of_log
from .signup import ATTEMPT_PERIOD

BATCH_ROWS = 1_000


@transaction.atomic
def remove_subscriber(subscriber: Subscriber) -> None:
    """Delete a reader who leaves, with all that is of them; a digest of the address keeps lists from adding it.

    What was sent is counted (`RemovedMails`), so that the desk still knows to how many.

    Whoever has signed up anew while the key of their address was missing (`keys`) leaves with both rows.

    A sender may have the lock, and wait long for its relay. Then all that the reader gets and got is deleted at once,
    and the row, which is of no use to anybody, by the next `delete_outdated`. What the relay has then is in no log.
    """
    address = subscriber.address
    digest = digest_address(address) if address else subscriber.address_digest
    SuppressedAddress.objects.get_or_create(address_digest=digest)
    rows = Subscriber.objects.filter(Q(pk=subscriber.pk) | Q(address_digest__in=list_digests(address)))
    free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    every = [row.pk for row in rows]
    removed = _Removal()
    removed.delete_mails(every)
    Subscription.objects.filter(subscriber__in=every).delete()
    rows.filter(pk__in=free).delete()
    removed.store()


@transaction.atomic
def delete_outdated() -> int:
    """Delete what was not confirmed in time, and all that is of use to nobody then; return how many addresses.

    Rows are locked before it is found out whether they are still of no use: forms may be sent at the same time. What
    others have locked is left to the next run.
    """
    end = timezone.now() - ATTEMPT_PERIOD
    SignUpAttempt.objects.filter(at__lte=end).exclude(mail_due_at__gt=end).delete()
    for rows in _lock(Subscription.objects.outdated()):
        rows.delete()
    count, removed = 0, _Removal()
    for rows in _lock(Subscriber.objects.filter(~Exists(_subscriptions("subscriber")))):
        removed.delete_mails(list(rows.values_list("pk", flat=True)))
        count += rows.delete()[1].get(Subscriber._meta.label, 0)
    for rows in _lock(Condition.objects.filter(~Exists(_subscriptions("condition")))):
        rows.delete()
    removed.store()
    return count


def _subscriptions(column: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(**{column: OuterRef("pk")})


def _lock[Row: Model](unused: QuerySet[Row]) -> Iterator[QuerySet[Row]]:
    """Lock rows, and yield them in batches: a statement of SQLite takes only so many keys."""
    locked = list(unused.select_for_update(skip_locked=True).values_list("pk", flat=True))
    for pks in batched(locked, BATCH_ROWS):
        yield unused.filter(pk__in=pks)


class _Removal:
    """The numbers of what a transaction deletes: they are stored last, as others wait for whoever stores them."""

    def __init__(self) -> None:
        self._sent: Counter[RemovedKey] = Counter()
        self._given_up: Counter[RemovedKey] = Counter()

    def delete_mails(self, readers: Collection[int]) -> None:
        """Delete and count the mails of readers, given by primary key, and what these have named.

        Whoever locks a row counts it, so that it is counted once. Mails that ask to confirm are not counted.
        """
        mails = AlertMail.objects.filter(subscriber__in=readers)
        for *key, sent_at, next_attempt_at in _take(mails, *RemovedKey._fields, "sent_at", "next_attempt_at"):
            if key[0] != AlertMailPurpose.CONFIRM and not next_attempt_at:
                (self._sent if sent_at else self._given_up)[RemovedKey(*key)] += 1
        named = MailedEvent.objects.filter(subscriber__in=readers)
        logged = AlertEvent.objects.filter(happens_at__gte=find_start_of_log())
        digests = [period.purpose for period in PERIODS.values()]
        for purpose, event in _take(named.filter(event__in=logged, purpose__in=digests), "purpose", "event"):
            self._sent[RemovedKey(purpose, event, None)] += 1
        named.delete()

    def store(self) -> None:
        RemovedMails.objects.add(
            {
                key: RemovedNumbers(self._sent[key], self._given_up[key])
                for key in self._sent.keys() | self._given_up.keys()
            }
        )


def _take(rows: QuerySet, *columns: str) -> list[list]:
    """Lock rows in one order, delete them in batches, and return what they held."""
    found = list(rows.select_for_update().order_by("pk").values_list("pk", *columns))
    for batch in batched(found, BATCH_ROWS):
        rows.model.objects.filter(pk__in=[pk for pk, *_values in batch]).delete()
    return [values for _pk, *values in found]
