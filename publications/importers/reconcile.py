"""Determine what editors changed since the last import of a file, and what an import may change and publish.

A file is compared with the revision of its last import. If the file has not changed since,
nothing is done, even if editors changed the draft. If it has and nobody has edited the draft, the draft is updated.
Otherwise the draft stays, which is reported.

Whether an import publishes depends on the stage of the publication after its file is stored, and on the dates and the
draft flag of the file. An import never publishes unpublished changes of editors, and it respects their decisions: an
edition that is scheduled, has an end or is withdrawn stays so. What the undo of an import has withdrawn is no such
decision: it is published as if it had never been public.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from publications import actions
from publications.manuscript import Manuscript
from publications.manuscript import loads as load_manuscript
from publications.models import (
    Edition,
    Publication,
    Revision,
    RevisionReason,
    manuscript_of,
    scheduled_end,
    with_status,
)
from publications.stored_messages import gettext_lazy as _

from .import_cache import ImportCache
from .import_histories import is_edited, load_histories
from .imported_file import ImportedFile
from .manuscript_files import has_valid_key
from .normalize import normalize_manuscript
from .series_numbers import has_new_number

MIN_SHARED_WORDS = 0.2
"""The share of the words of the shorter of two versions that both have."""
PATH_UID_VERSION = 5
"""RFC 9562: uids made from names; those of texts written at the desk are random."""
WORD = re.compile(r"\w{4,}")


@dataclass
class ImportState:
    """A publication, its manuscript as last imported or None, and whether editors have changed it since.

    `text` is the manuscript of its last revision, as that stores it.
    """

    publication: Publication
    last_import: Manuscript | None
    is_edited: bool
    text: str = ""

    @property
    def is_imported(self) -> bool:
        """Whether an import created the publication; others are never changed by an import."""
        return self.last_import is not None

    @property
    def is_deleted(self) -> bool:
        """Whether it is a deleted draft, which can be restored."""
        return bool(self.publication.deleted_at)

    def is_other_text(self, manuscript: Manuscript, *, is_path_other: bool = False) -> bool:
        """Whether a file whose uid is made from its path is another text than the one imported from that path before.

        A text keeps some of its words or its title from version to version; `comment.md` of another folder does not.

        Args:
            is_path_other: whether only the end of its path is the same: `2024/report.md` has the title of
                `2023/report.md`, and none of its words.
        """
        previous = self.last_import
        if not previous or UUID(manuscript.uid).version != PATH_UID_VERSION:
            return False
        words, earlier_words = (set(WORD.findall(text.body.casefold())) for text in (manuscript, previous))
        shared = len(words & earlier_words)
        is_rewritten = shared < MIN_SHARED_WORDS * min(len(words), len(earlier_words))
        has_other_title = manuscript.title.casefold() != previous.title.casefold()
        return is_rewritten and (has_other_title or is_path_other)

    def has_changes(
        self, manuscript: Manuscript, import_cache: ImportCache, files: Mapping[str, Path | bytes]
    ) -> bool:
        """Whether a manuscript with its files differs from the one imported last.

        A publication that was not imported is compared as it is. A slug changed at the desk does not count as a
        difference, nor does a file without authors, since the publication keeps its own.
        """
        previous = self.last_import or manuscript_of(self.publication)
        if self.is_imported and _has_new_images(manuscript, import_cache, files):
            return True
        if self.is_imported and has_new_number(self.publication, manuscript):
            return True
        if manuscript.slug == self.publication.slug:
            manuscript = replace(manuscript, slug=previous.slug)
        if not manuscript.bylines:
            manuscript = replace(manuscript, bylines=previous.bylines)
        available_files = {*files, *(attachment.digest for attachment in previous.attachments)}
        pk = self.publication.pk
        current, earlier = (
            _normalize_for_comparison(version, import_cache, available_files, pk)
            for version in (manuscript, previous)
        )
        return current != earlier


def load_import_states(uids: Iterable[str]) -> dict[str, ImportState]:
    """Return the states of the publications with these uids, by uid, in two queries.

    A deleted draft that nobody has edited is one of them: its file makes it a draft again.
    """
    rows = Publication.with_deleted.filter(uid__in=list(uids)).select_related("kind", "series_number")
    publications = {publication.pk: publication for publication in rows}
    histories = load_histories(Revision.objects.filter(publication__in=list(publications)))
    states = [_import_state(publication, histories[pk]) for pk, publication in publications.items()]
    return {
        str(state.publication.uid): state for state in states if not (state.is_deleted and state.is_edited)
    }


def _import_state(publication: Publication, parts: Sequence[list[Revision]]) -> ImportState:
    is_imported = bool(parts) and parts[-1][0].reason == RevisionReason.IMPORTED
    last_import = load_manuscript(parts[-1][0].manuscript) if is_imported else None
    text = parts[-1][-1].manuscript if parts else ""
    return ImportState(publication, last_import, is_edited=is_edited(parts), text=text)


def _has_new_images(
    manuscript: Manuscript, import_cache: ImportCache, files: Mapping[str, Path | bytes]
) -> bool:
    new = [image for image in manuscript.images if image.key not in import_cache.images]
    return any(image.file in files and has_valid_key(image) for image in new)


def _normalize_for_comparison(
    manuscript: Manuscript, import_cache: ImportCache, available_files: set[str], pk: int
) -> Manuscript:
    """Return the manuscript reduced to what a draft takes from it, for comparison."""
    manuscript = normalize_manuscript(
        manuscript, import_cache, available_files=available_files, publication_pk=pk
    )
    return replace(
        manuscript,
        bylines=tuple(replace(byline, name="") for byline in manuscript.bylines),
        tags=tuple(sorted(name.casefold() for name in manuscript.tags)),
        attachments=tuple(replace(attachment, file="") for attachment in manuscript.attachments),
        images=(),
        related=(),
        number="",
        note="",
        uid="",
        extra_fields={},
    )


class PublicationStage(Enum):
    """The stage of a publication for an import."""

    DRAFT = auto()  # never public, text as in the file
    EDITED = auto()  # with unpublished changes of editors
    OUTDATED = auto()  # live, with a draft from a later file
    CURRENT = auto()  # live, without changes in the draft
    SCHEDULED = auto()
    ENDED = auto()  # withdrawn or expired


class FileIntent(Enum):
    """What a file says about publishing, by its dates and draft flag."""

    PUBLIC = auto()
    DRAFT = auto()
    UNDATED = auto()
    FUTURE = auto()
    EXPIRED = auto()


STAGE_REFUSALS = {
    PublicationStage.EDITED: _(
        "Not published: the desk has changes of its own that are not public. Publish them there."
    ),
    PublicationStage.SCHEDULED: _("Not published: it waits for its moment at the desk."),
    PublicationStage.ENDED: _("Not published: it was taken back at the desk, or has expired."),
}
INTENT_REFUSALS = {
    FileIntent.DRAFT: _("Not published: the file says that it is a draft."),
    FileIntent.UNDATED: _("Not published: it has no date."),
    FileIntent.FUTURE: _("Not published: its date lies ahead."),
    FileIntent.EXPIRED: _("Not published: the end that its file names has passed."),
}


@dataclass(frozen=True)
class PublicationState:
    """The stage of a publication, whether it is live or was, and the end and digest of its live edition."""

    stage: PublicationStage
    is_live: bool = False
    was_withdrawn: bool = False
    visible_until: datetime | None = None
    live_digest: str = ""


def may_publish(stage: PublicationStage, intent: FileIntent, *, is_publishing: bool) -> tuple[bool, str]:
    """Return whether the draft may be published, and the reason to report if it may not.

    Args:
        stage: of the publication, after its file is stored.
        intent: of the file.
        is_publishing: whether the import publishes at all.
    """
    if not is_publishing or stage is PublicationStage.CURRENT:
        return False, ""
    reason = str(STAGE_REFUSALS.get(stage) or INTENT_REFUSALS.get(intent) or "")
    return not reason, reason


def determine_intent(imported: ImportedFile) -> FileIntent:
    """Return the intent of a file from its draft flag and its dates."""
    if imported.is_draft:
        return FileIntent.DRAFT
    published_at = imported.manuscript.published_at if imported.manuscript else None
    if published_at is None:
        return FileIntent.UNDATED
    if imported.expires_at and imported.expires_at <= timezone.now():
        return FileIntent.EXPIRED
    return FileIntent.FUTURE if published_at > timezone.now() else FileIntent.PUBLIC


def load_publication_states(edited: Mapping[int, bool]) -> dict[int, PublicationState]:
    """Return the states of publications by primary key, in two queries.

    Args:
        edited: by primary key, whether editors changed the publication since its import.
    """
    publications = with_status(Publication.objects.filter(pk__in=list(edited)).only("digest"))
    rows = publications.annotate(has_editions=Exists(Edition.objects.filter(publication=OuterRef("pk"))))
    undone = actions.find_undone_imports(edited.keys())
    return {
        row.pk: PublicationState(
            _stage(row, is_edited=edited[row.pk], is_undone=row.pk in undone),
            is_live=bool(row.live_from),
            was_withdrawn=row.has_editions and not row.live_from,
            visible_until=scheduled_end(row),
            live_digest=row.live_digest or "",
        )
        for row in rows
    }


def _stage(row: Publication, *, is_edited: bool, is_undone: bool) -> PublicationStage:
    if row.scheduled_from:
        return PublicationStage.SCHEDULED
    if row.has_editions and not row.live_from and not is_undone:
        return PublicationStage.ENDED
    if row.live_digest == row.digest:
        return PublicationStage.CURRENT
    if is_edited:
        return PublicationStage.EDITED
    return PublicationStage.OUTDATED if row.live_from else PublicationStage.DRAFT
