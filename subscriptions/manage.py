"""What a reader changes of their own subscriptions."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .conditions import Choice, limit_timing, list_timings, store_choices
from .events import lock_state
from .locks import brief_transaction, lock_subscriber
from .models import Condition, Subscriber, Subscription, Timing
from .signup import MAX_SUBSCRIPTIONS
from .timings import change_timing


class NothingLeftError(ValidationError):
    """Without what a form removes the reader would get nothing: their address would have to be deleted."""


@brief_transaction()
def change_subscriptions(
    subscriber: Subscriber,
    *,
    timings: Mapping[int, Timing],
    removed: Collection[int],
    added: Iterable[Choice] = (),
    timing: Timing | None = None,
    **values: str | datetime | None,
) -> None:
    """Change what a reader gets, who has shown by the link that the address is theirs; so what is added is confirmed.

    Args:
        timings: by the primary keys of subscriptions; those of other subscribers are ignored, as in `removed`.
        timing: of what is added; None: that of all that the reader gets, as changed, and at once if they differ.
        values: of the subscriber: `locale`, and `paused_until` unless it stays. Mails at once of a pause are not sent
            later; the first digest after it is of its whole period, as each is.

    Raises:
        Subscriber.DoesNotExist: the reader has left.
        LockWaitTooLong: a mail to the reader is being sent.
        NothingLeftError: the last subscription would be removed, whatever waits for a confirmation: anybody may have
            sent the form for it. Nothing is changed.
        ValidationError: there would be more than `MAX_SUBSCRIPTIONS`; nothing is changed.
    """
    subscriber = lock_subscriber(subscriber.pk)
    lock_state()  # last: the sender may have the subscriber for long, and a stop at the desk waits for the state
    own = subscriber.subscriptions
    for name, value in values.items():
        setattr(subscriber, name, value)
    subscriber.save(update_fields=values)
    for subscription in own.filter(pk__in=timings).select_related("condition"):
        change_timing(subscription, limit_timing(subscription.condition.filters, timings[subscription.pk]))
    conditions = store_choices(added)
    # Who removes a choice and adds it anew changes its timing: what was mailed by the one before is not mailed twice.
    own.filter(pk__in=removed).exclude(condition__in=conditions).delete()
    timing = timing or _find_usual_timing(own.confirmed().select_related("condition").order_by("pk"))
    for condition in conditions:
        _add_confirmed(subscriber, condition, timing)
    if own.confirmed().count() > MAX_SUBSCRIPTIONS:
        text = _("You can have at most %(count)d alerts. Please remove some of them first.")
        raise ValidationError(text % {"count": MAX_SUBSCRIPTIONS})
    if not own.confirmed().exists():
        raise NothingLeftError(_("That would remove all that you get, so nothing is stored."))
    _delete_excess(subscriber)


def _find_usual_timing(subscriptions: Iterable[Subscription]) -> Timing:
    """Return how often a reader gets all that has a choice of it, at once where that differs."""
    filters = ((row.timing, row.condition.filters) for row in subscriptions)
    timings = {timing for timing, values in filters if len(list_timings(values)) > 1}
    return Timing(timings.pop()) if len(timings) == 1 else Timing.AT_ONCE


def _add_confirmed(subscriber: Subscriber, condition: Condition, timing: Timing) -> None:
    timing = limit_timing(condition.filters, timing)
    subscription, _is_new = subscriber.subscriptions.get_or_create(
        condition=condition, defaults={"timing": timing}
    )
    change_timing(subscription, timing)
    if not subscription.confirmed_at:
        subscription.confirmed_at = timezone.now()
        subscription.save(update_fields=["confirmed_at"])


def _delete_excess(subscriber: Subscriber) -> None:
    """Delete what was requested last beyond the limit: anybody may have sent the form for it."""
    excess = max(0, subscriber.subscriptions.count() - MAX_SUBSCRIPTIONS)
    waiting = subscriber.subscriptions.filter(confirmed_at=None).order_by("-pk")
    subscriber.subscriptions.filter(pk__in=list(waiting.values_list("pk", flat=True)[:excess])).delete()
