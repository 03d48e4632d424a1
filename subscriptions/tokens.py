"""The tokens in the links of mails: each opens one thing to one subscriber, without a sign-in and a cookie.

A token is derived from `SECRET_KEY`: no row holds it, so that a copy of the database opens nothing.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from .keys import list_keys

CODE_BYTES = 16
TOKEN_LENGTH = 43
"""Of 16 bytes of the uid and those of the code, in Base64 without its end."""


class TokenPurpose(StrEnum):
    """What a token opens. One that is forwarded with a mail, to leave, changes nothing else."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    LEAVE = "leave"
    REFUSE = "refuse"


def make_token(purpose: TokenPurpose, uid: UUID) -> str:
    """Return the token of a subscriber, of `TOKEN_LENGTH` characters that every address may have."""
    code = _code(purpose, uid, settings.SECRET_KEY)
    return urlsafe_b64encode(uid.bytes + code).decode().rstrip("=")


def read_token(purpose: TokenPurpose, token: str) -> UUID | None:
    """Return the uid that a token was made for, with the present key or one before it; None if it was not."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        data = urlsafe_b64decode(f"{token}=")
        uid, code = UUID(bytes=data[:CODE_BYTES]), data[CODE_BYTES:]
    except ValueError:
        return None
    codes = [_code(purpose, uid, key) for key in list_keys()]
    return uid if any(hmac.compare_digest(code, expected) for expected in codes) else None


def _code(purpose: TokenPurpose, uid: UUID, key: str) -> bytes:
    digest = salted_hmac(f"subscriptions.{purpose}", uid.hex, secret=key, algorithm="sha256").digest()
    return digest[:CODE_BYTES]
