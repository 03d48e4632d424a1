"""Limits on attempts to sign in and on requests for reset mails.

An attempt is stored as an `AccountEvent` before it is carried out, and counted together with all others. So attempts at
the same time, also in other processes and on other servers, cannot pass a limit together. Known devices are counted
separately: nobody else can use up their attempts. See `docs/decisions/0031-sign-in-limits.md`.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .client_address import client_address, client_network
from .devices import device_key, device_of, is_known_device, was_issued_here
from .models import KEY_LENGTH, AccountEvent, AccountEventQuerySet, EventType


@dataclass(frozen=True)
class Limit:
    """At most `count` attempts in a period that share the values of `columns`."""

    name: str
    columns: tuple[str, ...]
    count: int
    period: timedelta


# `device` is empty for every unknown browser, so limits with this column count these together, apart from known ones.
ACCOUNT = Limit("account", ("account_key", "device"), 10, timedelta(minutes=15))
ADDRESS = Limit("address", ("network", "device"), 30, timedelta(minutes=15))
SITE = Limit("site", ("device",), 60, timedelta(minutes=5))
DEVICE = Limit("device", ("account_key", "device"), 10, timedelta(minutes=15))
SPELLINGS = Limit("account", ("account_id", "device"), 10, timedelta(minutes=15))
"""Of an account under all names and addresses that find it. Beyond it a password counts as wrong."""

CODES = Limit("account", ("account_key", "device"), 10, timedelta(minutes=15))
CODES_OF_A_DAY = Limit("day", ("account_key", "device"), 50, timedelta(days=1))  # six digits are soon tried

RESET_ACCOUNT = Limit("account", ("account_key",), 5, timedelta(days=1))
RESET_ADDRESS = Limit("address", ("network", "device"), 10, timedelta(hours=1))
RESET_SITE = Limit("site", ("device",), 30, timedelta(minutes=15))
RESET_DEVICE = Limit("device", ("device",), 10, timedelta(hours=1))

CLOCK_SKEW = timedelta(minutes=1)  # between servers; later rows are of a clock that was set back

UNKNOWN_DEVICE_LIMITS = (ACCOUNT, ADDRESS, SITE)
KNOWN_DEVICE_LIMITS = (DEVICE,)
PROVIDER_LIMITS = (ADDRESS, SITE)  # whose account it is shows only at the end
OWN_PASSWORD_LIMITS = (ACCOUNT,)
SECOND_STEP_LIMITS = (CODES, CODES_OF_A_DAY)
RESET_UNKNOWN_DEVICE_LIMITS = (RESET_ACCOUNT, RESET_ADDRESS, RESET_SITE)
RESET_KNOWN_DEVICE_LIMITS = (RESET_ACCOUNT, RESET_DEVICE)


class TooManyAttempts(Exception):
    """Raised instead of carrying out an attempt. The next one is possible after the time `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def begin_sign_in(request: HttpRequest, username: str, account: AbstractBaseUser | None) -> AccountEvent:
    """Record a sign-in as failed before its password is compared; `complete_sign_in` corrects it.

    A refusal depends on the typed text and the browser alone: a text that is refused since another one was tried would
    show that both are of one account. Beyond the limit of the account the attempt has none.

    Args:
        username: the typed name or address; only a keyed digest of it is stored.
        account: the account of that name, or None.

    Returns:
        The attempt. The password is compared only with that of its account.

    Raises:
        TooManyAttempts: a limit is reached; the password must not be compared.
    """
    attempt = _build_attempt(EventType.FAILED, request, username, account)
    limits = KNOWN_DEVICE_LIMITS if attempt.device else UNKNOWN_DEVICE_LIMITS
    _check_limits(attempt, limits, allowance=0)
    _remove_account_beyond_limit(attempt, allowance=0)
    _store_within_limits(attempt, limits)
    if _remove_account_beyond_limit(attempt, allowance=1):
        attempt.save()
    return attempt


def _remove_account_beyond_limit(attempt: AccountEvent, *, allowance: int) -> bool:
    is_beyond = _time_until_allowed(attempt, SPELLINGS, allowance) > timedelta()
    if is_beyond:
        attempt.account, attempt.account_name = None, ""
    return is_beyond


def begin_own_password(request: HttpRequest, account: AbstractBaseUser) -> AccountEvent:
    """Record that somebody signed in types their password, as failed before it is compared; delete it if it is right.

    It has a count of its own, so that strangers who try to sign in do not keep the owner from a new password.

    Raises:
        TooManyAttempts: a limit is reached; the password must not be compared.
    """
    own = f"{account.get_username()}\0"  # no typed name has this character
    attempt = _build_attempt(EventType.FAILED, request, own, account)
    attempt.detail = {"is_old_password": True}
    return _store_attempt(attempt, OWN_PASSWORD_LIMITS)


def begin_second_step(request: HttpRequest, account: AbstractBaseUser) -> AccountEvent:
    """Record a second step as failed before it is verified; whoever verifies it deletes the row of one that is right.

    Raises:
        TooManyAttempts: a limit is reached; the code must not be compared.
    """
    attempt = _build_attempt(EventType.SECOND_STEP_FAILED, request, account.get_username(), account)
    return _store_attempt(attempt, SECOND_STEP_LIMITS)


def begin_provider_attempt(request: HttpRequest) -> AccountEvent:
    """Record a sign-in through the provider as failed before the browser is sent there.

    Raises:
        TooManyAttempts: a limit is reached; the browser must not be sent there.
    """
    attempt = _build_attempt(EventType.PROVIDER_FAILED, request, "", None)
    device = device_of(request)
    attempt.device = device_key(device) if device and was_issued_here(device) else ""
    return _store_attempt(attempt, KNOWN_DEVICE_LIMITS if attempt.device else PROVIDER_LIMITS)


def name_attempt(attempt: AccountEvent, request: HttpRequest, account: AbstractBaseUser) -> None:
    """Set the account of an attempt through the provider; the caller stores the attempt."""
    device = device_of(request)
    attempt.account, attempt.account_name = account, account.get_username()
    attempt.account_key = account_key(account.get_username())
    attempt.device = device_key(device) if is_known_device(device, account) else ""


def complete_sign_in(attempt: AccountEvent, account: AbstractBaseUser, device: str) -> None:
    """Turn a failed attempt into a sign-in; its device becomes known."""
    provider = {name: value for name, value in attempt.detail.items() if name == "provider"}
    attempt.detail = provider if attempt.device else {**provider, "is_new_device": True}
    attempt.type, attempt.device = EventType.SIGNED_IN, device_key(device)
    attempt.account, attempt.account_name = account, account.get_username()
    attempt.account_key = account_key(account.get_username())
    attempt.save()


def begin_reset(request: HttpRequest, email: str, account: AbstractBaseUser | None) -> AccountEvent:
    """Record that a reset mail was requested, whether or not an account has the address.

    Raises:
        TooManyAttempts: a limit is reached; no mail must be sent.
    """
    attempt = _build_attempt(EventType.RESET_REQUESTED, request, email, account)
    return _store_attempt(
        attempt, RESET_KNOWN_DEVICE_LIMITS if attempt.device else RESET_UNKNOWN_DEVICE_LIMITS
    )


def account_key(name: str) -> str:
    """Return a keyed digest of a typed name or address, equal for its other spellings."""
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    return salted_hmac("accounts.account_key", folded, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def _build_attempt(
    type: EventType, request: HttpRequest, name: str, account: AbstractBaseUser | None
) -> AccountEvent:
    address, device = client_address(request), device_of(request)
    return AccountEvent(
        type=type,
        account=account,
        account_name=account.get_username() if account else "",
        account_key=account_key(name),
        address=address or None,
        network=client_network(address),
        device=device_key(device) if is_known_device(device, account) else "",
    )


def _store_attempt(attempt: AccountEvent, limits: Iterable[Limit]) -> AccountEvent:
    _check_limits(attempt, limits, allowance=0)  # a flood is refused without a write
    return _store_within_limits(attempt, limits)


def _store_within_limits(attempt: AccountEvent, limits: Iterable[Limit]) -> AccountEvent:
    attempt.save()
    try:
        _check_limits(attempt, limits, allowance=1)
    except TooManyAttempts:
        attempt.delete()
        raise
    return attempt


def _check_limits(attempt: AccountEvent, limits: Iterable[Limit], *, allowance: int) -> None:
    for limit in limits:
        retry_after = _time_until_allowed(attempt, limit, allowance)
        if retry_after > timedelta():
            _record_refusal(attempt, limit)
            raise TooManyAttempts(retry_after)


def _time_until_allowed(attempt: AccountEvent, limit: Limit, allowance: int) -> timedelta:
    """Return how long until the limit allows one more attempt; zero if it does now."""
    now = timezone.now()
    index = limit.count - 1 + allowance
    recent = _similar_events(attempt, limit).filter(type=attempt.type, occurred_at__lte=now + CLOCK_SKEW)
    times = recent.since(now - limit.period).values_list("occurred_at", flat=True)[index : index + 1]
    return times[0] + limit.period - now if times else timedelta()


def _record_refusal(attempt: AccountEvent, limit: Limit) -> None:
    """Record once in each span of a limit that it was reached."""
    refusals = _similar_events(attempt, limit).filter(type=EventType.REFUSED)
    detail = {"limit": limit.name, "of": attempt.type}
    if refusals.filter(detail=detail).since(timezone.now() - limit.period).exists():
        return
    values = {field.attname: getattr(attempt, field.attname) for field in AccountEvent._meta.concrete_fields}
    del values["id"], values["occurred_at"]
    AccountEvent.objects.create(**values | {"type": EventType.REFUSED, "detail": detail})


def _similar_events(attempt: AccountEvent, limit: Limit) -> AccountEventQuerySet:
    values = {column: getattr(attempt, column) for column in limit.columns}
    if values.get("account_id", 0) is None:
        values["account_id"] = 0  # none; NULL would be all texts without an account
    return AccountEvent.objects.filter(**values)
