"""Canonical serialization and hashes of the audit log: the one place that defines them.

A value is serialized as JSON with sorted keys, without spaces, in UTF-8; its hash is SHA-256 in hexadecimal digits. A
record of the log holds the hash of the record before, so that none can be changed, removed or moved unseen.
`scripts/verify_audit_log.py` follows the same rules without this code; the rules are in
`docs/decisions/0077-a-log-that-shows-changes.md`.
"""

import hashlib
import json
from datetime import UTC, datetime

FIRST_PREVIOUS = ""
"""The hash before the first record."""


def serialize_canonically(value: object) -> bytes:
    """Return a JSON value as bytes, the same for equal values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def hash_value(value: object) -> str:
    """Return the hash of a JSON value."""
    return hashlib.sha256(serialize_canonically(value)).hexdigest()


def hash_with_salt(salt: str, value: object) -> str:
    """Return the hash of a value that nobody can guess from it without the salt."""
    return hash_value([salt, value])


def format_time(at: datetime) -> str:
    """Return a time in UTC with microseconds (ISO 8601)."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
