"""What a check depends on besides its archive: an import may do something else than its check said once that changes.

These are the texts that it would store or publish, other texts that have come by imports, and the old addresses here,
to which links are led.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any

from django.db.models import Count, Max

from publications.models import (
    ArchiveImport,
    ArchiveImportTask,
    Publication,
    Redirect,
    Revision,
    RevisionReason,
    with_status,
)

from .batches import STORED
from .normalize import is_uid

STATE = "site_state"
"""The part of the stored report of a check with what it depends on."""
UIDS_PER_QUERY = 500
COLUMNS = ("uid", "digest", "live_digest", "live_from", "scheduled_from", "ended_at", "deleted_at")


def read_marks() -> dict[str, int | None]:
    """Return the last revision that an import or its undo has made, and the last and the number of old addresses."""
    revisions = Revision.objects.filter(reason__in=(RevisionReason.IMPORTED, RevisionReason.UNDONE))
    return {
        "revision": revisions.aggregate(last=Max("pk"))["last"],
        **Redirect.objects.aggregate(last_address=Max("pk"), addresses=Count("pk")),
    }


def add_state(report: dict, marks: Mapping[str, int | None]) -> dict:
    """Return the stored report of a check with what it depends on.

    Args:
        marks: what `read_marks` has returned before the check.
    """
    return report | {STATE: {**marks, "texts": _digest_texts(report)}}


def is_outdated(job: ArchiveImport) -> bool:
    """Return whether something that a check depends on has changed since; False of a check of an older release."""
    state = job.report.get(STATE)
    if not state:
        return False
    others = ArchiveImport.objects.exclude(pk=job.pk)
    return (
        state != {**read_marks(), "texts": _digest_texts(job.report)}
        or others.filter(task=ArchiveImportTask.UNDO, changed_at__gt=job.changed_at).exists()
    )


def _digest_texts(report: Mapping[str, Any]) -> str:
    """Return a digest of the texts that a check would store or publish, as they are here."""
    files = (file for file in report["files"] if file["outcome"] in STORED or file["is_published"])
    uids = sorted({file["uid"] for file in files if is_uid(file["uid"])})
    rows = [row for batch in batched(uids, UIDS_PER_QUERY) for row in _list_rows(batch)]
    return hashlib.sha256(json.dumps(sorted(rows), default=str).encode()).hexdigest()


def _list_rows(uids: Iterable[str]) -> Iterable[list[str]]:
    rows = with_status(Publication.with_deleted.filter(uid__in=uids)).order_by()
    return [[str(value) for value in row] for row in rows.values_list(*COLUMNS)]
