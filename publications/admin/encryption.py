"""Encrypt JSON values that a page carries, so that only this site can read them."""

import base64
import json
import zlib

from django.core.signing import BadSignature

from accounts import encryption

PREFIX = "publications.desk.encryption"
"""Of each purpose: pages in open browsers hold values made with it. Stored data, not the name of a module."""


def encrypt(value: object, *, salt: str) -> str:
    """Return a JSON value as encrypted text that is safe in a form."""
    data = zlib.compress(
        json.dumps(value).encode(), level=1
    )  # anybody can send text that is slow to compress
    return _encode(encryption.encrypt(data, purpose=f"{PREFIX}.{salt}"))


def decrypt(text: str, *, salt: str) -> object:
    """Return the decrypted value. Raises `BadSignature` if it was altered, or not encrypted with a current key."""
    try:
        sealed = base64.urlsafe_b64decode(text)
    except ValueError as error:
        raise BadSignature("Not encrypted here.") from error
    data = encryption.decrypt(sealed, purpose=f"{PREFIX}.{salt}")
    if data is None or _encode(sealed) != text:  # decoding ignores signs that are none of base64
        raise BadSignature("Not encrypted here.")
    return json.loads(zlib.decompress(data))


def _encode(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode("ascii")
