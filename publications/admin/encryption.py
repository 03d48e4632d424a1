"""Encrypt values that a page carries, so that only this site can read them.

The standard library has no cipher, so the keystream is SHAKE256 of a secret and a random nonce; Django's signature
covers the result. Values that were altered, or encrypted with a key that is no longer in use, are refused.
"""

import base64
import json
import secrets
import zlib
from hashlib import shake_256

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

NONCE_BYTES = 16
PREFIX = "publications.desk.encryption"
"""Of each salt, so that no value which is only signed with the same salt passes for an encrypted one.

Pages in open browsers hold values made with it: stored data, not the name of a module.
"""


def encrypt(value: object, *, salt: str) -> str:
    """Return a JSON value as encrypted and signed text that is safe in a form."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    data = zlib.compress(
        json.dumps(value).encode(), level=1
    )  # anybody can send text that is slow to compress
    sealed = nonce + _xor(data, _keystream(settings.SECRET_KEY, salt, nonce, len(data)))
    return _signer(settings.SECRET_KEY, salt).sign(base64.urlsafe_b64encode(sealed).decode())


def decrypt(text: str, *, salt: str) -> object:
    """Return the decrypted value. Raises `BadSignature` if it was not encrypted with a current key."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            signed = _signer(key, salt).unsign(text)
        except BadSignature:
            continue
        sealed = base64.urlsafe_b64decode(signed)
        nonce, data = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return json.loads(zlib.decompress(_xor(data, _keystream(key, salt, nonce, len(data)))))
    raise BadSignature("Not encrypted here.")


def _signer(secret: str, salt: str) -> Signer:
    return Signer(key=secret, fallback_keys=(), salt=f"{PREFIX}.signature.{salt}")


def _keystream(secret: str, salt: str, nonce: bytes, length: int) -> bytes:
    key = salted_hmac(f"{PREFIX}.keystream.{salt}", nonce, secret=secret, algorithm="sha256").digest()
    return shake_256(key).digest(length)


def _xor(data: bytes, stream: bytes) -> bytes:
    return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))
