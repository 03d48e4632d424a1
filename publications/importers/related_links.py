"""Links between the texts of an import, set after all are stored: related publications and fragments."""

from collections.abc import Iterable, Sequence
from itertools import batched
from urllib.parse import unquote
from uuid import UUID

from publications import actions
from publications.models import ActionType, AuditEntry, Publication, RelatedLink
from publications.stored_messages import gettext as _

from .imported_file import NoteKind
from .report import FileOutcome, FileReport, ImportReport

OUTCOMES_WITH_TEXT_OF_FILE = (FileOutcome.NEW, FileOutcome.UPDATED, FileOutcome.UNCHANGED)
"""Outcomes after which the text on the site equals that of the file."""
QUERY_BATCH = 500


def apply_related_links(files: Sequence[FileReport], report: ImportReport, *, by) -> None:
    """Set the related links of publications from their files, including links to publications imported later.

    Links that an import has set follow the file; links that an editor has set stay.

    Args:
        files: the imported files; links to missing publications are reported as notes.
        report: counts the publications with related links.
        by: the user in the audit entries.
    """
    for batch in batched([file for file in files if file.publication], QUERY_BATCH, strict=False):
        set_by_import = _load_set_by_import([file.publication.pk for file in batch])
        updated = [file for file in batch if set_by_import.get(file.publication.pk, bool(file.related))]
        current = _load_current_links([file.publication.pk for file in updated])
        publications = _load_by_uid({uid for file in updated for uid in _parse_uids(file.related)})
        for file in updated:
            targets = _find_targets(file, publications)
            report.related_links += bool(targets)
            if [target.pk for target in targets] != current.get(file.publication.pk, []):
                actions.set_related_links(file.publication, targets, by=by, imported=True)


def _load_set_by_import(pks: Iterable[int]) -> dict[int, bool]:
    """Return by primary key, for publications whose links were ever set, whether an import set them last."""
    entries = AuditEntry.objects.filter(action=ActionType.RELATE, publication__in=pks).order_by("pk")
    return {
        pk: bool(detail.get("imported")) for pk, detail in entries.values_list("publication_id", "detail")
    }


def _load_current_links(pks: Iterable[int]) -> dict[int, list[int]]:
    links: dict[int, list[int]] = {}
    rows = RelatedLink.objects.filter(source__in=pks).order_by("source", "position", "pk")
    for source, target in rows.values_list("source_id", "target_id"):
        links.setdefault(source, []).append(target)
    return links


def _find_targets(file: FileReport, publications: dict[str, Publication]) -> list[Publication]:
    """Return the distinct existing publications that a file names, and report the others."""
    for name in file.related:
        if not any(uid in publications for uid in _parse_uids([name])):
            file.add_note(NoteKind.DROPPED, "related", _("A related piece is not here: %s") % name)
    existing = [publications[uid] for uid in _parse_uids(file.related) if uid in publications]
    targets = [publication for publication in existing if publication.pk != file.publication.pk]
    if len(targets) > actions.MAX_RELATED_LINKS:
        message = _("Related pieces beyond the first %d were left out.") % actions.MAX_RELATED_LINKS
        file.add_note(NoteKind.DROPPED, "related", message)
    return targets[: actions.MAX_RELATED_LINKS]


def _parse_uids(texts: Iterable[str]) -> list[str]:
    """Return the distinct valid uids in their normal form."""
    uids: dict[str, None] = {}
    for text in texts:
        try:
            uids[str(UUID(text))] = None
        except ValueError:
            continue
    return list(uids)


def _load_by_uid(uids: set[str]) -> dict[str, Publication]:
    queries = (
        Publication.objects.filter(uid__in=batch).only("uid")
        for batch in batched(sorted(uids), QUERY_BATCH, strict=False)
    )
    return {str(publication.uid): publication for query in queries for publication in query}


def report_lost_fragments(files: Sequence[FileReport]) -> None:
    """Report each link to an anchor that does not exist on its page."""
    pages = {
        file.address: file.imported.anchors for file in files if file.outcome in OUTCOMES_WITH_TEXT_OF_FILE
    }
    for file in files:
        for link in file.imported.fragment_links:
            path, _mark, fragment = link.partition("#")
            anchors = pages.get(path or file.address)
            if anchors is not None and not {fragment, unquote(fragment)} & anchors:
                message = _("A link leads to a place that its page does not have: %s") % link
                file.add_note(NoteKind.DROPPED, "fragment", message)
