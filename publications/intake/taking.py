"""take_in: one manuscript with its files into the working copy of its uid."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from publications import manuscript
from publications.draft_content import plain_values, set_values
from publications.languages import NAMES
from publications.manuscript import Manuscript
from publications.models import Author, Byline, Publication, Revision, Tag, TaggedPublication, Why

from .files import Bundle, Files, hold_attachments, hold_pictures
from .register import Register
from .settling import cut_title, is_uid, settled, why_no_translation, wrong_identifiers


@dataclass
class Report:
    """What became of a manuscript: the publication, whether it is new, whom it made guests, what is missing of it."""

    publication: Publication
    is_new: bool
    guests: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        """All there is to tell."""
        return self.guests + self.missing


class Unknown(ValueError):
    """A manuscript that cannot be taken in, with the reason in words."""


@transaction.atomic
def take_in(
    text: Manuscript,
    files: Files | Bundle | None = None,
    *,
    by: User | None,
    why: Why = Why.IMPORTED,
    register: Register | None = None,
) -> Report:
    """Make or update the working copy of a manuscript; its uid says which. Raises Unknown."""
    bundle = files if isinstance(files, Bundle) else Bundle(files or {})
    known = Publication.objects.filter(uid=text.uid).first() if is_uid(text.uid) else None
    register = register or Register()
    _check(text, register)
    coming = _settled(text, bundle, known, register, by)
    _store([coming])
    Revision.objects.keep(coming.piece, by=by, why=why)
    return coming.report


@transaction.atomic
def take_in_many(
    arriving: Sequence[tuple[Manuscript, Bundle, Publication | None]],
    *,
    by: User | None,
    register: Register,
    why: Why = Why.IMPORTED,
) -> list[Report | Unknown]:
    """Take in many, each with the publication it updates if there is one; says of each what became of it.

    One that is refused (`Unknown`) leaves the others as they are. What
    the database refuses takes all back, and is raised.
    """
    reports: list[Report | Unknown] = []
    coming: list[Coming] = []
    stored = 0
    for text, bundle, known in arriving:
        try:
            _check(text, register)
        except Unknown as reason:
            reports.append(reason)
            continue
        if _is_in_family_of(coming[stored:], text, known):
            _store(coming[stored:])  # its original, or its translations, are to be found
            stored = len(coming)
        coming.append(_settled(text, bundle, known, register, by))
        reports.append(coming[-1].report)
    _store(coming[stored:])
    Revision.objects.keep_many([each.piece for each in coming], by=by, why=why)
    return reports


def _is_in_family_of(coming: Sequence["Coming"], text: Manuscript, known: Publication | None) -> bool:
    """Whether a translation has its original, or a translation of it, among pieces that are not stored yet."""
    if not text.translation_of:
        return False
    own = known.pk if known else None
    return any(
        each.uid == UUID(text.translation_of) or (own and each.piece.translation_of_id == own)
        for each in coming
    )


@dataclass
class Coming:
    """A manuscript on its way: its piece as it will be stored, with what stands beside it."""

    report: Report
    text: Manuscript
    bundle: Bundle
    roles: dict[Author, str]
    tags: dict[int, Tag]
    kept: set[str]

    @property
    def piece(self) -> Publication:
        return self.report.publication

    @property
    def uid(self) -> UUID:
        return UUID(str(self.piece.uid))


def _settled(
    text: Manuscript, bundle: Bundle, known: Publication | None, register: Register, by: User | None
) -> Coming:
    """The manuscript with all that it needs to be stored; pictures, authors and tags that are new are made."""
    piece = known or Publication(uid=text.uid or uuid4(), created_by=by)
    report = Report(piece, is_new=not known)
    report.missing += hold_pictures(text, bundle, register)
    kept = set() if report.is_new else {file.digest for file in piece.attachments.all()}
    fitting = settled(text, register, here={*bundle.files, *kept}, own=piece.pk)
    report.missing += [*_missing_attachments(text, fitting), *wrong_identifiers(text), *cut_title(text)]
    report.missing += _missing_original(text, fitting, piece, register)
    if known and fitting.translation_of:
        register.pieces.clear()  # what it was the original of is asked for anew
    _fill(piece, fitting, register)
    roles = _roles(fitting, bundle, register, report)
    tags = {tag.pk: tag for tag in map(register.tag, fitting.tags)}
    return Coming(report, fitting, bundle, roles, tags, kept)


def _missing_original(
    text: Manuscript, fitting: Manuscript, piece: Publication, register: Register
) -> list[str]:
    if not text.translation_of or fitting.translation_of:
        return []
    if UUID(text.translation_of) == UUID(str(piece.uid)):
        return [why_no_translation(piece.pk, piece.pk)]
    original = register.original(text.translation_of)
    return [why_no_translation(original, piece.pk)] if original else []


def _store(coming: Sequence[Coming]) -> None:
    """Write pieces with their bylines, tags and attachments: everything but the revision."""
    Publication.objects.bulk_create(each.piece for each in coming if each.report.is_new)
    for each in coming:
        if not each.report.is_new:
            each.piece.save()
    tagged = [row for each in coming for row in _tagged(each)]
    Byline.objects.bulk_create(line for each in coming for line in _bylines(each))
    TaggedPublication.objects.bulk_create(tagged)
    for each in coming:
        if each.kept or each.text.attachments:
            hold_attachments(each.piece, each.text.attachments, each.bundle)


def _check(text: Manuscript, register: Register) -> None:
    """Raises Unknown where the manuscript names what there cannot be."""
    if text.kind not in register.kinds:
        told = {"kind": text.kind, "known": ", ".join(register.kinds)}
        raise Unknown(_("There is no kind “%(kind)s”. There are: %(known)s.") % told)
    if text.language not in NAMES:
        raise Unknown(_("The language “%(language)s” is not known.") % {"language": text.language})
    for uid in (text.uid, text.translation_of):
        if uid and not is_uid(uid):
            raise Unknown(_("“%(uid)s” is not a uid.") % {"uid": uid})


def _fill(piece: Publication, text: Manuscript, register: Register) -> None:
    """The fields of the piece itself. A note that the desk has written stays where the file brings none."""
    references = {
        "kind": register.kinds[text.kind],
        "cover": register.images.get(text.cover),
        "translation_of_id": int(text.translation_of) if text.translation_of else None,
    }
    set_values(piece, {**plain_values(text), **references, "note": text.note or piece.note})


def _roles(text: Manuscript, bundle: Bundle, register: Register, report: Report) -> dict[Author, str]:
    """The authors in their order, those made whom the site does not know."""
    roles: dict[Author, str] = {}
    for line in text.bylines:
        author = register.author(line.author, line.name) or _new_author(line, bundle, register, report)
        roles.setdefault(author, line.role)
    return roles


def _new_author(line: manuscript.Byline, bundle: Bundle, register: Register, report: Report) -> Author:
    """A person of the list that came along, else a guest, which is told."""
    is_staff = line.author in bundle.staff
    author = register.make_author(line.author, line.name, guest=not is_staff)
    if not is_staff:
        report.guests.append(_("Author not known, made a guest author: %(name)s.") % {"name": author.name})
    return author


def _bylines(coming: Coming) -> list[Byline]:
    """The bylines to be added; those of a piece that was there go, unless the manuscript names nobody."""
    if coming.roles and not coming.report.is_new:
        coming.piece.bylines.all().delete()
    return [
        Byline(publication=coming.piece, author=author, role=role, position=place)
        for place, (author, role) in enumerate(coming.roles.items())
    ]


def _tagged(coming: Coming) -> list[TaggedPublication]:
    """The tags to be added; those that the manuscript has no longer go."""
    piece, is_new = coming.piece, coming.report.is_new
    there = set() if is_new else set(piece.tagged.values_list("tag_id", flat=True))
    if gone := there - coming.tags.keys():
        piece.tagged.filter(tag__in=gone).delete()
    return [TaggedPublication(content_object=piece, tag_id=pk) for pk in sorted(coming.tags.keys() - there)]


def _missing_attachments(text: Manuscript, fitting: Manuscript) -> list[str]:
    there = {each.file for each in fitting.attachments}
    missing = [each.file for each in text.attachments if each.file not in there]
    return [_("Attachment missing: %(file)s.") % {"file": file} for file in missing]
