"""Factories of subscribers."""

from itertools import count

from django.utils import timezone

from subscriptions.conditions import Choice
from subscriptions.models import Subscriber, Subscription, Timing

_numbers = count(1)


def make_subscriber(
    *choices: Choice, timing: Timing = Timing.AT_ONCE, address: str = "", locale: str = "en", **fields
) -> Subscriber:
    """Return a subscriber who has confirmed these choices; all of the site without any."""
    subscriber = Subscriber(locale=locale, **fields)
    subscriber.address = address or f"reader{next(_numbers)}@example.org"
    subscriber.save()
    for choice in choices or (Choice(),):
        subscriber.subscriptions.create(condition=choice.store(), timing=timing, confirmed_at=timezone.now())
    return subscriber


def make_unconfirmed(choice: Choice, **fields) -> Subscription:
    """Return a choice that its reader has not confirmed."""
    subscriber = make_subscriber(**fields)
    subscriber.subscriptions.all().delete()
    return subscriber.subscriptions.create(condition=choice.store())
