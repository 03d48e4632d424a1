"""Intake: a manuscript becomes, or updates, a working copy. Nothing public changes here.

Authors, tags, pictures and files are found or made; whatever was made, guessed or dropped is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from publications import manuscript, pictures, renditions
from publications.languages import NAMES, slugify
from publications.models import (
    Author,
    Byline,
    Image,
    Kind,
    Publication,
    Revision,
    Role,
    Why,
    as_known,
    keep_original,
    split_at_commas,
)

Files = Mapping[str, bytes]


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
    text: manuscript.Manuscript, files: Files | None = None, *, by, why: Why = Why.IMPORTED
) -> Report:
    """Make or update the working copy of a manuscript; its uid says which. Raises Unknown."""
    files = files or {}
    known = Publication.objects.filter(uid=_uid(text.uid)).first() if text.uid else None
    report = Report(
        known or Publication(uid=_uid(text.uid) if text.uid else uuid4(), created_by=by), is_new=not known
    )
    piece = report.publication
    _fill(piece, text)
    for picture in text.images:
        _image(picture, files, report)
    piece.cover = Image.objects.filter(key=text.cover).first() if text.cover else None
    piece.save()
    _bylines(piece, text, report)
    piece.tags.set(as_known(split_at_commas(",".join(text.tags))))
    _attachments(piece, text, files, report)
    Revision.objects.keep(piece, by=by, why=why)
    return report


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as reason:
        raise Unknown(_("“%(uid)s” is not a uid.") % {"uid": text}) from reason


def _fill(piece: Publication, text: manuscript.Manuscript) -> None:
    kind = Kind.objects.filter(slug=text.kind).first()
    if not kind:
        known = ", ".join(Kind.objects.values_list("slug", flat=True))
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
    original = (
        Publication.objects.filter(uid=_uid(text.translation_of)).first() if text.translation_of else None
    )
    piece.translation_of = original.original if original else None


def _bylines(piece: Publication, text: manuscript.Manuscript, report: Report) -> None:
    piece.bylines.all().delete()
    roles: dict[Author, str] = {}
    for line in text.bylines:
        roles.setdefault(_author(line, report), line.role if line.role in Role.values else Role.AUTHOR)
    Byline.objects.bulk_create(
        Byline(publication=piece, author=author, role=role, position=place)
        for place, (author, role) in enumerate(roles.items())
    )


def _author(line: manuscript.Byline, report: Report) -> Author:
    """By id, else by name or alias, else a new guest, which is told."""
    found = Author.objects.filter(slug=line.author).first() or (
        Author.objects.called(line.name).first() if line.name else None
    )
    if found:
        return found
    guest = Author(name=(line.name or line.author)[:120], guest=True)
    guest.save()
    report.told.append(_("Author not known, made a guest author: %(name)s.") % {"name": guest.name})
    return guest


def _image(picture: manuscript.Picture, files: Files, report: Report) -> None:
    """Known by its key, else taken from the files that came along, else told as missing."""
    if Image.objects.filter(key=picture.key).exists():
        return
    content = files.get(picture.file)
    if content is None:
        report.told.append(_("Picture missing: %(file)s.") % {"file": picture.file or picture.key})
        return
    image = Image(
        key=picture.key,
        alt_en=picture.alt.get("en", ""),
        alt_sv=picture.alt.get("sv", ""),
        decorative=picture.decorative,
        credit=picture.credit,
        licence=picture.licence,
        focus_x=picture.focus[0],
        focus_y=picture.focus[1],
    )
    try:
        image.hold(content, picture.file)
    except pictures.Unsuitable as reason:
        report.told.append(f"{picture.file}: {reason}")
        return
    image.save()
    renditions.make_all(image)


def _attachments(piece: Publication, text: manuscript.Manuscript, files: Files, report: Report) -> None:
    kept = {file.digest: file for file in piece.attachments.all()}
    piece.attachments.exclude(
        pk__in=[kept[each.digest].pk for each in text.attachments if each.digest in kept]
    ).delete()
    for place, each in enumerate(text.attachments):
        if each.digest in kept:
            continue
        if each.file not in files:
            report.told.append(_("Attachment missing: %(file)s.") % {"file": each.file})
            continue
        content = files[each.file]
        piece.attachments.create(
            original=keep_original(content, PurePath(each.file).suffix.lstrip(".").lower() or "bin"),
            filename=each.file,
            label=each.label,
            size=len(content),
            position=place,
        )
