"""The texts of an import as they are now, and those of which its report no longer says what is left of them."""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from publications import actions
from publications.models import ArchiveImport, Byline, Publication, Revision, RevisionReason, with_status

from .file_outcome import FileOutcome
from .normalize import is_uid


@dataclass(frozen=True)
class LeftTexts:
    """The texts of the archive of an import that are here.

    Attributes:
        by_uid: all of them.
        listed: those that the import lists with what they lack.
        uids: the uid of each text in the report, by its place in the source.
        outdated_sources: the places of texts on which the notes of the report hold no longer.
    """

    by_uid: Mapping[str, Publication]
    listed: Collection[Publication]
    uids: Mapping[str, str]
    outdated_sources: Container[str]

    def find(self, source: str) -> Publication | None:
        """Return the text of a place in the source, or None."""
        return self.by_uid.get(self.uids.get(source, ""))


def load_texts(job: ArchiveImport) -> LeftTexts:
    """Return the texts of an import: what it has created or published, then others of its archive, each by title.

    They come without their bodies (`text_bodies`).
    """
    uids = {file["source"]: file.get("uid", "") for file in job.import_report.get("files", ())}
    own = _load_rows(job.imported_publications)
    texts = own | load_others(uids.values(), own)
    listed = [text for uid, text in texts.items() if uid in own or (job.has_imported and not is_ended(text))]
    pks = {source: texts[uid].pk for source, uid in uids.items() if uid in texts}
    outdated = _find_undone(job, pks.values()) | _find_updated_by_others(job, pks.values())
    sources = {source for source, pk in pks.items() if pk in outdated}
    return LeftTexts(texts, listed, uids, sources | _list_deleted(job, texts))


def load_others(uids: Iterable[str], publications: Container[str] = ()) -> dict[str, Publication]:
    """Return the texts with these uids that are not among the publications, by uid."""
    others = {uid for uid in uids if is_uid(uid)}
    return _load_rows(Publication.objects.filter(uid__in=[uid for uid in others if uid not in publications]))


def is_ended(publication: Publication) -> bool:
    """Whether a text was public and is not, by its status."""
    return bool(publication.ended_at) and not publication.live_from


def _load_rows(publications: QuerySet) -> dict[str, Publication]:
    bylines = Byline.objects.filter(publication=OuterRef("pk"))
    rows = with_status(publications).annotate(has_bylines=Exists(bylines))
    return {str(row.uid): row for row in rows.select_related("cover").defer("body").order_by("title", "pk")}


def _list_deleted(job: ArchiveImport, texts: Container[str]) -> set[str]:
    """Return the places of texts that the import has stored and that were deleted since, whose notes are about nothing.

    Args:
        texts: the uids of those that are there.
    """
    files = () if job.is_dry_run else job.import_report.get("files", ())
    stored = (file for file in files if file["outcome"] != FileOutcome.REFUSED.value)
    return {file["source"] for file in stored if is_uid(file.get("uid", "")) and file["uid"] not in texts}


def _find_undone(job: ArchiveImport, pks: Iterable[int]) -> set[int]:
    """Return the texts that an undo, which may have been stopped, has taken back, by primary key."""
    return set(actions.find_undone_imports(pks)) if job.is_undo else set()


def _find_updated_by_others(job: ArchiveImport, pks: Iterable[int]) -> set[int]:
    """Return the texts whose last import was another one, by primary key: its report says what is left of them.

    Imports may run in any order, so that the revisions tell which was the last. One that is undone was none.
    """
    others = ArchiveImport.objects.exclude(pk=job.pk)
    updated = dict(others.values_list("updated_revisions", "updated_revisions__publication"))
    reasons = (RevisionReason.IMPORTED, RevisionReason.UNDONE)
    revisions = Revision.objects.filter(publication__in={*updated.values()} & {*pks}, reason__in=reasons)
    last = dict(revisions.order_by("number").values_list("publication", "pk"))
    return {publication for publication, revision in last.items() if revision in updated}
