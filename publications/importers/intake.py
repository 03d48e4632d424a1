"""Intake: a manuscript with its files becomes a draft, or updates one. Nothing public changes here.

Authors, tags, images and files are found or made, and whatever was made or left out is reported. What is stored is what
`normalize` makes of the manuscript; `SiteNames` remembers rows over many manuscripts.
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
MAX_FILE_NAME = 200
MAX_EXTENSION = 10


@dataclass(frozen=True)
class IncomingFiles:
    """What comes with a manuscript: files by name, what the images among them are, and which authors are staff.

    A dry run stores no file. Renditions that are not made at once are made when a page first asks for them.
    """

    contents: Files = field(default_factory=dict)
    facts: Mapping[str, images.ImageFacts] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    renditions_at_once: bool = True
    is_dry_run: bool = False


@dataclass
class IntakeResult:
    """What became of a manuscript: its publication, the guest authors made for it, and what of it was left out."""

    publication: Publication
    is_new: bool
    guests: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        """All there is to report."""
        return self.guests + self.missing


class IntakeRefused(ValueError):
    """A manuscript that cannot be stored, with a sentence that says why."""


@transaction.atomic
def import_manuscript(
    text: Manuscript,
    files: Files | IncomingFiles | None = None,
    *,
    by: User | None,
    why: RevisionReason = RevisionReason.IMPORTED,
    site_names: SiteNames | None = None,
) -> IntakeResult:
    """Create the draft of a manuscript, or update that of the publication with its uid, and keep a revision.

    Raises:
        IntakeRefused: it names a kind, a language or a uid that there cannot be.
    """
    incoming = files if isinstance(files, IncomingFiles) else IncomingFiles(files or {})
    known = Publication.objects.filter(uid=text.uid).first() if is_uid(text.uid) else None
    site_names = site_names or SiteNames()
    _validate(text, site_names)
    pending = _prepare(text, incoming, known, site_names, by)
    _store([pending])
    Revision.objects.create_from(pending.publication, by=by, why=why)
    return pending.result


@transaction.atomic
def import_manuscripts(
    items: Sequence[tuple[Manuscript, IncomingFiles, Publication | None]],
    *,
    by: User | None,
    site_names: SiteNames,
    why: RevisionReason = RevisionReason.IMPORTED,
) -> list[IntakeResult | IntakeRefused]:
    """Store many drafts, each with the publication that it updates if there is one.

    Returns:
        For each, what became of it, or why it was refused; a refusal leaves the others as they are. What the database
        refuses is raised, and rolls all of them back.
    """
    results: list[IntakeResult | IntakeRefused] = []
    pending: list[PendingDraft] = []
    stored = 0
    for text, incoming, known in items:
        try:
            _validate(text, site_names)
        except IntakeRefused as error:
            results.append(error)
            continue
        if _is_translation_of_pending(pending[stored:], text, known):
            _store(pending[stored:])  # its original, or its translations, are to be found
            stored = len(pending)
        pending.append(_prepare(text, incoming, known, site_names, by))
        results.append(pending[-1].result)
    _store(pending[stored:])
    Revision.objects.create_many_from([draft.publication for draft in pending], by=by, why=why)
    return results


def _is_translation_of_pending(
    pending: Sequence["PendingDraft"], text: Manuscript, known: Publication | None
) -> bool:
    """Whether a translation has its original, or a translation of it, among drafts that are not stored yet."""
    if not text.translation_of:
        return False
    own = known.pk if known else None
    return any(
        draft.uid == UUID(text.translation_of) or (own and draft.publication.translation_of_id == own)
        for draft in pending
    )


@dataclass
class PendingDraft:
    """A draft to be stored, with its authors, tags and files; `kept` are digests of attachments that it has."""

    result: IntakeResult
    text: Manuscript
    files: IncomingFiles
    roles: dict[Author, str]
    tags: dict[int, Tag]
    kept: set[str]

    @property
    def publication(self) -> Publication:
        return self.result.publication

    @property
    def uid(self) -> UUID:
        return UUID(str(self.publication.uid))


def _prepare(
    text: Manuscript, files: IncomingFiles, known: Publication | None, site_names: SiteNames, by: User | None
) -> PendingDraft:
    """The draft of a manuscript with all that it needs to be stored; images, authors and tags that are new are made."""
    publication = known or Publication(uid=text.uid or uuid4(), created_by=by)
    result = IntakeResult(publication, is_new=not known)
    result.missing += store_images(text, files, site_names)
    kept = set() if result.is_new else {file.digest for file in publication.attachments.all()}
    normalized = normalize_manuscript(text, site_names, present={*files.contents, *kept}, own=publication.pk)
    result.missing += [
        *_missing_attachments(text, normalized),
        *describe_invalid_identifiers(text),
        *describe_cut_title(text),
    ]
    result.missing += _missing_original(text, normalized, publication, site_names)
    if known and normalized.translation_of:
        site_names.originals.clear()  # what it was the original of is asked for anew
    _fill(publication, normalized, site_names)
    roles = _find_authors(normalized, files, site_names, result)
    tags = {tag.pk: tag for tag in map(site_names.tag, normalized.tags)}
    return PendingDraft(result, normalized, files, roles, tags, kept)


def _missing_original(
    text: Manuscript, normalized: Manuscript, publication: Publication, site_names: SiteNames
) -> list[str]:
    if not text.translation_of or normalized.translation_of:
        return []
    if UUID(text.translation_of) == UUID(str(publication.uid)):
        return [translation_refusal(publication.pk, publication.pk)]
    original = site_names.original(text.translation_of)
    return [translation_refusal(original, publication.pk)] if original else []


def _store(pending: Sequence[PendingDraft]) -> None:
    """Write drafts with their bylines, tags and attachments: everything but the revision."""
    Publication.objects.bulk_create(draft.publication for draft in pending if draft.result.is_new)
    for draft in pending:
        if not draft.result.is_new:
            draft.publication.save()
    tags = [row for draft in pending for row in _new_tag_rows(draft)]
    Byline.objects.bulk_create(byline for draft in pending for byline in _new_bylines(draft))
    TaggedPublication.objects.bulk_create(tags)
    for draft in pending:
        if draft.kept or draft.text.attachments:
            replace_attachments(draft.publication, draft.text.attachments, draft.files)


def _validate(text: Manuscript, site_names: SiteNames) -> None:
    """Raises IntakeRefused where the manuscript names what there cannot be."""
    if text.kind not in site_names.kinds:
        values = {"kind": text.kind, "known": ", ".join(site_names.kinds)}
        raise IntakeRefused(_("There is no kind “%(kind)s”. There are: %(known)s.") % values)
    if text.language not in LANGUAGE_NAMES:
        raise IntakeRefused(_("The language “%(language)s” is not known.") % {"language": text.language})
    for uid in (text.uid, text.translation_of):
        if uid and not is_uid(uid):
            raise IntakeRefused(_("“%(uid)s” is not a uid.") % {"uid": uid})


def _fill(publication: Publication, text: Manuscript, site_names: SiteNames) -> None:
    """Set the fields of the publication. A note that an editor wrote stays where the file has none."""
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
    """The authors with their roles, in order; those whom the site does not know are made."""
    roles: dict[Author, str] = {}
    for line in text.bylines:
        author = site_names.author(line.author, line.name) or _new_author(line, files, site_names, result)
        roles.setdefault(author, line.role)
    return roles


def _new_author(
    line: manuscript.ManuscriptByline, files: IncomingFiles, site_names: SiteNames, result: IntakeResult
) -> Author:
    """An author of the list that came with the import, else a guest, which is reported."""
    is_staff = line.author in files.staff
    author = site_names.make_author(line.author, line.name, guest=not is_staff)
    if not is_staff:
        result.guests.append(_("Author not known, made a guest author: %(name)s.") % {"name": author.name})
    return author


def _new_bylines(draft: PendingDraft) -> list[Byline]:
    """The bylines to be added; those of a publication that existed go, unless the manuscript names nobody."""
    if draft.roles and not draft.result.is_new:
        draft.publication.bylines.all().delete()
    return [
        Byline(publication=draft.publication, author=author, role=role, position=position)
        for position, (author, role) in enumerate(draft.roles.items())
    ]


def _new_tag_rows(draft: PendingDraft) -> list[TaggedPublication]:
    """The tags to be added; those that the manuscript has no longer go."""
    publication = draft.publication
    current = set() if draft.result.is_new else set(publication.tagged.values_list("tag_id", flat=True))
    if removed := current - draft.tags.keys():
        publication.tagged.filter(tag__in=removed).delete()
    added = sorted(draft.tags.keys() - current)
    return [TaggedPublication(content_object=publication, tag_id=pk) for pk in added]


def _missing_attachments(text: Manuscript, normalized: Manuscript) -> list[str]:
    present = {attachment.file for attachment in normalized.attachments}
    missing = [attachment.file for attachment in text.attachments if attachment.file not in present]
    return [_("Attachment missing: %(file)s.") % {"file": file} for file in missing]


def store_images(text: Manuscript, files: IncomingFiles, site_names: SiteNames) -> list[str]:
    """Add the images that the library does not have to it. Returns a sentence for each that could not be added."""
    new = [picture for picture in text.images if picture.key not in site_names.images]
    return [message for picture in new if (message := _store_image(picture, files, site_names))]


def _store_image(picture: ManuscriptImage, files: IncomingFiles, site_names: SiteNames) -> str:
    content = files.contents.get(picture.file)
    if content is None or not is_referable(picture):
        return _("Picture missing: %(file)s.") % {"file": picture.file or picture.key}
    image = _unsaved_image(picture)
    try:
        image.store_upload(
            content,
            PurePath(picture.file).name,
            facts=files.facts.get(picture.file),
            store=not files.is_dry_run,
        )
    except images.UnsuitableImage as error:
        return f"{picture.file}: {error}"
    image.save()
    site_names.images[image.key] = image
    if files.renditions_at_once and not files.is_dry_run:
        renditions.make_image_files(image)
    return ""


def is_referable(picture: ManuscriptImage) -> bool:
    """Whether a text can refer to a picture of this key."""
    return images_in(f"image:{picture.key}") == (picture.key,)


def _unsaved_image(picture: ManuscriptImage) -> Image:
    return Image(
        key=picture.key,
        alt_en=picture.alt.get("en", "")[:300],
        alt_sv=picture.alt.get("sv", "")[:300],
        is_decorative=picture.decorative,
        credit=picture.credit[:200],
        licence=picture.licence[:200],
        focus_x=picture.focus[0],
        focus_y=picture.focus[1],
    )


def replace_attachments(
    publication: Publication, attachments: tuple[ManuscriptFile, ...], files: IncomingFiles
) -> None:
    """Let a publication have these attachments, in this order, and no others; those it has keep their file."""
    rows = {row.digest: row for row in publication.attachments.all()}
    digests = {attachment.digest for attachment in attachments}
    removed = [row.pk for digest, row in rows.items() if digest not in digests]
    publication.attachments.filter(pk__in=removed).delete()
    for position, attachment in enumerate(attachments):
        name = attachment.file
        values = {"filename": name[-MAX_FILE_NAME:], "label": attachment.label, "position": position}
        if attachment.digest in rows:
            publication.attachments.filter(pk=rows[attachment.digest].pk).update(**values)
        else:
            content = files.contents[name]
            original = store_original(content, _extension(name), store=not files.is_dry_run)
            publication.attachments.create(original=original, size=len(content), **values)


def _extension(name: str) -> str:
    extension = PurePath(name).suffix.lstrip(".").lower()
    return extension if extension.isalnum() and len(extension) <= MAX_EXTENSION else "bin"
