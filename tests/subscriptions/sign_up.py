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
from subscriptions.signup import NAMED_UNTIL
from subscriptions.tokens import TokenPurpose, make_token

ADDRESS = "Reader@example.org"


def sign_up(client, email: str = ADDRESS, path: str = "/en/alerts/", **data):
    return client.post(path, {"email": email, **data})


def confirm_url(subscriber: Subscriber) -> str:
    """Return the link of a mail that is written now."""
    url = reverse("subscriptions:confirm", args=[make_token(TokenPurpose.CONFIRM, subscriber.uid)])
    last = subscriber.subscriptions.order_by("pk").last()
    return f"{url}?{NAMED_UNTIL}={last.pk if last else 0}"


def pass_time(**period: int) -> None:
    """Make all that is stored older."""
    age = timedelta(**period)
    for attempt in SignUpAttempt.objects.all():
        mail_due_at = attempt.mail_due_at and attempt.mail_due_at - age
        SignUpAttempt.objects.filter(pk=attempt.pk).update(at=attempt.at - age, mail_due_at=mail_due_at)
    for row in Subscription.objects.all():
        Subscription.objects.filter(pk=row.pk).update(requested_at=row.requested_at - age)
    AlertMail.objects.update(next_attempt_at=None, sent_at=timezone.now() - age)
