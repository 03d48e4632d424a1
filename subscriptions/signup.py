"""Sign up readers, who confirm by a link in a mail.

Anybody can send the form with anybody's address. So it changes nothing of what is confirmed, its answer is the same for
every address, and few mails go to one address. The attempts are counted in rows, so that the limits hold across
processes and servers.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from publications.site_lock import lock_until_commit

from .addresses import LINK_PURPOSE, PURPOSE, digest_mailbox, list_digests
from .conditions import Choice, limit_timing, store_choices
from .locks import brief_transaction, keep_row, lock_subscriber, try_lock_subscriber
from .models import (
    AlertMailPurpose,
    Condition,
    SignUpAttempt,
    Subscriber,
    Subscription,
    SuppressedAddress,
    Timing,
)

MAX_CHOICES = 10
"""Of one form."""
MAX_SUBSCRIPTIONS = 50
"""Of one subscriber. That there are more is not said to whoever sends the form, who may be anybody.

Of the places that are not confirmed, a network that has sent another form for the mailbox within `ATTEMPT_PERIOD` fills
one half: else a stranger would fill all, and a reader's first form, which comes from another network, would find none.
"""


@dataclass(frozen=True)
class SignUpLimit:
    """At most `count` in a period.

    Attributes:
        purpose: of the digests of addresses (`digest_mailbox`) that it counts by, apart from those of other limits.
    """

    count: int
    period: timedelta
    purpose: str = PURPOSE


MAIL_LIMIT = SignUpLimit(3, timedelta(days=1))
"""Of mails that ask an address for confirmation."""
LINK_LIMIT = SignUpLimit(3, timedelta(days=1), purpose=LINK_PURPOSE)
"""Of mails with the link to change what a reader gets. They are counted apart: who has an old link to leave, as in a
mail that was passed on, keeps nobody from confirming."""
MAIL_INTERVAL = timedelta(minutes=10)
"""Between two of them: the next one waits."""
NETWORK_LIMIT = SignUpLimit(30, timedelta(hours=1))
"""Of forms from one network: a household, or an office behind one address."""
SITE_LIMIT = SignUpLimit(1_000, timedelta(hours=1))
"""Of all forms: with very many networks nobody has the site mail a list of strangers, or fills its disk."""
ATTEMPT_PERIOD = max(limit.period for limit in (MAIL_LIMIT, LINK_LIMIT, NETWORK_LIMIT, SITE_LIMIT))
NAMED_UNTIL = "until"
"""The parameter of a link that confirms, with the key of the last subscription that its mail names. What was requested
later, perhaps by somebody else, is not ticked on the page that the link opens."""


class TooManySignUps(Exception):
    """Raised where a network, or all of them, have sent too many forms, whatever their addresses. Nothing is stored.

    Attributes:
        retry_after: when the next one is possible.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def request_subscriptions(
    address: str, choices: Iterable[Choice], *, timing: Timing, locale: str, network: str
) -> None:
    """Store what a form asks for, and queue the mail with the link that confirms it.

    A subscription that is confirmed stays as it is. The link of a mail that was sent before shows what is added, too,
    apart from what the mail has named (`NAMED_UNTIL`).

    Args:
        address: one that `clean_address` has returned.
        network: of the client (`accounts.client_address`); only a keyed digest of it is stored.

    Raises:
        TooManySignUps: the network, or all of them, have sent too many forms.
        LockWaitTooLong: another form for the mailbox is being stored.
    """
    attempt = _record_attempt(address, network, MAIL_LIMIT)
    with brief_transaction():
        lock_mailbox(address)
        if not SuppressedAddress.objects.refusals(address).exists():
            subscriber = _get_subscriber(address, locale)
            # That a mail is being sent is no reason to wait: it would show who is subscribed.
            is_locked = try_lock_subscriber(subscriber.pk)
            if is_locked and not subscriber.subscriptions.confirmed().exists():
                subscriber.locale = locale
                subscriber.save(update_fields=["locale"])
            limit = _limit_subscriptions(subscriber, attempt)
            for condition in store_choices(choices):
                _add_subscription(subscriber, condition, timing, limit)
            _queue_confirmation(subscriber, attempt, MAIL_LIMIT, is_locked=is_locked)
        # In any case: whether an answer waits for the disk would show who is subscribed.
        attempt.save(update_fields=["mail_due_at"])


