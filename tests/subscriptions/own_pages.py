"""The pages of a reader, for tests."""

from django.urls import reverse

from subscriptions.models import Subscriber
from subscriptions.tokens import TokenPurpose, make_token

ADDRESS = "reader@example.org"


def url(name: str, subscriber: Subscriber, purpose: TokenPurpose | None = None) -> str:
    return reverse(f"subscriptions:{name}", args=[make_token(purpose or TokenPurpose(name), subscriber.uid)])


def data_url(subscriber: Subscriber) -> str:
    return url("my_data", subscriber, TokenPurpose.MANAGE)
