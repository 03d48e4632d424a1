"""Browsers that have signed in to an account before, known by a cookie below the desk.

The cookie holds a random identifier and gives no right of its own: it only says whose
attempts are counted together. A device is known for the accounts that signed in with it.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from .models import EVENT_DAYS, KEY_LENGTH, AccountEvent, EventType

COOKIE = "desk_device"
IDENTIFIER_LENGTH = 22  # letters and digits: 131 bits
PROOFS = (EventType.SIGNED_IN, EventType.PASSWORD_RESET)


def device_of(request: HttpRequest) -> str:
    """Return the identifier that a browser brings, or ""."""
    return request.COOKIES.get(COOKIE, "")


def device_to_remember(request: HttpRequest) -> str:
    """Return the identifier of a browser that signs in: its own if given out here, else a new one.

    One that somebody has planted in the browser beforehand is thus never made known.
    """
    device = device_of(request)
    was_given_here = AccountEvent.objects.filter(device=device_key(device), type__in=PROOFS).exists()
    return device if was_given_here else get_random_string(IDENTIFIER_LENGTH)


def device_key(device: str) -> str:
    """Return what is stored of a device: a keyed digest of its identifier."""
    return salted_hmac("accounts.device", device, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def is_known_device(device: str, account: AbstractBaseUser | None) -> bool:
    """Return whether that account has signed in with this device within a year."""
    if account is None or not device:
        return False
    proofs = AccountEvent.objects.filter(device=device_key(device), account=account, type__in=PROOFS)
    return proofs.since(timezone.now() - timedelta(days=EVENT_DAYS)).exists()


def remember_device(response: HttpResponse, device: str) -> None:
    """Ask the browser to bring this identifier to the desk for a year."""
    response.set_cookie(
        COOKIE,
        device,
        max_age=timedelta(days=EVENT_DAYS),
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
