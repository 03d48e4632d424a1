"""Delete readers who leave, and what was not confirmed in time."""

from collections.abc import Iterator
from itertools import batched

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from .addresses import digest_address, list_digests
from .models import AlertMail, Condition, SignUpAttempt, Subscriber, Subscription, SuppressedAddress
from .signup import ATTEMPT_PERIOD

BATCH_ROWS = 1_000


@transaction.atomic
def remove_subscriber(subscriber: Subscriber) -> None:
    """Delete a reader who leaves, with all that waits for them; a digest of the address keeps lists from adding it.

    What was sent stays, as of nobody, so that the desk still knows to how many.

    Whoever has signed up anew while the key of their address was missing (`keys`) leaves with both rows.

    A sender may have the lock, and wait long for its relay. Then all that the reader gets is deleted at once, and the
    row, which is of no use to anybody, by the next `delete_outdated`. The mail that the relay has then is in no log.
    """
    address = subscriber.address
    digest = digest_address(address) if address else subscriber.address_digest
    SuppressedAddress.objects.get_or_create(address_digest=digest)
    rows = Subscriber.objects.filter(Q(pk=subscriber.pk) | Q(address_digest__in=list_digests(address)))
    free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    _delete_subscribers(rows.filter(pk__in=free))
    busy = [row.pk for row in rows]
    AlertMail.objects.pending().filter(subscriber__in=busy).delete()
    Subscription.objects.filter(subscriber__in=busy).delete()


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
    unused = Subscriber.objects.filter(~Exists(_subscriptions("subscriber")))
    count = sum(map(_delete_subscribers, _lock(unused)))
    for rows in _lock(Condition.objects.filter(~Exists(_subscriptions("condition")))):
        rows.delete()
    return count


def _subscriptions(column: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(**{column: OuterRef("pk")})


def _lock[Row: Model](unused: QuerySet[Row]) -> Iterator[QuerySet[Row]]:
    """Lock rows, and yield them in batches: a statement of SQLite takes only so many keys."""
    locked = list(unused.select_for_update(skip_locked=True).values_list("pk", flat=True))
    for pks in batched(locked, BATCH_ROWS):
        yield unused.filter(pk__in=pks)


def _delete_subscribers(rows: QuerySet[Subscriber]) -> int:
    """Delete readers who are locked, with the mails that wait, but not with those that are sent; return how many."""
    AlertMail.objects.pending().filter(subscriber__in=rows).delete()
    return rows.delete()[1].get(Subscriber._meta.label, 0)
