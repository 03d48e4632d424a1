"""Delete readers who leave, and what was not confirmed in time."""

from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from .addresses import digest_address, list_digests
from .models import Condition, SignUpAttempt, Subscriber, Subscription, SuppressedAddress
from .signup import ATTEMPT_PERIOD

BATCH_ROWS = 1_000


@transaction.atomic
def remove_subscriber(subscriber: Subscriber) -> None:
    """Delete a reader who leaves, with all that waits for them; a digest of the address keeps lists from adding it.

    Whoever has signed up anew while the key of their address was missing (`keys`) leaves with both rows.

    A sender may have the lock, and wait long for its relay. Then all that the reader gets is deleted at once, and the
    row, which is of no use to anybody, by the next `delete_outdated`.
    """
    address = subscriber.address
    digest = digest_address(address) if address else subscriber.address_digest
    SuppressedAddress.objects.get_or_create(address_digest=digest)
    rows = Subscriber.objects.filter(Q(pk=subscriber.pk) | Q(address_digest__in=list_digests(address)))
    free = set(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    for row in rows:
        if row.pk in free:
            row.delete()
        else:
            row.mails.all().delete()
            row.subscriptions.all().delete()


@transaction.atomic
def delete_outdated() -> int:
    """Delete what was not confirmed in time, and all that is of use to nobody then; return how many addresses.

    Rows are locked before it is found out whether they are still of no use: forms may be sent at the same time. What
    others have locked is left to the next run.
    """
    end = timezone.now() - ATTEMPT_PERIOD
    SignUpAttempt.objects.filter(at__lte=end).exclude(mail_due_at__gt=end).delete()
    _delete_unused(Subscription.objects.outdated())
    count = _delete_unused(Subscriber.objects.filter(~Exists(_subscriptions("subscriber"))))
    _delete_unused(Condition.objects.filter(~Exists(_subscriptions("condition"))))
    return count


def _subscriptions(column: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(**{column: OuterRef("pk")})


def _delete_unused(unused: QuerySet) -> int:
    """Delete rows in batches: a statement of SQLite takes only so many keys."""
    label, count = unused.model._meta.label, 0
    locked = list(unused.select_for_update(skip_locked=True).values_list("pk", flat=True))
    for pks in batched(locked, BATCH_ROWS):
        count += unused.filter(pk__in=pks).delete()[1].get(label, 0)
    return count
