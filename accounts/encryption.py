"""Encryption with AES-256-GCM and keys derived from `SECRET_KEY`, of what is stored or what a page carries.

`SECRET_KEY_FALLBACKS` decrypt what was encrypted before `SECRET_KEY` was changed.
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2.2: random ones for up to 2³² values of a key
TAG_BYTES = 16


def encrypt(data: bytes, *, purpose: str, owner: str = "") -> bytes:
    """Return a random nonce and the encrypted data.

    Args:
        purpose: each has a key of its own.
        owner: whose the data is: for another one it is not decrypted.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, data, _binding(purpose, owner))


def decrypt(
    sealed: bytes, *, purpose: str, owner: str = "", keys: Iterable[str] | None = None
) -> bytes | None:
    """Return the data, or None if it was altered, is of another purpose or owner, or its key is no longer in use.

    Args:
        keys: those to try, if they are others than `SECRET_KEY` and `SECRET_KEY_FALLBACKS`.
    """
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        return None
    nonce, data = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    for secret_key in keys or (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        with suppress(InvalidTag):
            return _cipher(secret_key, purpose).decrypt(nonce, data, _binding(purpose, owner))
    return None


def _cipher(secret_key: str, purpose: str) -> AESGCM:
    return AESGCM(salted_hmac(purpose, "key", secret=secret_key, algorithm="sha256").digest())


def _binding(purpose: str, owner: str) -> bytes:
    return f"{purpose}:{owner}".encode()
