"""A cookie with the users who signed in, so that a form submitted after the session ended has a known owner."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _unmask_cipher_token
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.cookies import SIGN_INS
from publications.models import parse_pk

MAX_SIGN_INS = 5  # of one browser: forms that were opened after an earlier one may still be open
SALT = "publications.desk.carried_forms"  # of cookies in browsers: stored data, not the name of a module


def remember_user(request: HttpRequest, response: HttpResponse) -> None:
    """Add the user to the cookie, bound to the CSRF secret of the forms that are opened from now on.

    Each sign-in rotates the CSRF secret, so the token of a form shows after which sign-in it was opened. The cookie has
    the latest sign-ins, each a user and a signature.
    """
    secret = request.META.get("CSRF_COOKIE", "")
    sign_ins = [f"{request.user.pk}:{_sign(secret, request.user.pk)[0]}", *_read_sign_ins(request)]
    response.set_cookie(
        SIGN_INS.name,
        ".".join(dict.fromkeys(sign_ins[:MAX_SIGN_INS])),
        max_age=settings.CSRF_COOKIE_AGE,
        path=settings.DESK,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )


def _read_sign_ins(request: HttpRequest) -> list[str]:
    return request.COOKIES.get(SIGN_INS.name, "").split(".")[:MAX_SIGN_INS]


def find_user_pk(request: HttpRequest) -> int | None:
    """Return the primary key of the user who opened the submitted form, or None if unknown."""
    secret = _unmask_secret(request.POST.get("csrfmiddlewaretoken", ""))
    for sign_in in _read_sign_ins(request):
        pk, _colon, signature = sign_in.partition(":")
        user_pk = parse_pk(pk)
        if user_pk and any(constant_time_compare(signature, each) for each in _sign(secret, user_pk)):
            return user_pk
    return None


def _unmask_secret(token: str) -> str:
    """Return the CSRF secret of a token. Django masks it for each page and has no public function for the reverse."""
    if not (token.isascii() and token.isalnum() and len(token) in (32, 64)):
        return ""
    return _unmask_cipher_token(token) if len(token) == 64 else token


def _sign(secret: str, user_pk: int) -> list[str]:
    """Return the signature with the current key, and with former ones."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    value = f"{user_pk}:{secret}"
    return [salted_hmac(SALT, value, secret=key, algorithm="sha256").hexdigest() for key in keys]
