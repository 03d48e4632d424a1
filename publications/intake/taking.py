"""take_in: one manuscript with its files into the working copy of its uid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from publications import manuscript, pictures, renditions
from publications.languages import NAMES, slugify
from publications.models import (
    Byline,
    Image,
    Publication,
    Revision,
    Role,
    TaggedPublication,
    Why,
    check_doi,
    check_isbn,
    keep_original,
    settled_doi,
    settled_isbn,
    split_at_commas,
)

from .register import Register

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Bundle:
    """What comes with a manuscript: files by name, what pictures among them are, and which authors are staff.

    A rehearsal stores no file. Renditions that are not made at once are made when a page first asks for them.
    """

    files: Files = field(default_factory=dict)
    facts: Mapping[str, pictures.Facts] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    renditions_at_once: bool = True
    is_rehearsal: bool = False


@dataclass
class Report:
    """What became of a manuscript: the publication, whether it is new, and what there is to tell."""

    publication: Publication
    is_new: bool
    told: list[str] = field(default_factory=list)


class Unknown(ValueError):
    """A manuscript that cannot be taken in, with the reason in words."""


@transaction.atomic
def take_in(
    text: manuscript.Manuscript,
    files: Files | Bundle | None = None,
    *,
    by,
    why: Why = Why.IMPORTED,
    register: Register | None = None,
) -> Report:
    """Make or update the working copy of a manuscript; its uid says which. Raises Unknown."""
    bundle = files if isinstance(files, Bundle) else Bundle(files or {})
    known = Publication.objects.filter(uid=_uid(text.uid)).first() if text.uid else None
    report = _write(text, bundle, known, register or Register(), by)
    Revision.objects.keep(report.publication, by=by, why=why)
    return report


@transaction.atomic
def take_in_many(
    arriving: Sequence[tuple[manuscript.Manuscript, Bundle, Publication | None]],
    *,
    by,
    register: Register,
    why: Why = Why.IMPORTED,
) -> list[Report | Unknown]:
    """Take in many, each with the publication it updates if there is one; says of each what became of it.

    One that cannot be taken in leaves the others as they are.
    """
    reports: list[Report | Unknown] = []
    for text, bundle, known in arriving:
        try:
            with transaction.atomic():
                reports.append(_write(text, bundle, known, register, by))
        except Unknown as reason:
            reports.append(reason)
    pieces = [report.publication for report in reports if isinstance(report, Report)]
    Revision.objects.keep_many(pieces, by=by, why=why)
    return reports


def _write(
    text: manuscript.Manuscript, bundle: Bundle, known: Publication | None, register: Register, by
) -> Report:
    """Everything but the revision."""
    report = Report(
        known or Publication(uid=_uid(text.uid) if text.uid else uuid4(), created_by=by), is_new=not known
    )
    piece = report.publication
    _fill(piece, text, register)
    _identify(piece, text, report)
    take_pictures(text, bundle, register, report)
    piece.cover = register.images.get(text.cover) if text.cover else None
    piece.save()
    _bylines(piece, text, bundle, register, report)
    _tags(piece, text, register, report)
    _attachments(piece, text, bundle, report)
    return report


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as reason:
        raise Unknown(_("“%(uid)s” is not a uid.") % {"uid": text}) from reason


def _fill(piece: Publication, text: manuscript.Manuscript, register: Register) -> None:
    kind = register.kinds.get(text.kind)
    if not kind:
        known = ", ".join(register.kinds)
        raise Unknown(
            _("There is no kind “%(kind)s”. There are: %(known)s.") % {"kind": text.kind, "known": known}
        )
    if text.language not in NAMES:
        raise Unknown(_("The language “%(language)s” is not known.") % {"language": text.language})
    piece.kind, piece.language = kind, text.language
    piece.title, piece.slug = text.title[:250], slugify(text.slug)
    piece.summary, piece.key_points = text.summary, "\n".join(text.key_points)
    piece.body, piece.note = text.body, text.note
    piece.published_at = text.published_at
    original = register.original(str(_uid(text.translation_of))) if text.translation_of else None
    piece.translation_of_id = original if original != piece.pk else None


IDENTIFIERS = {"doi": (settled_doi, check_doi), "isbn": (settled_isbn, check_isbn)}


def _identify(piece: Publication, text: manuscript.Manuscript, report: Report) -> None:
    """Identifiers in their one spelling. One that is wrong is left out, which is told."""
    for name, (settled, check) in IDENTIFIERS.items():
        value = settled(getattr(text, name))
        try:
            check(value) if value else None
        except ValidationError as reason:
            report.told.append(_("Left out: %(why)s") % {"why": reason.messages[0]})
            value = ""
        setattr(piece, name, value)


def _bylines(
    piece: Publication, text: manuscript.Manuscript, bundle: Bundle, register: Register, report: Report
) -> None:
    if not report.is_new:
        piece.bylines.all().delete()
    roles: dict = {}
    for line in text.bylines:
        author = register.author(line.author, line.name) or _new_author(line, bundle, register, report)
        roles.setdefault(author, line.role if line.role in Role.values else Role.AUTHOR)
    Byline.objects.bulk_create(
        Byline(publication=piece, author=author, role=role, position=place)
        for place, (author, role) in enumerate(roles.items())
    )


def _new_author(line: manuscript.Byline, bundle: Bundle, register: Register, report: Report):
    """A person of the list that came along, else a guest, which is told."""
    name, is_staff = (line.name or line.author)[:120], line.author in bundle.staff
    author = register.make_author(line.author, name, guest=not is_staff)
    if not is_staff:
        report.told.append(_("Author not known, made a guest author: %(name)s.") % {"name": author.name})
    return author


def _tags(piece: Publication, text: manuscript.Manuscript, register: Register, report: Report) -> None:
    wanted = {register.tag(name[:100]).pk for name in split_at_commas(",".join(text.tags))}
    there = set() if report.is_new else set(piece.tagged.values_list("tag_id", flat=True))
    if there - wanted:
        piece.tagged.filter(tag__in=there - wanted).delete()
    TaggedPublication.objects.bulk_create(
        TaggedPublication(content_object=piece, tag_id=pk) for pk in sorted(wanted - there)
    )


def take_pictures(text: manuscript.Manuscript, bundle: Bundle, register: Register, report: Report) -> None:
    """The pictures of a manuscript come into the library, those that are not there yet."""
    for picture in text.images:
        _image(picture, bundle, register, report)


def _image(picture: manuscript.Picture, bundle: Bundle, register: Register, report: Report) -> None:
    """Known by its key, else taken from the files that came along, else told as missing."""
    if picture.key in register.images:
        return
    content = bundle.files.get(picture.file)
    if content is None:
        report.told.append(_("Picture missing: %(file)s.") % {"file": picture.file or picture.key})
        return
    image = Image(
        key=picture.key,
        alt_en=picture.alt.get("en", "")[:300],
        alt_sv=picture.alt.get("sv", "")[:300],
        decorative=picture.decorative,
        credit=picture.credit[:200],
        licence=picture.licence[:200],
        focus_x=picture.focus[0],
        focus_y=picture.focus[1],
    )
    try:
        facts = bundle.facts.get(picture.file)
        image.hold(content, PurePath(picture.file).name, facts=facts, store=not bundle.is_rehearsal)
    except pictures.Unsuitable as reason:
        report.told.append(f"{picture.file}: {reason}")
        return
    image.save()
    register.images[image.key] = image
    if bundle.renditions_at_once and not bundle.is_rehearsal:
        renditions.make_all(image)


def _attachments(piece: Publication, text: manuscript.Manuscript, bundle: Bundle, report: Report) -> None:
    kept = {} if report.is_new else {file.digest: file for file in piece.attachments.all()}
    wanted = {each.digest for each in text.attachments}
    if gone := [file.pk for digest, file in kept.items() if digest not in wanted]:
        piece.attachments.filter(pk__in=gone).delete()
    for place, each in enumerate(text.attachments):
        if each.digest in kept:
            continue
        if each.file not in bundle.files:
            report.told.append(_("Attachment missing: %(file)s.") % {"file": each.file})
            continue
        content = bundle.files[each.file]
        extension = PurePath(each.file).suffix.lstrip(".").lower() or "bin"
        piece.attachments.create(
            original=keep_original(content, extension, store=not bundle.is_rehearsal),
            filename=each.file,
            label=each.label,
            size=len(content),
            position=place,
        )
