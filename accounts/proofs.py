"""What a session has proved: when last, and whether with a second factor.

A session of an account with second factors that has none of their proofs counts as signed out, however it was made.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .factors import has_factors

PROVED_AT = "proved_at"
FACTOR_OWNER = "second_factor_of"
RECENT = timedelta(minutes=15)


def record_sign_in(request: HttpRequest, user: AbstractBaseUser, **_signal: object) -> None:
    """Receiver of `user_logged_in`: the sign-in was a proof. Which one, the second step says."""
    request.session.pop(FACTOR_OWNER, None)
    record_proof(request)


def record_proof(request: HttpRequest, *, with_factor_of: AbstractBaseUser | None = None) -> None:
    """Store in the session that its user has just proved who they are."""
    request.session[PROVED_AT] = timezone.now().timestamp()
    if with_factor_of:
        request.session[FACTOR_OWNER] = with_factor_of.pk


def is_proof_recent(request: HttpRequest) -> bool:
    proved_at, now = request.session.get(PROVED_AT), timezone.now().timestamp()
    return isinstance(proved_at, float) and now - RECENT.total_seconds() < proved_at <= now


def require_second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Treat a session at the desk as signed out that lacks the proof of a factor which its account has."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.DESK) and request.user.is_authenticated:
            is_proved = request.session.get(FACTOR_OWNER) == request.user.pk
            if not is_proved and has_factors(request.user):
                request.user = request._cached_user = AnonymousUser()
        return get_response(request)

    return middleware
