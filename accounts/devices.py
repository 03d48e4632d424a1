"""Browsers that have signed in to an account before, known by a cookie below the desk.

The cookie holds a random identifier and grants no rights: it only determines which attempts are counted together. A
device is known for the accounts that have signed in with it.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from .cookies import DEVICE
from .models import EVENT_DAYS, KEY_LENGTH, AccountEvent, EventType

IDENTIFIER_LENGTH = 22  # letters and digits: 131 bits
PROOF_TYPES = (EventType.SIGNED_IN, EventType.PASSWORD_RESET, EventType.CREATED)


def device_of(request: HttpRequest) -> str:
    """Return the identifier in the cookie of a browser, or ""."""
    return request.COOKIES.get(DEVICE.name, "")


def device_to_remember(request: HttpRequest) -> str:
    """Return the identifier of a browser that signs in: that of its cookie if this site issued it, else a new one.

    So an identifier that an attacker planted in the browser never becomes known.
    """
    device = device_of(request)
    return device if was_issued_here(device) else get_random_string(IDENTIFIER_LENGTH)


def was_issued_here(device: str) -> bool:
    """Return whether somebody has signed in with this device, whoever it was."""
    return AccountEvent.objects.filter(device__in=_device_keys(device), type__in=PROOF_TYPES).exists()


def device_key(device: str) -> str:
    """Return the keyed digest of the identifier of a device, which is stored in its place."""
    return _device_keys(device)[0]


def _device_keys(device: str) -> list[str]:
    """Return the digest with the current key, and with former ones."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [
        salted_hmac("accounts.device", device, secret=key, algorithm="sha256").hexdigest()[:KEY_LENGTH]
        for key in keys
    ]


def is_known_device(device: str, account: AbstractBaseUser | None) -> bool:
    """Return whether that account has signed in with this device within a year."""
    if account is None or not device:
        return False
    proofs = AccountEvent.objects.filter(
        device__in=_device_keys(device), account=account, type__in=PROOF_TYPES
    )
    return proofs.since(timezone.now() - timedelta(days=EVENT_DAYS)).exists()


def remember_device(response: HttpResponse, device: str) -> None:
    """Set the cookie with this identifier, for the desk and for a year."""
    response.set_cookie(
        DEVICE.name,
        device,
        max_age=timedelta(days=EVENT_DAYS),
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
