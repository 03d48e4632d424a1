"""Keys of age (https://age-encryption.org/v1): public ones in BACKUP_RECIPIENTS, private ones in an identity file.

The server has public keys alone: whoever has the server, or a backup, cannot read the backups made before.
"""

import os
import sys
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519

ENCRYPTED_IDENTITY = ("age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE")


def read_recipients() -> list[x25519.Recipient]:
    """Return the public keys of BACKUP_RECIPIENTS, which are separated by spaces or commas.

    Raises:
        SystemExit: one is no public key.
    """
    keys = os.environ.get("BACKUP_RECIPIENTS", "").replace(",", " ").split()
    return [_parse_recipient(key) for key in keys]


def _parse_recipient(key: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(key)
    except RecipientError:
        shown = "a private key, which belongs on another machine" if "SECRET" in key.upper() else f"“{key}”"
        sys.exit(
            f"BACKUP_RECIPIENTS has {shown}. It takes public keys of age: the line “age1…” that age-keygen prints."
        )


def read_identities(path: Path) -> list[x25519.Identity]:
    """Return the private keys of a file that age-keygen has written.

    Raises:
        SystemExit: the file cannot be read, is encrypted itself, or has no key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(
            f"The identity file {path} cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}."
        )
    if text.startswith(ENCRYPTED_IDENTITY):
        sys.exit(f"The identity file {path} is encrypted. Decrypt it first: age --decrypt -o KEY {path}")
    lines = [line.strip() for line in text.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        sys.exit(
            f"The identity file {path} has no key: a line “AGE-SECRET-KEY-1…” that age-keygen has written."
        )
    try:
        return [x25519.Identity.from_str(key) for key in keys]
    except IdentityError:
        sys.exit(f"A line of the identity file {path} is no private key of age (AGE-SECRET-KEY-1…).")


if __name__ == "__main__":
    read_recipients()
