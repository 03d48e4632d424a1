"""The last links of an import, once all its texts are stored: related publications, and fragments that lead nowhere."""

from collections.abc import Iterable, Sequence
from itertools import batched
from urllib.parse import unquote
from uuid import UUID

from django.utils.translation import gettext as _

from publications import actions
from publications.models import ActionType, AuditEntry, Publication, RelatedLink

from .report import FileOutcome, FileReport, ImportReport, NoteKind

AS_IN_FILE = (FileOutcome.NEW, FileOutcome.UPDATED, FileOutcome.UNCHANGED)
"""The outcomes after which the text on the site is that of the file."""
MAX_RELATED = 20
QUERY_BATCH = 500


def apply_related_links(files: Sequence[FileReport], report: ImportReport, *, by) -> None:
    """Set related links as the files say, also to publications that a later run brings.

    Links that an import has set follow their file; where an editor has set the links of a publication, they stay.
    """
    for some in batched([file for file in files if file.publication], QUERY_BATCH, strict=False):
        set_by_import = _last_set_by_import([file.publication.pk for file in some])
        following = [file for file in some if set_by_import.get(file.publication.pk, bool(file.related))]
        current = _current_links([file.publication.pk for file in following])
        publications = _by_uid({uid for file in following for uid in _uids(file.related)})
        for file in following:
            targets = _targets(file, publications)
            report.related_links += bool(targets)
            if [target.pk for target in targets] != current.get(file.publication.pk, []):
                actions.set_related_links(file.publication, targets, by=by, imported=True)


def _last_set_by_import(keys: Iterable[int]) -> dict[int, bool]:
    """Of publications whose links were ever set, by primary key: whether an import did it last."""
    lines = AuditEntry.objects.filter(action=ActionType.RELATE, publication__in=keys).order_by("pk")
    return {pk: bool(detail.get("imported")) for pk, detail in lines.values_list("publication_id", "detail")}


def _current_links(keys: Iterable[int]) -> dict[int, list[int]]:
    links: dict[int, list[int]] = {}
    rows = RelatedLink.objects.filter(source__in=keys).order_by("source", "position", "pk")
    for source, target in rows.values_list("source_id", "target_id"):
        links.setdefault(source, []).append(target)
    return links


def _targets(file: FileReport, publications: dict[str, Publication]) -> list[Publication]:
    """The publications that a file names and that exist, each once; the others are reported."""
    for name in file.related:
        if not any(uid in publications for uid in _uids([name])):
            file.add_note(NoteKind.DROPPED, "related", _("A related piece is not here: %s") % name)
    named = [publications[uid] for uid in _uids(file.related) if uid in publications]
    targets = [publication for publication in named if publication.pk != file.publication.pk]
    if len(targets) > MAX_RELATED:
        message = _("Related pieces beyond the first %d were left out.") % MAX_RELATED
        file.add_note(NoteKind.DROPPED, "related", message)
    return targets[:MAX_RELATED]


def _uids(texts: Iterable[str]) -> list[str]:
    """The texts that are uids, in their normal form, each once."""
    uids: dict[str, None] = {}
    for text in texts:
        try:
            uids[str(UUID(text))] = None
        except ValueError:
            continue
    return list(uids)


def _by_uid(uids: set[str]) -> dict[str, Publication]:
    queries = (
        Publication.objects.filter(uid__in=some).only("uid")
        for some in batched(sorted(uids), QUERY_BATCH, strict=False)
    )
    return {str(publication.uid): publication for query in queries for publication in query}


def report_lost_fragments(files: Sequence[FileReport]) -> None:
    """Report each link of a text that leads to an anchor that its page does not have."""
    pages = {file.address: file.imported.anchors for file in files if file.outcome in AS_IN_FILE}
    for file in files:
        for link in file.imported.fragment_links:
            path, _mark, fragment = link.partition("#")
            anchors = pages.get(path or file.address)
            if anchors is not None and not {fragment, unquote(fragment)} & anchors:
                message = _("A link leads to a place that its page does not have: %s") % link
                file.add_note(NoteKind.DROPPED, "fragment", message)
