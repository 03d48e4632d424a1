"""What of an import a person has ticked as done, where the texts cannot show it: stored with the options of the import.

A note that a later run reports again, word for word, stays ticked.
"""

import hashlib
import json
from collections.abc import Iterable

from django.db import transaction

from publications.models import ArchiveImport
from publications.stored_messages import Stored

TICKED = "ticked"
"""The option of an import with the marks of what was ticked."""
MARK_CHARACTERS = 20


def build_mark(topic: str, place: str, note: Stored = "") -> str:
    """Return what identifies a note of a report.

    Args:
        place: the source of its text, or the address that it is about.
        note: its text, as the report stores it.
    """
    content = json.dumps([topic, place, note], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:MARK_CHARACTERS]


@transaction.atomic
def tick(job: ArchiveImport, marks: Iterable[str]) -> None:
    """Take notes off the list of what an import has left; how long its report is kept does not change."""
    options = ArchiveImport.objects.select_for_update().get(pk=job.pk).options
    ticked = sorted({*options.get(TICKED, ()), *marks})
    ArchiveImport.objects.filter(pk=job.pk).update(options={**options, TICKED: ticked})
