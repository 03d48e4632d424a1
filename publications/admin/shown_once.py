"""Secrets that a page shows once, such as a new address: kept from the request that makes them to the page after it.

The answer to the form is a redirect, so that a reload makes no second secret. Until then they are stored in the
session data of Django, encrypted; rendering the page removes them.
"""

from django.core.signing import BadSignature
from django.http import HttpRequest

from .encryption import decrypt, encrypt

SALT = "publications.shown_once"


def keep_secret(request: HttpRequest, name: str, value: object) -> None:
    """Keep a JSON value until the same user calls `take_secret` with the same name."""
    request.session[_key(name)] = encrypt(value, salt=SALT)


def take_secret(request: HttpRequest, name: str) -> object:
    """Return the value kept by this name and forget it; None if there is none."""
    if request.method != "GET":
        return None
    text = request.session.pop(_key(name), None)
    try:
        return decrypt(text, salt=SALT) if text else None
    except BadSignature:  # SECRET_KEY was changed
        return None


def _key(name: str) -> str:
    return f"shown_once:{name}"
