"""Sign-ins between the password, or the provider, and the second step: a note in the session, which signs nobody in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .models import AccountEvent, EventType

SESSION_KEY = "pending_sign_in"
CLAIMS_KEY = "pending_claims"
PENDING_MINUTES = 15
ACCEPTED_TYPES = (EventType.PASSWORD_ACCEPTED, EventType.PROVIDER_ACCEPTED)


class SecondStepRequired(Exception):
    """Raised instead of signing in where the first step was right and the account has a second factor."""


@dataclass(frozen=True)
class PendingSignIn:
    """An account whose password was right, or that signed in at the provider, and the event of that.

    The event becomes a sign-in. The claims are those of the provider: the account is linked and gets its roles by them
    once the second step was right.
    """

    account: AbstractBaseUser
    attempt: AccountEvent
    claims: Mapping = field(default_factory=dict)

    @property
    def is_through_provider(self) -> bool:
        return self.attempt.type == EventType.PROVIDER_ACCEPTED


def store_pending(
    request: HttpRequest,
    account: AbstractBaseUser,
    attempt: AccountEvent,
    *,
    type: EventType = EventType.PASSWORD_ACCEPTED,
    claims: Mapping | None = None,
) -> None:
    """Record that the password was right, or that the provider knows the person, and note it in the session."""
    attempt.type, attempt.account, attempt.account_name = type, account, account.get_username()
    attempt.save()
    request.session[SESSION_KEY] = [account.pk, account.get_session_auth_hash(), attempt.pk]
    request.session[CLAIMS_KEY] = dict(claims or {})


def find_pending(request: HttpRequest) -> PendingSignIn | None:
    """Return the pending sign-in of a browser, until it is too old or the password is another."""
    match request.session.get(SESSION_KEY):
        case [int(account_pk), str(password_hash), int(attempt_pk)]:
            account = get_user_model().objects.filter(pk=account_pk, is_active=True).first()
            start = timezone.now() - timedelta(minutes=PENDING_MINUTES)
            attempts = AccountEvent.objects.filter(type__in=ACCEPTED_TYPES, account=account).since(start)
            attempt = attempts.filter(pk=attempt_pk).first()
            claims = request.session.get(CLAIMS_KEY) or {}
            if account and attempt and constant_time_compare(account.get_session_auth_hash(), password_hash):
                pending = PendingSignIn(account, attempt, claims)
                return pending if claims or not pending.is_through_provider else None
    return None


def forget_pending(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
    request.session.pop(CLAIMS_KEY, None)