def count_form(address: str, *, network: str) -> None:
    """Count a form that asks for nothing, as of a program that fills in what nobody sees, like one that does.

    Raises:
        TooManySignUps: as above; whoever sends such forms is answered as all are.
    """
    _record_attempt(address, network, MAIL_LIMIT)


def request_link(subscriber: Subscriber, *, network: str) -> None:
    """Queue the mail with the link by which a reader changes what they get, within limits (`LINK_LIMIT`).

    Args:
        network: as for `request_subscriptions`.

    Raises:
        TooManySignUps: the network, or all of them, have sent too many forms.
        LockWaitTooLong: a mail to the reader is being sent.
    """
    address = subscriber.address
    attempt = _record_attempt(address, network, LINK_LIMIT)
    with brief_transaction():
        lock_mailbox(address)
        with suppress(Subscriber.DoesNotExist):  # the reader has just left
            _queue_confirmation(lock_subscriber(subscriber.pk), attempt, LINK_LIMIT, is_locked=True)
        attempt.save(update_fields=["mail_due_at"])


def lock_mailbox(address: str) -> None:
    """Let one transaction at a time count the mails to a mailbox, which several subscribers may have."""
    lock_until_commit(int.from_bytes(bytes.fromhex(digest_mailbox(address))[:8], signed=True))


def _record_attempt(address: str, network: str, mail_limit: SignUpLimit) -> SignUpAttempt:
    """Store an attempt before it is carried out: of several at the same time none passes a limit of forms."""
    attempt = SignUpAttempt(
        address_digest=digest_mailbox(address, purpose=mail_limit.purpose),
        network_digest=salted_hmac("subscriptions.network", network, algorithm="sha256").hexdigest(),
    )
    _check_limits(attempt, allowance=0)  # a flood is refused without a write
    attempt.save()
    try:
        _check_limits(attempt, allowance=1)
    except TooManySignUps:
        attempt.delete()
        raise
    return attempt


def _check_limits(attempt: SignUpAttempt, *, allowance: int) -> None:
    attempts = SignUpAttempt.objects.all()
    of_network = attempts.filter(network_digest=attempt.network_digest)
    for limit, similar in (
        (NETWORK_LIMIT, of_network.order_by("-at")),
        (SITE_LIMIT, attempts.order_by("-pk")),
    ):
        index = limit.count - 1 + allowance
        times = similar.values_list("at", flat=True)[index : index + 1]
        wait = times[0] + limit.period - timezone.now() if times else timedelta()
        if wait > timedelta():
            raise TooManySignUps(wait)


def _get_subscriber(address: str, locale: str) -> Subscriber:
    """Return the subscriber of an address, a new one for a new address, who is not deleted before the end."""
    while True:
        found = Subscriber.objects.with_address(address).first() or _create_subscriber(address, locale)
        if keep_row(Subscriber.objects.filter(pk=found.pk)):
            return found  # else the reader has left in between


def _create_subscriber(address: str, locale: str) -> Subscriber:
    subscriber = Subscriber(locale=locale)
    subscriber.address = address
    names = ("uid", "encrypted_address", "address_digest", "locale")
    values = {name: getattr(subscriber, name) for name in names}
    return Subscriber.objects.get_or_create(address_digest=subscriber.address_digest, defaults=values)[0]


def _limit_subscriptions(subscriber: Subscriber, attempt: SignUpAttempt) -> int:
    """Return how many subscriptions there may be with those of a form: fewer if its network has sent another one."""
    same_senders = SignUpAttempt.objects.filter(
        address_digest=attempt.address_digest, network_digest=attempt.network_digest
    )
    if not same_senders.exclude(pk=attempt.pk).exists():
        return MAX_SUBSCRIPTIONS
    confirmed = subscriber.subscriptions.confirmed().count()
    return confirmed + ceil((MAX_SUBSCRIPTIONS - confirmed) / 2)


