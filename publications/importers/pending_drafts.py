"""Drafts of manuscripts before they are stored: their fields, authors, tags, images and files.

`prepare_draft` builds one, and creates the images, authors and tags that are new; `store_drafts` writes many.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.contrib.auth.models import User

from publications.draft_content import plain_values, set_values
from publications.manuscript import Manuscript, ManuscriptByline
from publications.models import Author, Byline, Publication, Tag, TaggedPublication
from publications.stored_messages import gettext as _

from .import_cache import ImportCache
from .manuscript_files import ManuscriptFiles, describe_missing_images, replace_attachments, store_images
from .normalize import (
    describe_cut_title,
    describe_invalid_identifiers,
    describe_missing_attachments,
    normalize_manuscript,
    translation_refusal,
)
from .series_numbers import describe_lost_number, keep_series_number


@dataclass
class ImportedDraft:
    """The publication of a manuscript, with messages on guest authors created and on parts left out."""

    publication: Publication
    is_new: bool
    guest_messages: list[str] = field(default_factory=list)
    missing_messages: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        """All messages."""
        return self.guest_messages + self.missing_messages


@dataclass
class PendingDraft:
    """A draft to store, with its authors, tags and files, and the digests of attachments it already has."""

    result: ImportedDraft
    manuscript: Manuscript
    files: ManuscriptFiles
    roles: dict[Author, str]
    tags: dict[int, Tag]
    attached_digests: set[str]

    @property
    def publication(self) -> Publication:
        return self.result.publication

    @property
    def uid(self) -> UUID:
        return UUID(str(self.publication.uid))


def prepare_draft(
    manuscript: Manuscript,
    files: ManuscriptFiles,
    existing: Publication | None,
    import_cache: ImportCache,
    by: User | None,
) -> PendingDraft:
    """Return the draft of a manuscript, ready to store; create its new images, authors and tags."""
    publication = existing or Publication(uid=manuscript.uid or uuid4(), created_by=by)
    publication.deleted_at = publication.deleted_by = None
    result = ImportedDraft(publication, is_new=not existing)
    result.missing_messages += store_images(manuscript, files, import_cache)
    attached_digests = set() if result.is_new else {file.digest for file in publication.attachments.all()}
    normalized = normalize_manuscript(
        manuscript,
        import_cache,
        available_files={*files.contents, *attached_digests},
        publication_pk=publication.pk,
    )
    if existing and normalized.translation_of:
        import_cache.originals.clear()  # cached originals may have changed
    _set_fields(publication, normalized, import_cache)
    keep_series_number(publication, manuscript, import_cache)
    result.missing_messages += _describe_differences(manuscript, normalized, publication, import_cache)
    roles = _find_authors(normalized, files, import_cache, result)
    tags = {tag.pk: tag for tag in map(import_cache.get_or_create_tag, normalized.tags)}
    return PendingDraft(result, normalized, files, roles, tags, attached_digests)


def describe_missing(
    manuscript: Manuscript, files: ManuscriptFiles, publication: Publication, import_cache: ImportCache
) -> list[str]:
    """Return messages on what a publication lacks of the manuscript that it was imported from, as its import did."""
    attached = {file.digest for file in publication.attachments.all()} if manuscript.attachments else ()
    normalized = normalize_manuscript(
        manuscript,
        import_cache,
        available_files={*files.contents, *attached},
        publication_pk=publication.pk,
    )
    return [
        *describe_missing_images(manuscript, import_cache),
        *_describe_differences(manuscript, normalized, publication, import_cache),
    ]


def _describe_differences(
    manuscript: Manuscript, normalized: Manuscript, publication: Publication, import_cache: ImportCache
) -> list[str]:
    """Return messages on what of a manuscript its draft does not take, other than images."""
    return [
        *describe_missing_attachments(manuscript, normalized),
        *describe_invalid_identifiers(manuscript),
        *describe_cut_title(manuscript),
        *describe_lost_number(publication, manuscript),
        *_describe_missing_original(manuscript, normalized, publication, import_cache),
    ]


def _describe_missing_original(
    manuscript: Manuscript, normalized: Manuscript, publication: Publication, import_cache: ImportCache
) -> list[str]:
    if not manuscript.translation_of or normalized.translation_of:
        return []
    if UUID(manuscript.translation_of) == UUID(str(publication.uid)):
        return [translation_refusal(publication.pk, publication.pk)]
    original = import_cache.find_original(manuscript.translation_of)
    return [translation_refusal(original, publication.pk)] if original else []


def store_drafts(pending: Sequence[PendingDraft]) -> None:
    """Write drafts with their bylines, tags and attachments, without revisions."""
    new = [draft.publication for draft in pending if draft.result.is_new]
    _release_uids(new)
    Publication.objects.bulk_create(new)
    for draft in pending:
        if not draft.result.is_new:
            draft.publication.save()
    tags = [row for draft in pending for row in _new_tag_rows(draft)]
    Byline.objects.bulk_create(byline for draft in pending for byline in _new_bylines(draft))
    TaggedPublication.objects.bulk_create(tags)
    for draft in pending:
        if draft.attached_digests or draft.manuscript.attachments:
            replace_attachments(draft.publication, draft.manuscript.attachments, draft.files)


def _release_uids(new: Sequence[Publication]) -> None:
    """Give deleted drafts another uid where an imported one has theirs."""
    for draft in Publication.with_deleted.deleted().filter(uid__in=[publication.uid for publication in new]):
        draft.uid = uuid4()
        draft.save(update_fields=["uid"])


def _set_fields(publication: Publication, manuscript: Manuscript, import_cache: ImportCache) -> None:
    """Set the fields of the publication; an internal note stays if the manuscript has none."""
    references = {
        "kind": import_cache.kinds[manuscript.kind],
        "cover": import_cache.images.get(manuscript.cover),
        "translation_of_id": int(manuscript.translation_of) if manuscript.translation_of else None,
    }
    set_values(
        publication,
        {
            **plain_values(manuscript),
            **references,
            "internal_note": manuscript.note or publication.internal_note,
        },
    )


def _find_authors(
    manuscript: Manuscript, files: ManuscriptFiles, import_cache: ImportCache, result: ImportedDraft
) -> dict[Author, str]:
    """Return the authors with their roles in order; unknown ones are created."""
    roles: dict[Author, str] = {}
    for byline in manuscript.bylines:
        author = import_cache.find_author(byline.author, byline.name) or _new_author(
            byline, files, import_cache, result
        )
        roles.setdefault(author, byline.role)
    return roles


def _new_author(
    byline: ManuscriptByline, files: ManuscriptFiles, import_cache: ImportCache, result: ImportedDraft
) -> Author:
    """Create an author. One who is not in the author list of the import becomes a guest, which is reported."""
    is_listed = byline.author in files.non_guest_authors
    author = import_cache.create_author(byline.author, byline.name, is_guest=not is_listed)
    if not is_listed:
        result.guest_messages.append(
            _("Author not known, made a guest author: %(name)s.") % {"name": author.name}
        )
    return author


def _new_bylines(draft: PendingDraft) -> list[Byline]:
    """Return the bylines to add; those of an existing publication are deleted if the manuscript has any."""
    if draft.roles and not draft.result.is_new:
        draft.publication.bylines.all().delete()
    return [
        Byline(publication=draft.publication, author=author, role=role, position=position)
        for position, (author, role) in enumerate(draft.roles.items())
    ]


def _new_tag_rows(draft: PendingDraft) -> list[TaggedPublication]:
    """Return the tags to add; tags that the manuscript does not have are removed."""
    publication = draft.publication
    current = set() if draft.result.is_new else set(publication.tagged.values_list("tag_id", flat=True))
    if removed := current - draft.tags.keys():
        publication.tagged.filter(tag__in=removed).delete()
    added = sorted(draft.tags.keys() - current)
    return [TaggedPublication(content_object=publication, tag_id=pk) for pk in added]
