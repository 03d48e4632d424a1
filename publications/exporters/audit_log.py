"""The public audit log: its lines, its head, and the files that readers get at `/.well-known/`.

The log has the public part of each audit entry, with its hash. The head names the last entry and its hash, so that a
log that was cut off is found too; a signature of it in the format of minisign proves who published it.
"""

from collections.abc import Iterator
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.utils import timezone

from publications.hash_chain import FIRST_PREVIOUS, serialize_canonically
from publications.models import (
    HEAD,
    SIGNATURE,
    AuditEntry,
    Head,
    HeadRefused,
    Operation,
    OperationRecord,
    audit_file_name,
    original_storage,
)

ENTRIES_PER_BATCH = 500


def read_log_lines(until: int) -> Iterator[bytes]:
    """Yield the lines of the public log up to a site version."""
    previous = FIRST_PREVIOUS
    entries = AuditEntry.objects.filter(site_version__lte=until).order_by("site_version")
    for entry in entries.iterator(chunk_size=ENTRIES_PER_BATCH):
        yield serialize_canonically({**entry.public_record(previous), "hash": entry.hash}) + b"\n"
        previous = entry.hash


def write_log(file: BinaryIO, until: int) -> None:
    """Write the public log up to a site version."""
    file.writelines(read_log_lines(until))


def publish_head(content: bytes, signature: str = "") -> None:
    """Make a head public, with its signature if there is one.

    The log stays on the server: its digests let whoever knows the rest of a text confirm a guess at a name that was
    redacted, or at the time for which a first edition is scheduled. `manage.py export_audit_log` writes it for whoever
    is to verify it.

    Raises:
        HeadRefused: it is not a head of this log, a later one is public, or the log has lost the head that is public.
    """
    head, published = Head.parse(content), Head.check_published()
    if published and head.version < published.version:
        raise HeadRefused(
            f"The head is of version {head.version}, and that of version {published.version} is public already: "
            "write a new one with “manage.py sign_head --write FILE” and sign that."
        )
    storage = original_storage()
    storage.delete(audit_file_name(SIGNATURE))  # that of the head before must not stand beside this one
    storage.save(audit_file_name(HEAD), ContentFile(content))
    if signature:
        storage.save(audit_file_name(SIGNATURE), ContentFile(signature.encode()))
    OperationRecord.store(Operation.HEAD, timezone.now(), is_signed=bool(signature))
