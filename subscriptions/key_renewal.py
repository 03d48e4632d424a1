"""Store addresses of readers with the present key, and count those that no key reads.

After a change of `SECRET_KEY` a former key is then needed for links in old mails and for who has left alone: of these
no address is stored that a new digest could be made of.
"""

from collections.abc import Iterator
from itertools import batched

from django.db import transaction

from .addresses import digest_address
from .keys import list_keys
from .models import Subscriber

BATCH_ROWS = 500


def renew_addresses() -> int:
    """Encrypt what only a former key reads with the present one, and find it by that key; return how many addresses.

    Each batch is stored by itself. Who is locked, as while a mail is sent, is left to the next run.
    """
    if len(list_keys()) == 1:
        return 0
    outdated = (row.pk for row in _list_rows() if _is_outdated(row))
    return sum(_renew(pks) for pks in batched(outdated, BATCH_ROWS))


def count_unreadable() -> int:
    """Return how many addresses cannot be decrypted, so that no mail reaches their readers."""
    return sum(not row.address for row in _list_rows())


def _list_rows() -> Iterator[Subscriber]:
    """Yield all subscribers, a batch at a time, between which others may be stored."""
    rows, after = Subscriber.objects.order_by("pk").only("uid", "encrypted_address", "address_digest"), 0
    while batch := list(rows.filter(pk__gt=after)[:BATCH_ROWS]):
        yield from batch
        after = batch[-1].pk


def _is_outdated(subscriber: Subscriber) -> bool:
    """Return whether a former key was used: for address and digest it is always the same."""
    address = subscriber.address
    return bool(address) and subscriber.address_digest != digest_address(address)


@transaction.atomic
def _renew(pks: tuple[int, ...]) -> int:
    subscribers = Subscriber.objects.select_for_update(skip_locked=True).filter(pk__in=pks)
    count = 0
    for subscriber in subscribers.order_by("pk"):
        subscriber.address = subscriber.address
        columns = ["encrypted_address", "address_digest"]
        if Subscriber.objects.filter(address_digest=subscriber.address_digest).exists():
            columns.pop()  # they have signed up anew while the key was missing: one row is enough to be found by
        subscriber.save(update_fields=columns)
        count += 1
    return count
