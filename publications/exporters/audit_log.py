"""The public audit log: its lines, its head, and the files that readers get at `/.well-known/`.

The log has the public part of each audit entry, with its hash. The head names the last entry and its hash, so that a
log that was cut off is found too; a signature of it in the format of minisign proves who published it.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO, Self

from django.core.files.base import ContentFile
from django.utils import timezone

from publications.hash_chain import FIRST_PREVIOUS, format_time, serialize_canonically
from publications.models import AuditEntry, Operation, OperationRecord, audit_file_name, original_storage

LOG, HEAD, SIGNATURE = "audit-log.jsonl", "audit-head.json", "audit-head.json.minisig"
ENTRIES_PER_BATCH = 500


class HeadRefused(Exception):
    """A head that cannot be published, with the reason as a sentence."""


@dataclass(frozen=True)
class Head:
    """The end of the audit log at a moment.

    Attributes:
        version: the site version of the last entry.
        hash: of the last entry.
        date: when that entry was made (ISO 8601, UTC).
        entries: how many entries there are up to it.
    """

    version: int
    hash: str
    date: str
    entries: int

    @classmethod
    def read(cls) -> Self:
        """Return the head of the log as it is now.

        Raises:
            HeadRefused: the log is empty.
        """
        entry = AuditEntry.objects.order_by("-site_version").first()
        if not entry:
            raise HeadRefused("The audit trail has no entry yet, so that it has no head.")
        return cls.of(entry)

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        entries = AuditEntry.objects.filter(site_version__lte=entry.site_version).count()
        return cls(entry.site_version, entry.hash, format_time(entry.at), entries)

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Return the head of a file.

        Raises:
            HeadRefused: it is no head, or not one of this log.
        """
        try:
            head = cls(**json.loads(content))
            entry = AuditEntry.objects.filter(site_version=head.version).first()
        except (ValueError, TypeError):
            raise HeadRefused("The file is no head of an audit log.") from None
        if not entry or head != cls.of(entry):
            raise HeadRefused("The head is not one of the audit trail of this site.")
        return head

    def serialize(self) -> bytes:
        return serialize_canonically(asdict(self)) + b"\n"


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
        HeadRefused: it is not a head of this log.
    """
    Head.parse(content)
    storage = original_storage()
    storage.delete(audit_file_name(SIGNATURE))  # that of the head before must not stand beside this one
    storage.save(audit_file_name(HEAD), ContentFile(content))
    if signature:
        storage.save(audit_file_name(SIGNATURE), ContentFile(signature.encode()))
    OperationRecord.store(Operation.HEAD, timezone.now(), is_signed=bool(signature))
