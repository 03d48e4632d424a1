"""Codes of authenticator apps (TOTP, RFC 6238): six digits, a new code each 30 seconds.

The secret is encrypted with a key derived from `SECRET_KEY` and bound to its account, so that a copy of the database is
no second factor, and a row that is copied to another account opens nothing.
"""

import base64
import re
import secrets
import time
from contextlib import suppress
from urllib.parse import quote, urlencode

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from .encryption import decrypt, encrypt
from .models import AuthenticatorApp

SECRET_BYTES = 20  # RFC 4226, section 4
DIGITS = 6
STEP_SECONDS = 30
ACCEPTED_STEPS = (0, -1, 1)  # clocks differ, and typing takes time
PURPOSE = "accounts.totp"  # of the key of stored secrets
CODE = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)
SPACES = re.compile(r"[\s-]+")


def new_secret() -> str:
    """Return a random secret in base32, as people type it into an app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def secret_uri(secret: str, account: AbstractBaseUser, issuer: str) -> str:
    """Return the address that an app reads from the QR code (Key Uri Format of Google Authenticator)."""
    label = quote(f"{issuer.replace(':', ' ')}:{account.get_username()}")
    params = {"secret": secret, "issuer": issuer.replace(":", " "), "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(params, quote_via=quote)}"


def render_qr_code(text: str, title: str) -> str:
    """Return a QR code as an SVG element, without style attributes, which the Content-Security-Policy refuses."""
    return segno.make(text, error="m", micro=False).svg_inline(scale=5, border=3, light="#fff", title=title)


def find_step(secret: str, code: str) -> int | None:
    """Return the number of the time step that a typed code belongs to, or None if it is wrong."""
    code = SPACES.sub("", code)
    if not CODE.fullmatch(code):
        return None
    totp = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303
    now = int(time.time()) // STEP_SECONDS
    for step in (now + offset for offset in ACCEPTED_STEPS):
        with suppress(InvalidToken):
            totp.verify(code.encode("ascii"), step * STEP_SECONDS)
            return step
    return None


def add_app(account: AbstractBaseUser, secret: str, step: int) -> AuthenticatorApp:
    """Store the app of an account in place of an earlier one; the code of that step counts as used."""
    fields = {
        "encrypted_secret": encrypt_secret(secret, account.pk),
        "last_step": step,
        "added_at": timezone.now(),
        "last_used_at": None,
    }
    return AuthenticatorApp.objects.update_or_create(owner=account, defaults=fields)[0]


def use_code(account: AbstractBaseUser, code: str) -> bool:
    """Return whether a typed code is that of the app of an account and was not used before; it is used then.

    Its secret is then stored with the current key: a former one of `SECRET_KEY_FALLBACKS` can be removed later.
    """
    app = AuthenticatorApp.objects.filter(owner=account).first()
    secret = decrypt_secret(app.encrypted_secret, account.pk) if app else None
    step = find_step(secret, code) if secret else None
    if step is None:
        return False
    return AuthenticatorApp.objects.filter(pk=app.pk).accept(step, encrypt_secret(secret, account.pk))


def encrypt_secret(secret: str, owner_pk: int) -> str:
    sealed = encrypt(secret.encode("ascii"), purpose=PURPOSE, owner=str(owner_pk))
    return base64.b64encode(sealed).decode("ascii")


def decrypt_secret(text: str, owner_pk: int) -> str | None:
    """Return the secret, or None if it is that of another account or no key decrypts it any more."""
    data = decrypt(base64.b64decode(text), purpose=PURPOSE, owner=str(owner_pk))
    return data.decode("ascii") if data is not None else None
