"""What an import changes in texts that are here, as rows of a page: in their drafts, or for readers."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from publications.importers.field_changes import label_changes, load_kinds
from publications.importers.file_outcome import FileOutcome
from publications.importers.normalize import is_uid
from publications.locales import language_label
from publications.models import Publication

MAX_LISTED_UPDATES = 200


def list_updates(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the texts whose drafts a check or a run changes: how many, and the first ones; empty if there are none.

    After a run each text is linked to the comparison of what readers see with its draft, or to its history.
    """
    files = [file for file in report.get("files", ()) if file["outcome"] == FileOutcome.UPDATED.value]
    if not files:
        return {}
    listed, kinds = files[:MAX_LISTED_UPDATES], load_kinds()
    pks = _find_pks(file.get("uid", "") for file in listed)
    rows = [
        {
            "title": file["title"],
            "language": file["language"],
            "language_label": language_label(file["language"]),
            "is_live": file["was_public"],
            "changes": label_changes(file.get("changes", ()), kinds),
            "address": _address_of(
                pks.get(file.get("uid", "")), file, is_dry_run=report.get("is_dry_run", False)
            ),
        }
        for file in listed
    ]
    return {"number": len(files), "rows": rows, "more": len(files) - len(rows)}


def _find_pks(uids: Iterable[str]) -> dict[str, int]:
    rows = Publication.objects.filter(uid__in=filter(is_uid, uids)).values_list("uid", "pk")
    return {str(uid): pk for uid, pk in rows}


def _address_of(pk: int | None, file: Mapping[str, Any], *, is_dry_run: bool) -> str:
    if pk is None:
        return ""
    page = "history" if is_dry_run or not file["was_public"] else "difference"
    return reverse(f"desk:{page}", args=[pk])
