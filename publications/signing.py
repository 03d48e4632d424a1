"""The keys of the site for what readers verify: SIGNING_KEY, or SIGNING_PUBLIC_KEY if the secret one is elsewhere."""

from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from .minisign import PublicKey, SecretKey, UnusableKey


def read_secret_key() -> SecretKey | None:
    """Return the key of SIGNING_KEY, or None if there is none on this machine.

    Raises:
        ImproperlyConfigured: the file cannot be read or holds no usable key.
    """
    if not settings.SIGNING_KEY:
        return None
    try:
        return SecretKey.parse(Path(settings.SIGNING_KEY).read_text("utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(
            f"SIGNING_KEY: {settings.SIGNING_KEY} cannot be read: {error.strerror}. Make the file readable."
        ) from error
    except ValueError as error:
        raise ImproperlyConfigured(f"SIGNING_KEY: {settings.SIGNING_KEY}: {error}") from error


def read_public_key() -> PublicKey | None:
    """Return the public key that readers verify with, or None. Raises ImproperlyConfigured."""
    if not settings.SIGNING_PUBLIC_KEY:
        secret_key = read_secret_key()
        return secret_key.public if secret_key else None
    try:
        return PublicKey.parse(settings.SIGNING_PUBLIC_KEY)
    except UnusableKey as error:
        raise ImproperlyConfigured(f"SIGNING_PUBLIC_KEY: {error}") from error


def sign(content: bytes, *, name: str) -> str:
    """Return the text of the signature of a file, or "" without a secret key.

    The same content has the same signature: its trusted comment names the file and the site, and no time.
    """
    secret_key = read_secret_key()
    if not secret_key:
        return ""
    return secret_key.sign([content], comment=f"{name} of {settings.SITE_URL}")


def check_signing_keys(**_scope: object) -> list[checks.CheckMessage]:
    """Check of `manage.py check --deploy`: that the keys can be read and are keys of minisign."""
    try:
        read_secret_key()
        read_public_key()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="publications.E001")]
    return []