def _add_subscription(subscriber: Subscriber, condition: Condition, timing: Timing, limit: int) -> None:
    """Add what was chosen, beyond the limit not at all: anybody may have sent the form, and pushes out nothing.

    With another timing than before it is a row of its own, which no mail has named. What another request has just
    stored, or is about to confirm, stays as it is.
    """
    timing = limit_timing(condition.filters, timing)
    own = subscriber.subscriptions.filter(condition=condition)
    stored = own.select_for_update(skip_locked=True).first()
    if stored.confirmed_at if stored else own.exists():
        return
    if stored and stored.timing == timing:
        stored.requested_at = timezone.now()
        stored.save(update_fields=["requested_at"])
        return
    is_room = bool(stored) or subscriber.subscriptions.count() < limit
    if stored:
        stored.delete()
    if is_room:
        new = Subscription(subscriber=subscriber, condition=condition, timing=timing)
        Subscription.objects.bulk_create([new], ignore_conflicts=True)


def _queue_confirmation(
    subscriber: Subscriber, attempt: SignUpAttempt, limit: SignUpLimit, *, is_locked: bool
) -> None:
    """Queue the mail, for later if one was sent just now; none if one waits, or as many as may be were sent in the day.

    One that waits is written when it is sent, with all that is to be confirmed then; one that is due may be with a
    relay already, unless the subscriber is locked. The attempt says when the mail is due, and is stored by the caller.
    The mailbox is locked: forms do not pass together.
    """
    now = timezone.now()
    waiting = subscriber.mails.pending().confirmations()
    if waiting.filter(Q() if is_locked else Q(next_attempt_at__gt=now)).exists():
        return
    mailed = SignUpAttempt.objects.filter(address_digest=attempt.address_digest)
    recent = mailed.filter(mail_due_at__gt=now - limit.period).order_by("-mail_due_at")
    times = list(recent.values_list("mail_due_at", flat=True)[: limit.count])
    if len(times) == limit.count:
        return
    due_at = max([now, *(at + MAIL_INTERVAL for at in times[:1])])
    subscriber.mails.create(purpose=AlertMailPurpose.CONFIRM, period_end=now, next_attempt_at=due_at)
    attempt.mail_due_at = due_at


def list_unconfirmed(subscriber: Subscriber) -> QuerySet[Subscription]:
    """Return what a subscriber can confirm, in the order in which it was first requested."""
    return subscriber.subscriptions.unconfirmed().select_related("condition").order_by("pk")


@brief_transaction()
def confirm_subscriptions(subscriber: Subscriber, chosen: Iterable[int], *, named_until: int) -> int:
    """Confirm what a reader has chosen of that which waits; return how many are confirmed.

    What else the mail has named is deleted; what was requested later waits for a mail of its own. A reader who had
    left, or whose address had failed, gets mails again.

    Args:
        chosen: the primary keys of subscriptions.
        named_until: the last one that the mail with the link has named; 0 for none.

    Raises:
        Subscriber.DoesNotExist: the reader has left.
        LockWaitTooLong: a mail to the reader is being sent.
    """
    subscriber = lock_subscriber(subscriber.pk)
    waiting = set(list_unconfirmed(subscriber).values_list("pk", flat=True))
    confirmed = waiting & set(chosen)
    if not confirmed:
        return 0
    subscriber.subscriptions.filter(pk__in=confirmed).update(confirmed_at=timezone.now())
    subscriber.subscriptions.filter(pk__in=waiting - confirmed, pk__lte=named_until).delete()
    subscriber.bouncing_since = subscriber.failed_at = None
    subscriber.save(update_fields=["bouncing_since", "failed_at"])
    SuppressedAddress.objects.filter(address_digest__in=list_digests(subscriber.address)).delete()
    return len(confirmed)
