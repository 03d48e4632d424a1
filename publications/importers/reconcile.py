"""What editors did with publications since their files were last imported, and what an import may do with them now.

A file is compared with the revision that its last import kept. Where they are equal, nothing is done, whatever editors
made of the publication. Where they differ and the draft is as the import left it, the draft follows the file. Else the
draft stays, and the import reports that.

Publishing asks how the publication stands once its file is stored, and what the file says of it. Words that somebody
typed at the desk and has not published are never published by an import, and what editors decided (that an edition is
scheduled, ends or is withdrawn) stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications import manuscript
from publications.manuscript import Manuscript
from publications.models import (
    Edition,
    Publication,
    Revision,
    RevisionReason,
    manuscript_of,
    scheduled_end,
    with_status,
)

from .intake import is_referable
from .normalize import normalize_manuscript
from .report import ImportedFile
from .site_names import SiteNames


@dataclass
class ImportState:
    """A publication with its text as last imported, and whether editors have changed it since."""

    publication: Publication
    imported: Manuscript | None
    is_edited: bool

    @property
    def is_imported(self) -> bool:
        """Whether an import made the publication. No import changes one that was made otherwise."""
        return self.imported is not None

    def has_changes(self, text: Manuscript, site_names: SiteNames, files: Mapping[str, Path | bytes]) -> bool:
        """Whether a manuscript with its files differs from the one that was imported last.

        A publication that no import made is compared as it is. A slug that the desk has changed since is no change, nor
        is a file without authors: those that the publication has stay.
        """
        before = self.imported or manuscript_of(self.publication)
        if self.is_imported and _has_new_images(text, site_names, files):
            return True
        if text.slug == self.publication.slug:
            text = replace(text, slug=before.slug)
        if not text.bylines:
            text = replace(text, bylines=before.bylines)
        present = {*files, *(attachment.digest for attachment in before.attachments)}
        own = self.publication.pk
        return _comparable(text, site_names, present, own) != _comparable(before, site_names, present, own)


def load_import_states(uids: Iterable[str]) -> dict[str, ImportState]:
    """The states of the publications of these uids, in two queries."""
    rows = Publication.objects.filter(uid__in=list(uids)).select_related("kind")
    publications = {publication.pk: publication for publication in rows}
    histories: dict[int, list[Revision]] = {pk: [] for pk in publications}
    for revision in Revision.objects.filter(publication__in=list(publications)).order_by("number").iterator():
        history = histories[revision.publication_id]
        if revision.reason == RevisionReason.IMPORTED:
            history.clear()
        history.append(revision)
    return {
        str(publication.uid): _import_state(publication, histories[pk])
        for pk, publication in publications.items()
    }


def _import_state(publication: Publication, history: list[Revision]) -> ImportState:
    if not history or history[0].reason != RevisionReason.IMPORTED:
        return ImportState(publication, None, is_edited=True)
    imported = manuscript.loads(history[0].manuscript)
    return ImportState(publication, imported, is_edited=_is_edited(history[0].digest, history[1:]))


def _is_edited(imported: str, later: Iterable[Revision]) -> bool:
    """Whether the draft differs from what the import left.

    Publishing sets a number and a date and keeps a revision, which is no edit. A redaction is one for good: what it
    took out must not come back with a file.
    """
    own, is_edited = {imported}, False
    for revision in later:
        if revision.reason == RevisionReason.REDACTED:
            own.clear()
        elif revision.reason == RevisionReason.PUBLISHED and not is_edited:
            own.add(revision.digest)
        is_edited = revision.digest not in own
    return is_edited


def _has_new_images(text: Manuscript, site_names: SiteNames, files: Mapping[str, Path | bytes]) -> bool:
    new = [image for image in text.images if image.key not in site_names.images]
    return any(image.file in files and is_referable(image) for image in new)


def _comparable(text: Manuscript, site_names: SiteNames, present: set[str], own: int) -> Manuscript:
    """What two files are compared by: all that a draft takes from them."""
    text = normalize_manuscript(text, site_names, present=present, own=own)
    return replace(
        text,
        bylines=tuple(replace(byline, name="") for byline in text.bylines),
        tags=tuple(sorted(name.casefold() for name in text.tags)),
        attachments=tuple(replace(attachment, file="") for attachment in text.attachments),
        images=(),
        related=(),
        number="",
        note="",
        uid="",
        more={},
    )


class PublicationStage(Enum):
    """How far a publication has come, and with whose words."""

    DRAFT = auto()  # never public, and as its file has it
    EDITED = auto()  # with words of editors that are not public
    OUTDATED = auto()  # live, while the draft is as a later file has it
    CURRENT = auto()  # live, and the draft has no changes
    SCHEDULED = auto()
    ENDED = auto()  # withdrawn or expired


class FileIntent(Enum):
    """What a file says of its publication."""

    PUBLIC = auto()
    DRAFT = auto()
    UNDATED = auto()
    FUTURE = auto()
    EXPIRED = auto()


HELD_BY_DESK = {
    PublicationStage.EDITED: _(
        "Not published: the desk has changes of its own that are not public. Publish them there."
    ),
    PublicationStage.SCHEDULED: _("Not published: it waits for its moment at the desk."),
    PublicationStage.ENDED: _("Not published: it was taken back at the desk, or has expired."),
}
HELD_BY_FILE = {
    FileIntent.DRAFT: _("Not published: the file says that it is a draft."),
    FileIntent.UNDATED: _("Not published: it has no date."),
    FileIntent.FUTURE: _("Not published: its date lies ahead."),
    FileIntent.EXPIRED: _("Not published: the end that its file names has passed."),
}


@dataclass(frozen=True)
class PublicationState:
    """The stage of a publication, whether it is live, and the end that its live edition was given."""

    stage: PublicationStage
    is_live: bool = False
    visible_until: datetime | None = None


def may_publish(stage: PublicationStage, intent: FileIntent, *, asked: bool) -> tuple[bool, str]:
    """Whether the draft may be published, and where that is to be reported a sentence that says why not."""
    if not asked or stage is PublicationStage.CURRENT:
        return False, ""
    reason = str(HELD_BY_DESK.get(stage) or HELD_BY_FILE.get(intent) or "")
    return not reason, reason


def file_intent(imported: ImportedFile) -> FileIntent:
    """What a file says: that its publication is a draft, or by its dates that it is not public now."""
    if imported.is_draft:
        return FileIntent.DRAFT
    published_at = imported.manuscript.published_at if imported.manuscript else None
    if published_at is None:
        return FileIntent.UNDATED
    if imported.expires_at and imported.expires_at <= timezone.now():
        return FileIntent.EXPIRED
    return FileIntent.FUTURE if published_at > timezone.now() else FileIntent.PUBLIC


def load_publication_states(edited: Mapping[int, bool]) -> dict[int, PublicationState]:
    """The states of publications by primary key, in one query.

    Args:
        edited: by primary key, whether editors changed the publication since it was imported.
    """
    publications = with_status(Publication.objects.filter(pk__in=list(edited)).only("digest"))
    rows = publications.annotate(has_editions=Exists(Edition.objects.filter(publication=OuterRef("pk"))))
    return {
        row.pk: PublicationState(
            _stage(row, is_edited=edited[row.pk]),
            is_live=bool(row.live_from),
            visible_until=scheduled_end(row),
        )
        for row in rows
    }


def _stage(row: Publication, *, is_edited: bool) -> PublicationStage:
    if row.scheduled_from:
        return PublicationStage.SCHEDULED
    if row.has_editions and not row.live_from:
        return PublicationStage.ENDED
    if row.live_digest == row.digest:
        return PublicationStage.CURRENT
    if is_edited:
        return PublicationStage.EDITED
    return PublicationStage.OUTDATED if row.live_from else PublicationStage.DRAFT
