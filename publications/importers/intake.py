"""Create a draft from a manuscript with its files, or update one. Nothing public changes here.

Authors, tags, images and files are looked up or created; what is created or left out is reported. The stored content is
the manuscript as normalized by `normalize`; `SiteNames` caches rows over many manuscripts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from publications import images, manuscript, renditions
from publications.draft_content import plain_values, set_values
from publications.locales import LANGUAGE_NAMES
from publications.manuscript import Manuscript, ManuscriptFile, ManuscriptImage
from publications.markup import images_in
from publications.models import (
    Author,
    Byline,
    Image,
    Publication,
    Revision,
    RevisionReason,
    Tag,
    TaggedPublication,
    store_original,
)

from .normalize import (
    describe_cut_title,
    describe_invalid_identifiers,
    is_uid,
    normalize_manuscript,
    translation_refusal,
)
from .site_names import SiteNames

Files = Mapping[str, bytes]
MAX_FILE_NAME_CHARACTERS = 200
MAX_EXTENSION_CHARACTERS = 10


@dataclass(frozen=True)
class IncomingFiles:
    """The files of a manuscript by name, the facts of the images among them, and the slugs of staff authors.

    A dry run stores no files. Without `renditions_at_once`, image sizes are rendered when a page first requests them.
    """

    contents: Files = field(default_factory=dict)
    facts: Mapping[str, images.ImageProperties] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    renditions_at_once: bool = True
    is_dry_run: bool = False


@dataclass
class IntakeResult:
    """The publication of a manuscript, with messages on guest authors created and on parts left out."""

    publication: Publication
    is_new: bool
    guests: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        """All messages."""
        return self.guests + self.missing


class IntakeRefused(ValueError):
    """A manuscript that cannot be stored; the message gives the reason."""


@transaction.atomic
def import_manuscript(
    text: Manuscript,
    files: Files | IncomingFiles | None = None,
    *,
    by: User | None,
    why: RevisionReason = RevisionReason.IMPORTED,
    site_names: SiteNames | None = None,
) -> IntakeResult:
    """Create the draft of a manuscript, or update the publication with its uid, and store a revision.

    Args:
        files: contents of the files that the manuscript names.
        by: the user in the revision; None for the system.
        why: the reason in the revision.
        site_names: cached rows, for several manuscripts.

    Returns:
        The publication with messages on what was created or left out.

    Raises:
        IntakeRefused: the kind or language is unknown, or a uid is invalid.
    """
    incoming = files if isinstance(files, IncomingFiles) else IncomingFiles(files or {})
    existing = Publication.objects.filter(uid=text.uid).first() if is_uid(text.uid) else None
    site_names = site_names or SiteNames()
    _validate(text, site_names)
    pending = _prepare_draft(text, incoming, existing, site_names, by)
    _store_drafts([pending])
    Revision.objects.create_from(pending.publication, by=by, reason=why)
    return pending.result


@transaction.atomic
def import_manuscripts(
    items: Sequence[tuple[Manuscript, IncomingFiles, Publication | None]],
    *,
    by: User | None,
    site_names: SiteNames,
    why: RevisionReason = RevisionReason.IMPORTED,
) -> list[IntakeResult | IntakeRefused]:
    """Create or update many drafts in one transaction.

    Args:
        items: each a manuscript, its files, and the publication to update or None.
        by: the user in the revisions; None for the system.
        site_names: cached rows.
        why: the reason in the revisions.

    Returns:
        The result of each manuscript, or the refusal, which does not affect the others.

    Raises:
        DatabaseError: nothing is stored.
    """
    results: list[IntakeResult | IntakeRefused] = []
    pending: list[PendingDraft] = []
    stored = 0
    for text, incoming, existing in items:
        try:
            _validate(text, site_names)
        except IntakeRefused as error:
            results.append(error)
            continue
        if _is_translation_of_pending(pending[stored:], text, existing):
            _store_drafts(pending[stored:])  # so that its original or its translations can be found
            stored = len(pending)
        pending.append(_prepare_draft(text, incoming, existing, site_names, by))
        results.append(pending[-1].result)
    _store_drafts(pending[stored:])
    Revision.objects.create_many_from([draft.publication for draft in pending], by=by, reason=why)
    return results


def _is_translation_of_pending(
    pending: Sequence["PendingDraft"], text: Manuscript, existing: Publication | None
) -> bool:
    """Whether the original of a translation, or a translation of it, is among the drafts not stored yet."""
    if not text.translation_of:
        return False
    original = UUID(text.translation_of)
    pk = existing.pk if existing else None
    return any(
        draft.uid == original or (pk and draft.publication.translation_of_id == pk) for draft in pending
    )


@dataclass
class PendingDraft:
    """A draft to store, with its authors, tags and files, and the digests of attachments it already has."""

    result: IntakeResult
    text: Manuscript
    files: IncomingFiles
    roles: dict[Author, str]
    tags: dict[int, Tag]
    kept_digests: set[str]

    @property
    def publication(self) -> Publication:
        return self.result.publication

    @property
    def uid(self) -> UUID:
        return UUID(str(self.publication.uid))


def _prepare_draft(
    text: Manuscript,
    files: IncomingFiles,
    existing: Publication | None,
    site_names: SiteNames,
    by: User | None,
) -> PendingDraft:
    """Return the draft of a manuscript, ready to store; create its new images, authors and tags."""
    publication = existing or Publication(uid=text.uid or uuid4(), created_by=by)
    result = IntakeResult(publication, is_new=not existing)
    result.missing += store_images(text, files, site_names)
    kept_digests = set() if result.is_new else {file.digest for file in publication.attachments.all()}
    normalized = normalize_manuscript(
        text, site_names, present={*files.contents, *kept_digests}, publication_pk=publication.pk
    )
    result.missing += [
        *_describe_missing_attachments(text, normalized),
        *describe_invalid_identifiers(text),
        *describe_cut_title(text),
    ]
    result.missing += _describe_missing_original(text, normalized, publication, site_names)
    if existing and normalized.translation_of:
        site_names.originals.clear()  # cached originals may have changed
    _set_fields(publication, normalized, site_names)
    roles = _find_authors(normalized, files, site_names, result)
    tags = {tag.pk: tag for tag in map(site_names.tag, normalized.tags)}
    return PendingDraft(result, normalized, files, roles, tags, kept_digests)


def _describe_missing_original(
    text: Manuscript, normalized: Manuscript, publication: Publication, site_names: SiteNames
) -> list[str]:
    if not text.translation_of or normalized.translation_of:
        return []
    if UUID(text.translation_of) == UUID(str(publication.uid)):
        return [translation_refusal(publication.pk, publication.pk)]
    original = site_names.original(text.translation_of)
    return [translation_refusal(original, publication.pk)] if original else []


def _store_drafts(pending: Sequence[PendingDraft]) -> None:
    """Write drafts with their bylines, tags and attachments, without revisions."""
    Publication.objects.bulk_create(draft.publication for draft in pending if draft.result.is_new)
    for draft in pending:
        if not draft.result.is_new:
            draft.publication.save()
    tags = [row for draft in pending for row in _new_tag_rows(draft)]
    Byline.objects.bulk_create(byline for draft in pending for byline in _new_bylines(draft))
    TaggedPublication.objects.bulk_create(tags)
    for draft in pending:
        if draft.kept_digests or draft.text.attachments:
            replace_attachments(draft.publication, draft.text.attachments, draft.files)


def _validate(text: Manuscript, site_names: SiteNames) -> None:
    """Raise IntakeRefused if the kind or language is unknown, or a uid is invalid."""
    if text.kind not in site_names.kinds:
        values = {"kind": text.kind, "known": ", ".join(site_names.kinds)}
        raise IntakeRefused(_("There is no kind “%(kind)s”. There are: %(known)s.") % values)
    if text.language not in LANGUAGE_NAMES:
        raise IntakeRefused(_("The language “%(language)s” is not known.") % {"language": text.language})
    for uid in (text.uid, text.translation_of):
        if uid and not is_uid(uid):
            raise IntakeRefused(_("“%(uid)s” is not a uid.") % {"uid": uid})


def _set_fields(publication: Publication, text: Manuscript, site_names: SiteNames) -> None:
    """Set the fields of the publication; an internal note stays if the manuscript has none."""
    references = {
        "kind": site_names.kinds[text.kind],
        "cover": site_names.images.get(text.cover),
        "translation_of_id": int(text.translation_of) if text.translation_of else None,
    }
    set_values(
        publication,
        {**plain_values(text), **references, "internal_note": text.note or publication.internal_note},
    )


def _find_authors(
    text: Manuscript, files: IncomingFiles, site_names: SiteNames, result: IntakeResult
) -> dict[Author, str]:
    """Return the authors with their roles in order; unknown ones are created."""
    roles: dict[Author, str] = {}
    for byline in text.bylines:
        author = site_names.author(byline.author, byline.name) or _new_author(
            byline, files, site_names, result
        )
        roles.setdefault(author, byline.role)
    return roles


def _new_author(
    byline: manuscript.ManuscriptByline, files: IncomingFiles, site_names: SiteNames, result: IntakeResult
) -> Author:
    """Create an author: staff if in the author list of the import, otherwise a guest, which is reported."""
    is_staff = byline.author in files.staff
    author = site_names.make_author(byline.author, byline.name, guest=not is_staff)
    if not is_staff:
        result.guests.append(_("Author not known, made a guest author: %(name)s.") % {"name": author.name})
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


def _describe_missing_attachments(text: Manuscript, normalized: Manuscript) -> list[str]:
    present = {attachment.file for attachment in normalized.attachments}
    missing = [attachment.file for attachment in text.attachments if attachment.file not in present]
    return [_("Attachment missing: %(file)s.") % {"file": file} for file in missing]


def store_images(text: Manuscript, files: IncomingFiles, site_names: SiteNames) -> list[str]:
    """Add new images of a manuscript to the library; return a message for each that cannot be added."""
    new = [image for image in text.images if image.key not in site_names.images]
    return [message for image in new if (message := _store_image(image, files, site_names))]


def _store_image(image: ManuscriptImage, files: IncomingFiles, site_names: SiteNames) -> str:
    content = files.contents.get(image.file)
    if content is None or not has_valid_key(image):
        return _("Picture missing: %(file)s.") % {"file": image.file or image.key}
    row = _unsaved_image(image)
    try:
        row.store_upload(
            content,
            PurePath(image.file).name,
            facts=files.facts.get(image.file),
            write=not files.is_dry_run,
        )
    except images.UnsuitableImage as error:
        return f"{image.file}: {error}"
    row.save()
    site_names.images[row.key] = row
    if files.renditions_at_once and not files.is_dry_run:
        renditions.make_image_files(row)
    return ""


def has_valid_key(image: ManuscriptImage) -> bool:
    """Whether the key of an image is valid, so that texts can refer to it."""
    return images_in(f"image:{image.key}") == (image.key,)


def _unsaved_image(image: ManuscriptImage) -> Image:
    return Image(
        key=image.key,
        alt_en=image.alt.get("en", "")[:300],
        alt_sv=image.alt.get("sv", "")[:300],
        is_decorative=image.decorative,
        credit=image.credit[:200],
        licence=image.licence[:200],
        focus_x=image.focus[0],
        focus_y=image.focus[1],
    )


def replace_attachments(
    publication: Publication, attachments: tuple[ManuscriptFile, ...], files: IncomingFiles
) -> None:
    """Set the attachments of a publication, in this order; existing ones keep their file."""
    rows = {row.digest: row for row in publication.attachments.all()}
    digests = {attachment.digest for attachment in attachments}
    removed = [row.pk for digest, row in rows.items() if digest not in digests]
    publication.attachments.filter(pk__in=removed).delete()
    for position, attachment in enumerate(attachments):
        name = attachment.file
        values = {
            "filename": name[-MAX_FILE_NAME_CHARACTERS:],
            "label": attachment.label,
            "position": position,
        }
        if attachment.digest in rows:
            publication.attachments.filter(pk=rows[attachment.digest].pk).update(**values)
        else:
            content = files.contents[name]
            original = store_original(content, _extension(name), write=not files.is_dry_run)
            publication.attachments.create(original=original, size=len(content), **values)


def _extension(name: str) -> str:
    extension = PurePath(name).suffix.lstrip(".").lower()
    return extension if extension.isalnum() and len(extension) <= MAX_EXTENSION_CHARACTERS else "bin"
