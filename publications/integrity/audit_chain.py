"""Checks of the audit log against its own hashes, and of editions against what the log has recorded of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from publications.hash_chain import FIRST_PREVIOUS
from publications.models import (
    REDACTING_ACTIONS,
    AuditEntry,
    Edition,
    Publication,
    read_content_digests,
    read_windows_digests,
)

from .report import Progress

ENTRIES_PER_BATCH = 500


def find_broken_links(progress: Progress) -> Iterator[str]:
    """Yield the audit entries that are not as they were written, or do not follow the one before them."""
    previous, publications = FIRST_PREVIOUS, _existing_publications()
    for entry in _read_entries():
        recorded = entry.public_part.get("publication")
        if entry.hash != entry.compute_hash(previous):
            yield f"{_name(entry)} is not as it was written, or not the one that followed the entry before it."
        elif entry.publication_id != (recorded if recorded in publications else None):
            yield f"{_name(entry)} stands at another publication than it was written of."
        previous = entry.hash


def find_changed_entries(progress: Progress) -> Iterator[str]:
    """Yield the audit entries whose personal part differs from that at first and from every redaction since."""
    redacted = AuditEntry.objects.read_redacted_hashes()
    for entry in _read_entries():
        if entry.compute_personal_hash() != redacted.get(entry.site_version, entry.personal_hash):
            yield f"{_name(entry)} says something else than it did at first, and no redaction has recorded that."


@dataclass
class RecordedState:
    """What the audit log has recorded of editions and of the windows of publications, the last record of each."""

    editions: dict[str, str] = field(default_factory=dict)
    windows: dict[int, str] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, entry: AuditEntry) -> None:
        for edition, digest in entry.public_part.get("editions", {}).items():
            if edition in self.editions and entry.action not in REDACTING_ACTIONS:
                self.faults.append(f"{_name(entry)} changes edition {edition}, which only a redaction may.")
            self.editions[edition] = digest
        publication = entry.public_part.get("publication")
        if publication and (windows := entry.public_part.get("windows")):
            self.windows[publication] = windows
            is_cancelled = entry.public_part.get("cancelled", False)
            (self.cancelled.add if is_cancelled else self.cancelled.discard)(publication)


def find_differing_editions(progress: Progress) -> Iterator[str]:
    """Yield the editions that differ from what the audit log has recorded of them, are not in it, or are missing."""
    state = RecordedState()
    for entry in _read_entries():
        state.add(entry)
    yield from state.faults
    total, missing = Edition.objects.count(), dict(state.editions)
    for done, (edition, digest) in enumerate(read_content_digests(Edition.objects.all()), start=1):
        recorded = missing.pop(f"{edition.publication_id}/{edition.number}", None)
        name = f"publication {edition.publication_id} “{edition.title}”, edition {edition.number}"
        if recorded is None:
            yield f"{name}: no audit entry has recorded it."
        elif not digest == recorded == edition.content_digest:
            yield f"{name}: it is not as the audit entries have recorded it."
        progress(done, total)
    purged = state.cancelled - _existing_publications()  # deleted drafts, whose editions were never public
    for edition in missing:
        if int(edition.partition("/")[0]) not in purged:
            yield f"Edition {edition} (publication/number) is recorded in the audit trail, and is not there."
    yield from _find_differing_windows(state, purged)


def _find_differing_windows(state: RecordedState, purged: set[int]) -> Iterator[str]:
    stored = read_windows_digests()
    for publication in sorted(state.windows.keys() | stored.keys()):
        digest = stored[publication].digest if publication in stored else ""
        if publication not in purged and digest != state.windows.get(publication):
            yield (
                f"publication {publication}: when its editions are public, or why they ended, is not as the audit "
                "entries have recorded it."
            )


def _existing_publications() -> set[int]:
    return set(Publication.with_deleted.values_list("pk", flat=True))


def _read_entries() -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("site_version").iterator(chunk_size=ENTRIES_PER_BATCH)


def _name(entry: AuditEntry) -> str:
    return f"The audit entry of version {entry.site_version} ({entry.get_action_display()})"
