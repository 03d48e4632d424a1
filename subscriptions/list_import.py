"""Import a list of mail addresses whose owners have agreed to mails, with what proves it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import batched

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .addresses import clean_address, list_digests
from .conditions import Choice, limit_timing
from .models import Condition, ConsentSource, Subscriber, Subscription, SuppressedAddress, Timing

BATCH_ADDRESSES = 500
MAX_LIST_BYTES = 10_000_000
MAX_REFUSED_LINES = 20
SEPARATORS = re.compile(r"[\s,;\"<>]+")


@dataclass
class ListImport:
    """What an import of a list has done.

    Attributes:
        added: addresses that were not subscribed to this before.
        known: addresses that were, which are left as they are.
        suppressed: addresses whose owners have left, and stay away.
        refused: the numbers of the first lines without a mail address; `refused_count` of all.
    """

    added: int = 0
    known: int = 0
    suppressed: int = 0
    refused: list[int] = field(default_factory=list)
    refused_count: int = 0


def import_list(text: str, choice: Choice, *, timing: Timing, locale: str, consent_note: str) -> ListImport:
    """Subscribe the addresses of a list, one in a line; other columns of a table are left out.

    Each batch is stored by itself: an import that breaks off is repeated, and leaves as they are whom it has added.

    Args:
        choice: what they are informed of.
        consent_note: what proves that they have agreed.
    """
    result = ListImport()
    timing = limit_timing(choice.filters, timing)
    for lines in batched(enumerate(text.splitlines(), 1), BATCH_ADDRESSES):
        addresses = {address.casefold(): address for address in _read_addresses(lines, result)}.values()
        with transaction.atomic():
            _subscribe(addresses, choice.store(), timing, locale, consent_note, result)
    return result


def _read_addresses(lines: Iterable[tuple[int, str]], result: ListImport) -> Iterable[str]:
    """Yield the address of each line; count those without one, but for a heading and empty lines."""
    for number, line in lines:
        candidates = [part for part in SEPARATORS.split(line) if "@" in part]
        try:
            yield clean_address(candidates[0] if candidates else line)
        except ValidationError:
            if line.strip() and (number > 1 or candidates):
                result.refused_count += 1
                result.refused += [number] if len(result.refused) < MAX_REFUSED_LINES else []


def _subscribe(
    addresses: Collection[str],
    condition: Condition,
    timing: Timing,
    locale: str,
    note: str,
    result: ListImport,
) -> None:
    digests = {address: list_digests(address) for address in addresses}
    every = [digest for keys in digests.values() for digest in keys]
    suppressed = set(
        SuppressedAddress.objects.filter(address_digest__in=every).values_list("address_digest", flat=True)
    )
    found = Subscriber.objects.select_for_update().filter(address_digest__in=every)
    stored = {row.address_digest: row for row in found}
    subscribers = []
    for address, keys in digests.items():
        if suppressed.intersection(keys):
            result.suppressed += 1
            continue
        subscriber = next((stored[key] for key in keys if key in stored), None)
        if not subscriber:
            subscriber = Subscriber(locale=locale)
            subscriber.address = address
        subscribers.append(subscriber)
    Subscriber.objects.bulk_create([subscriber for subscriber in subscribers if not subscriber.pk])
    confirmed = Subscription.objects.confirmed().filter(condition=condition, subscriber__in=subscribers)
    known = set(confirmed.values_list("subscriber", flat=True))
    result.known += len(known)
    now = timezone.now()
    new = [
        Subscription(
            subscriber=subscriber, condition=condition, timing=timing, requested_at=now, confirmed_at=now,
            consent_source=ConsentSource.LIST, consent_note=note,
        )
        for subscriber in subscribers if subscriber.pk not in known
    ]  # fmt: skip
    Subscription.objects.filter(condition=condition, subscriber__in=[row.subscriber for row in new]).delete()
    Subscription.objects.bulk_create(new)
    result.added += len(new)
