"""Which account a person at the OpenID provider is, with which roles, and signing it in.

An account is found by issuer and subject, never by a name. Its roles become what the groups at the provider give.
"""

import logging
from collections.abc import Mapping
from enum import StrEnum

from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AbstractBaseUser, Group
from django.core import checks
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.http import HttpRequest

from .devices import device_to_remember
from .events import record_event
from .factors import has_factors
from .id_tokens import auth_time_of, is_fresh
from .invitations import accept_invitation, build_account
from .limits import complete_sign_in, name_attempt
from .models import AccountEvent, DeskSession, EventType, Invitation, ProviderIdentity
from .pending_sign_ins import SecondStepRequired, forget_pending, store_pending
from .provider_settings import ProviderSettings, current_provider
from .reauthentication import record_authentication
from .role_changes import set_roles
from .sign_out import end_sessions
from .temporary_passwords import forget_in_session

logger = logging.getLogger(__name__)

ISSUER_KEY = "provider_issuer"
"""The key of the session with the issuer that its user signed in through."""
ACCOUNT_MANAGEMENT = "auth.change_user"


class Refusal(StrEnum):
    """Why nobody is signed in; the words are those of the desk."""

    EXPIRED = "expired"
    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    INVALID = "invalid"
    NO_ROLE = "no_role"
    NO_ACCOUNT = "no_account"
    UNVERIFIED = "unverified"
    LINKED = "linked"
    DEACTIVATED = "deactivated"
    SUPERUSER = "superuser"
    LAST_MANAGER = "last_manager"
    OTHER_PERSON = "other_person"
    NOT_FRESH = "not_fresh"


class SignInRefused(Exception):
    """Nobody is signed in through the provider."""

    def __init__(self, reason: Refusal, account: AbstractBaseUser | None = None) -> None:
        super().__init__(reason)
        self.reason, self.account = reason, account


def may_sign_in_here(account: AbstractBaseUser) -> bool:
    """Return whether a password or passkey of this site signs in an account; who manages accounts keeps this way."""
    provider = current_provider()
    if not provider or provider.local_sign_in == "all":
        return True
    return account.is_superuser or account.has_perm(ACCOUNT_MANAGEMENT)


def refuse(attempt: AccountEvent, reason: Refusal, account: AbstractBaseUser | None = None) -> SignInRefused:
    """Return the refusal, which is stored with the event of the attempt."""
    if account:
        attempt.account, attempt.account_name = account, account.get_username()
    attempt.type, attempt.detail = EventType.PROVIDER_FAILED, {"refusal": reason.value}
    attempt.save()
    return SignInRefused(reason, account)


def find_account(
    request: HttpRequest, provider: ProviderSettings, claims: Mapping, groups: list[Group]
) -> AbstractBaseUser:
    """Return the account of a person, linked now if the settings or an invitation allow it. Raises SignInRefused."""
    identity = ProviderIdentity.objects.filter(issuer=provider.issuer, subject=claims["sub"]).first()
    account = identity.account if identity else None
    if not account and not groups:
        raise SignInRefused(Refusal.NO_ROLE)
    account = account or _link_by_mail(request, provider, claims)
    if not (account.is_active and account.is_staff):
        raise SignInRefused(Refusal.DEACTIVATED, account)
    if account.is_superuser:
        raise SignInRefused(Refusal.SUPERUSER, account)
    return account


def _link_by_mail(request: HttpRequest, provider: ProviderSettings, claims: Mapping) -> AbstractBaseUser:
    """Link the account with the mail address of a person, or that of an invitation to it."""
    email = claims.get("email")
    is_usable = isinstance(email, str) and email.isprintable() and "@" in email
    if not is_usable or not provider.has_verified_mail(claims):
        raise SignInRefused(Refusal.UNVERIFIED)
    accounts = _with_address(get_user_model().objects.all(), email)
    invitation = next(
        (each for each in _with_address(Invitation.objects.all(), email) if not each.is_expired), None
    )
    if len(accounts) == 1 and provider.links_by_mail:
        account = accounts[0]
        if not account.is_active or account.is_superuser:
            return account
    elif not accounts and invitation:
        account = build_account(invitation)
        account.set_unusable_password()
        _accept(request, invitation, account)
    else:
        raise SignInRefused(Refusal.NO_ACCOUNT)
    if ProviderIdentity.objects.filter(account=account, issuer=provider.issuer).exists():
        raise SignInRefused(Refusal.LINKED, account)
    ProviderIdentity.objects.create(account=account, issuer=provider.issuer, subject=claims["sub"])
    record_event(EventType.PROVIDER_LINKED, account, request=request, provider=provider.name)
    return account


@transaction.atomic
def unlink_account(account: AbstractBaseUser) -> bool:
    """Remove the link between an account and a person, and end its sessions; return whether there was one."""
    if not ProviderIdentity.objects.filter(account=account).delete()[0]:
        return False
    record_event(EventType.PROVIDER_UNLINKED, account)
    end_sessions(account)
    return True


