"""Which second factors an account has, who must have one, and removing them."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from . import recovery_codes
from .events import record_event
from .models import AuthenticatorApp, EventType, Passkey, RecoveryCode
from .sign_out import end_sessions

FACTOR_MODELS = (Passkey, AuthenticatorApp, RecoveryCode)
PASSKEY, APP, CODES = "passkey", "app", "codes"
"""Kinds of factors in the details of events."""
FACTOR_OWNER = "second_factor_of"
"""The key of the session with the account of which it has shown a factor."""
KINDS = {Passkey: PASSKEY, AuthenticatorApp: APP, RecoveryCode: CODES}


@dataclass(frozen=True)
class Factors:
    """The second factors of an account.

    Attributes:
        codes: how many recovery codes were printed, used ones included.
    """

    passkeys: list[Passkey]
    app: AuthenticatorApp | None
    codes: int
    unused_codes: int

    @classmethod
    def of(cls, account: AbstractBaseUser) -> "Factors":
        return cls(
            passkeys=list(Passkey.objects.filter(owner=account)),
            app=AuthenticatorApp.objects.filter(owner=account).first(),
            codes=RecoveryCode.objects.filter(owner=account).count(),
            unused_codes=recovery_codes.count_unused(account),
        )

    @property
    def count(self) -> int:
        """Return how many factors can be used; all recovery codes are one."""
        return len(self.passkeys) + bool(self.app) + bool(self.unused_codes)

    def count_without(self, kind: str) -> int:
        """Return how many factors can be used once all of a kind are removed; of passkeys, once one is."""
        lost = {PASSKEY: bool(self.passkeys), APP: bool(self.app), CODES: bool(self.unused_codes)}
        return self.count - lost[kind]

    @property
    def takes_codes(self) -> bool:
        return bool(self.app or self.codes)

    @property
    def has_few_codes(self) -> bool:
        return bool(self.codes) and self.unused_codes <= recovery_codes.FEW_CODES


def has_factors(account: AbstractBaseUser) -> bool:
    """Return whether a password alone is not enough. Recovery codes that are used up count too."""
    return get_user_model().objects.filter(factor_condition(), pk=account.pk).exists()


def factor_condition() -> Q:
    """Return the condition on accounts that they have a second factor."""
    conditions = [Exists(model.objects.filter(owner=OuterRef("pk"))) for model in FACTOR_MODELS]
    return conditions[0] | conditions[1] | conditions[2]


def needs_factor(account: AbstractBaseUser) -> bool:
    """Return whether an account is one of those that must have a factor, from the date that the settings name."""
    is_listed = any(account.has_perm(permission) for permission in settings.SECOND_FACTOR_PERMISSIONS)
    return account.is_superuser or is_listed


def requires_factor(account: AbstractBaseUser) -> bool:
    """Return whether an account must have a factor today."""
    start = settings.SECOND_FACTOR_FROM
    return bool(start) and timezone.localdate() >= start and needs_factor(account)


def factor_due_on(account: AbstractBaseUser) -> date | None:
    """Return the day from which an account without factors must have one, or None."""
    if not settings.SECOND_FACTOR_FROM or has_factors(account) or not needs_factor(account):
        return None
    return settings.SECOND_FACTOR_FROM


def may_remove_factor(account: AbstractBaseUser, kind: str) -> bool:
    """Return whether an account may remove a factor of a kind: whoever must have one keeps one that can be used."""
    return Factors.of(account).count_without(kind) > 0 or not requires_factor(account)


def lock_factors(account: AbstractBaseUser) -> None:
    """Lock an account, so that two requests at once do not each remove the factor before the last."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=account.pk)


class LastFactor(Exception):
    """Raised if an account that must have a factor would lose its last one."""


@transaction.atomic
def remove_own_factor(rows: QuerySet, kind: str, *, request: HttpRequest, **detail: str) -> None:
    """Remove rows of one kind from the account of a request; with the last that can be used its other sessions end.

    Args:
        detail: what the event says of them besides the kind.

    Raises:
        LastFactor: the account must have a factor and has no other.
    """
    lock_factors(request.user)
    if not may_remove_factor(request.user, kind):
        raise LastFactor
    if rows.filter(owner=request.user).delete()[0]:
        by = request.user
        record_event(EventType.FACTOR_REMOVED, by, by=by, request=request, factors=[kind], **detail)
    if not Factors.of(request.user).count:
        RecoveryCode.objects.filter(owner=request.user).delete()  # used up: with these alone nobody signs in
        request.session.pop(FACTOR_OWNER, None)
        end_sessions(request.user, by=request.user, request=request, except_digest=request.session.key_digest)


@transaction.atomic
def remove_factors(
    account: AbstractBaseUser, *, by: AbstractBaseUser | None = None, request: HttpRequest | None = None
) -> list[str]:
    """Remove all factors of an account that has lost them; return the kinds that it had.

    What it has besides, its password or the provider, signs in alone then. Its open sessions end: no session goes on
    that has shown a factor which is gone.
    """
    kinds = [KINDS[model] for model in FACTOR_MODELS if model.objects.filter(owner=account).delete()[0]]
    if kinds:
        record_event(EventType.FACTOR_REMOVED, account, by=by, request=request, factors=kinds)
        end_sessions(account, by=by, request=request)
    return kinds
