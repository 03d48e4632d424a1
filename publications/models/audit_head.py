"""The head of the audit log, and the comparison of the log with the head that is public."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from publications.hash_chain import format_time, serialize_canonically

from .audit import AuditEntry, audit_file_name
from .image import original_storage

HEAD = "audit-head.json"
SIGNATURE = f"{HEAD}.minisig"


class HeadRefused(Exception):
    """A head that cannot be published, with the reason as a sentence."""


def read_audit_file(name: str) -> bytes | None:
    """Return the head that is public, or its signature; None if there is none."""
    try:
        with original_storage().open(audit_file_name(name)) as file:
            return file.read()
    except FileNotFoundError:
        return None


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

    @classmethod
    def check_published(cls) -> Self | None:
        """Return the head that is public, compared with the log; None if there is none.

        Raises:
            HeadRefused: the log does not contain it.
        """
        content = read_audit_file(HEAD)
        try:
            return None if content is None else cls.parse(content)
        except HeadRefused:
            raise HeadRefused(
                "The audit trail does not contain the head that is public (/.well-known/audit-head.json): entries "
                "were removed or changed since, or an older backup was restored. Find out which. If it was a backup, "
                f"keep a copy of “{audit_file_name(HEAD)}” in the storage of originals and delete that file there."
            ) from None

    def serialize(self) -> bytes:
        return serialize_canonically(asdict(self)) + b"\n"