def _accept(request: HttpRequest, invitation: Invitation, account: AbstractBaseUser) -> None:
    try:
        accept_invitation(invitation, account, request=request, device="")
    except ObjectDoesNotExist as error:  # accepted or revoked in between
        raise SignInRefused(Refusal.NO_ACCOUNT) from error


def _with_address(rows, email: str) -> list:
    """Return the rows with a mail address. Databases hold letters for equal that are of other alphabets."""
    return [
        row
        for row in rows.filter(email__iexact=email)
        if row.email == email or (email.isascii() and row.email.isascii())
    ]


def groups_for(provider: ProviderSettings, claims: Mapping) -> list[Group]:
    """Return the roles that the groups of a person give; one that this site lacks is logged."""
    names = provider.roles_of(claims)
    groups = list(Group.objects.filter(name__in=names).order_by("name"))
    if missing := names - {group.name for group in groups}:
        logger.error("OIDC_ROLES names a role that this site lacks: %s", min(missing))
    return groups


def check_roles(**_scope: object) -> list[checks.CheckMessage]:
    """Check of `manage.py check --deploy`: that the site has the roles that OIDC_ROLES names."""
    provider = current_provider()
    if not provider or Group._meta.db_table not in connection.introspection.table_names():
        return []  # the check may run before the migrations
    names = set(provider.roles.values())
    missing = names.difference(Group.objects.filter(name__in=names).values_list("name", flat=True))
    text = (
        "OIDC_ROLES names the role “%s”, which this site lacks. Correct it, or add the role as a superuser."
    )
    return [checks.Error(text % name, id="accounts.E001") for name in sorted(missing)]


def update_roles(request: HttpRequest, account: AbstractBaseUser, groups: list[Group]) -> None:
    """Give an account the roles that the provider gives; without any, its open sessions end."""
    set_roles(account, groups, by=None, request=request)
    if not groups and DeskSession.objects.of(account):
        end_sessions(account, request=request)


def requires_second_step(provider: ProviderSettings, account: AbstractBaseUser, claims: Mapping) -> bool:
    """Return whether an account has to show its second factor of this site beside the sign-in at the provider."""
    return has_factors(account) and not provider.has_factor(claims)


def finish_sign_in(
    request: HttpRequest,
    provider: ProviderSettings,
    account: AbstractBaseUser,
    attempt: AccountEvent,
    claims: Mapping,
) -> None:
    """Sign in an account. Raises SecondStepRequired where it has to show its second factor of this site first.

    The person has authenticated at the time that the provider gives; without one, long ago.
    """
    name_attempt(attempt, request, account)
    attempt.detail = {"provider": provider.name}
    if requires_second_step(provider, account, claims):
        store_pending(request, account, attempt, type=EventType.PROVIDER_ACCEPTED, claims=claims)
        request.session[ISSUER_KEY] = provider.issuer
        raise SecondStepRequired
    forget_pending(request)
    request.device_to_remember = device_to_remember(request)
    complete_sign_in(attempt, account, request.device_to_remember)
    login(request, account)
    forget_in_session(request)
    request.session.cycle_key()
    request.session[ISSUER_KEY] = provider.issuer
    with_factor_of = account if provider.has_factor(claims) else None
    record_authentication(request, with_factor_of=with_factor_of, at=auth_time_of(claims) or 0.0)


def check_owner(
    request: HttpRequest, provider: ProviderSettings, attempt: AccountEvent, claims: Mapping
) -> None:
    """Raise SignInRefused unless the claims are of the person whose account the user of the session is."""
    identity = {"issuer": provider.issuer, "subject": claims["sub"]}
    if not ProviderIdentity.objects.filter(account=request.user.pk, **identity).exists():
        raise refuse(attempt, Refusal.OTHER_PERSON, request.user)


def finish_reauthentication(
    request: HttpRequest,
    provider: ProviderSettings,
    attempt: AccountEvent,
    claims: Mapping,
    *,
    since: float,
) -> None:
    """Store that the user of the session has shown again who they are. Raises SignInRefused.

    Args:
        since: when re-authentication was requested, in seconds since 1970: the person has to show it later.
    """
    if not is_fresh(claims, since):
        raise refuse(attempt, Refusal.NOT_FRESH, request.user)
    attempt.delete()
    record_authentication(request, with_factor_of=request.user if provider.has_factor(claims) else None)


def may_reauthenticate_there(account: AbstractBaseUser) -> bool:
    """Return whether an account can re-authenticate at the provider: it has no second factor of this site.

    Superusers cannot: the provider must not give everything.
    """
    provider = current_provider()
    if not provider or account.is_superuser or has_factors(account):
        return False
    return ProviderIdentity.objects.filter(account=account, issuer=provider.issuer).exists()
