"""Import a list of mail addresses whose owners have agreed to mails, with what proves it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import batched

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.events import record_event
from accounts.models import AccountEvent, EventType

from .addresses import list_digests
from .conditions import Choice, limit_timing
from .list_rows import ListRows, list_candidates, read_line_addresses, split_lines
from .models import ConsentSource, Subscriber, Subscription, SuppressedAddress, Timing

BATCH_ADDRESSES = 500
MAX_LIST_BYTES = 10_000_000
MAX_REQUEST_LINES = 10_000
"""As many as one request of the desk imports within 20 seconds on a busy machine. Of longer lists:
`manage.py import_subscribers`."""
MAX_CONSENT_CHARACTERS = 300
MAX_LISTED_LINES = 20


@dataclass
class ListedLines:
    """Lines of a list: how many, and the numbers of the first ones, at most `MAX_LISTED_LINES`."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Count a line.

        Args:
            number: of the line, from 1.
        """
        self.count += 1
        if self.count <= MAX_LISTED_LINES:
            self.first.append(number)

    def __str__(self) -> str:
        return ", ".join(map(str, self.first)) + (", …" if self.count > len(self.first) else "")


@dataclass
class ListImport:
    """What an import of a list has done.

    Attributes:
        added: addresses that were not subscribed to this before.
        new: those of them that no reader had.
        known: addresses that were, which are left as they are.
        repeated: lines with an address of an earlier line, in the same batch.
        suppressed: addresses whose owners have left, and stay away.
        unsubscribed: the lines whose owners have left in the other system, or never agreed: they are left out.
        refused: the lines without a mail address that a reader may have (`clean_address`).
        shortened: the lines with further addresses, which are left out.
    """

    added: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    suppressed: int = 0
    unsubscribed: ListedLines = field(default_factory=ListedLines)
    refused: ListedLines = field(default_factory=ListedLines)
    shortened: ListedLines = field(default_factory=ListedLines)

    @property
    def numbers(self) -> dict[str, int]:
        """What is stored of an import: numbers alone."""
        return {
            "added": self.added,
            "new": self.new,
            "known": self.known,
            "repeated": self.repeated,
            "suppressed": self.suppressed,
            "unsubscribed": self.unsubscribed.count,
            "refused": self.refused.count,
            "shortened": self.shortened.count,
        }


def import_list(
    text: str,
    choice: Choice,
    *,
    timing: Timing,
    locale: str,
    consent_note: str,
    by: User | None = None,
    request: HttpRequest | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ListImport:
    """Subscribe the addresses of a list, one in a line; other columns of a table are left out.

    Each batch is stored by itself, with the account event that says how many addresses were added: an import that
    breaks off is repeated, and leaves as they are whom it has added.

    Args:
        text: the list.
        choice: what they are informed of.
        timing: how often; the newsletter is always mailed at once.
        locale: of their mails.
        consent_note: what proves that they have agreed, of at most `MAX_CONSENT_CHARACTERS`.
        by: who imports it; None for the command line.
        request: the source of the network address of the event.
        progress: is called with the numbers of lines that are read, and of all.

    Returns:
        What the import has done. Lines without an address are counted in it, and no error.
    """
    result, all_lines = ListImport(), split_lines(text)
    rows = ListRows(all_lines)
    timing, total, done = limit_timing(choice.filters, timing), len(all_lines), 0
    event = record_event(EventType.LIST_IMPORTED, by, by=by, request=request, lines=total, **result.numbers)
    for lines in batched(enumerate(all_lines, 1), BATCH_ADDRESSES):
        read = list(_read_addresses(lines, rows, result))
        addresses = {address.casefold(): address for address in read}.values()
        result.repeated += len(read) - len(addresses)
        done += len(lines)
        with transaction.atomic():
            _subscribe(addresses, choice, timing, locale, consent_note, result)
            detail = {"lines": total, **result.numbers} | ({"read": done} if done < total else {})
            AccountEvent.objects.filter(pk=event.pk).update(detail=detail)
        progress(done, total)
    return result


def _read_addresses(lines: Iterable[tuple[int, str]], rows: ListRows, result: ListImport) -> Iterable[str]:
    """Yield the first address of each line; count those with several, and those without, but for a heading."""
    for number, line in lines:
        addresses = read_line_addresses(line)
        if addresses and rows.has_left(line):
            result.unsubscribed.add(number)
        elif addresses:
            yield addresses[0]
            if len({address.casefold() for address in addresses}) > 1:
                result.shortened.add(number)
        elif line.strip() and (number > 1 or list_candidates(line)):
            result.refused.add(number)


def _subscribe(
    addresses: Collection[str],
    choice: Choice,
    timing: Timing,
    locale: str,
    note: str,
    result: ListImport,
) -> None:
    """Subscribe the addresses of a batch.

    Subscribers are locked before the condition, as where readers sign up.
    """
    subscribers = _lock_subscribers(addresses, locale, result)
    condition = choice.store()
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


def _lock_subscribers(addresses: Collection[str], locale: str, result: ListImport) -> list[Subscriber]:
    """Return the locked subscribers of the addresses whose owners have not left, new ones for new addresses.

    A reader may sign up with one of them at the same time: what is stored by then is taken.
    """
    keys = {address: list_digests(address) for address in addresses}
    every = [key for digests in keys.values() for key in digests]
    stored = set(Subscriber.objects.filter(address_digest__in=every).values_list("address_digest", flat=True))
    suppressed = set(  # after those who are stored: whoever leaves in between is suppressed
        SuppressedAddress.objects.filter(address_digest__in=every).values_list("address_digest", flat=True)
    )
    left = [address for address, digests in keys.items() if suppressed.intersection(digests)]
    result.suppressed += len(left)
    for address in left:
        del keys[address]
    new = [
        _build_subscriber(address, locale)
        for address, digests in sorted(
            keys.items(), key=lambda item: item[1]
        )  # two imports wait in one order
        if not stored.intersection(digests)
    ]
    Subscriber.objects.bulk_create(new, ignore_conflicts=True)
    result.new += len(new)
    allowed = [key for digests in keys.values() for key in digests]
    found = Subscriber.objects.select_for_update(no_key=True).filter(address_digest__in=allowed)
    return list(found.order_by("address_digest"))


def _build_subscriber(address: str, locale: str) -> Subscriber:
    subscriber = Subscriber(locale=locale)
    subscriber.address = address
    return subscriber
