"""When the user of a session last authenticated, and whether with a second factor.

A session of an account with second factors that has shown none of them counts as signed out, however it was made.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .factors import FACTOR_OWNER, has_factors
from .temporary_passwords import note_in_session

AUTHENTICATED_AT = "authenticated_at"
RECENT = timedelta(minutes=15)


def record_sign_in(request: HttpRequest, user: AbstractBaseUser, **_signal: object) -> None:
    """Receiver of `user_logged_in`: a sign-in is an authentication. The second step says with what.

    A session that had to end soon, as nobody was signed in, has the usual limits from now on.
    """
    request.session.pop(FACTOR_OWNER, None)
    request.session.set_expiry(None)
    note_in_session(request, user)
    record_authentication(request)


def record_authentication(
    request: HttpRequest, *, with_factor_of: AbstractBaseUser | None = None, at: float | None = None
) -> None:
    """Store in the session that its user has authenticated, now or at a time in seconds since 1970."""
    request.session[AUTHENTICATED_AT] = timezone.now().timestamp() if at is None else at
    if with_factor_of:
        request.session[FACTOR_OWNER] = with_factor_of.pk


def has_shown_factor(request: HttpRequest) -> bool:
    """Return whether the session has shown a second factor of its user, here or at the provider."""
    owner = request.session.get(FACTOR_OWNER)
    return owner is not None and owner == request.user.pk


def is_authentication_recent(request: HttpRequest) -> bool:
    authenticated_at, now = request.session.get(AUTHENTICATED_AT), timezone.now().timestamp()
    return isinstance(authenticated_at, float) and now - RECENT.total_seconds() < authenticated_at <= now


def require_second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Treat a session at the desk as signed out that has shown no factor although its account has one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_desk = request.path_info.startswith(settings.DESK) and request.user.is_authenticated
        if is_desk and not has_shown_factor(request) and has_factors(request.user):
            request.user = request._cached_user = AnonymousUser()
        return get_response(request)

    return middleware
