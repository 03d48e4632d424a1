"""Sign-up by the form, for tests."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from subscriptions.models import (
    AlertMail,
    SignUpAttempt,
    Subscriber,
    Subscription,
)
from subscriptions.tokens import TokenPurpose, make_token

ADDRESS = "Reader@example.org"


def sign_up(client, email: str = ADDRESS, path: str = "/en/alerts/", **data):
    return client.post(path, {"email": email, **data})


def confirm_url(subscriber: Subscriber) -> str:
    return reverse("subscriptions:confirm", args=[make_token(TokenPurpose.CONFIRM, subscriber.uid)])


def pass_time(**period: int) -> None:
    """Make all that is stored older."""
    age = timedelta(**period)
    for attempt in SignUpAttempt.objects.all():
        SignUpAttempt.objects.filter(pk=attempt.pk).update(at=attempt.at - age)
    for row in Subscription.objects.all():
        Subscription.objects.filter(pk=row.pk).update(requested_at=row.requested_at - age)
    AlertMail.objects.update(next_attempt_at=None, sent_at=timezone.now() - age)
