"""Things to test with, made in one line: only the facts that matter are named."""

import io
from datetime import timedelta
from itertools import count

from django.contrib.auth.models import Group, User
from django.utils import timezone
from PIL import Image as Pixels

from publications import deeds
from publications.models import Author, Byline, Edition, Image, Kind, Publication, Revision, Tag

_numbers = count(1)


def make_person(group: str = "Editors", **fields) -> User:
    person = User.objects.create_user(f"{group.lower()}-{next(_numbers)}", is_staff=True, **fields)
    person.groups.add(Group.objects.get(name=group))
    return person


def make_author(name: str = "", **fields) -> Author:
    return Author.objects.create(name=name or f"Author {next(_numbers)}", **fields)


def make_tag(name: str = "", **fields) -> Tag:
    return Tag.objects.create(name=name or f"Tag {next(_numbers)}", **fields)


def make_publication(*, by: list[Author] | None = None, tags: tuple = (), kind: str = "quick-comment", **fields) -> Publication:
    """A working copy that is ready to be published."""
    number = next(_numbers)
    fields = {
        "title": f"Piece {number}",
        "summary": "What happened, and what we make of it.",
        "body": f"The first paragraph of piece {number}.\n\nThe second paragraph.",
        **fields,
    }
    piece = Publication.objects.create(kind=Kind.objects.get(slug=kind), **fields)
    for place, author in enumerate(by if by is not None else [make_author()]):
        Byline.objects.create(publication=piece, author=author, position=place)
    piece.tags.set(tags)
    return saved(piece)


def saved(piece: Publication, **fields) -> Publication:
    """Save the working copy as the desk does: with a revision."""
    for name, value in fields.items():
        setattr(piece, name, value)
    piece.save()
    Revision.objects.keep(piece, by=None)
    return piece


def make_live(*, by=None, **fields) -> Edition:
    """A published piece, as its live edition."""
    return deeds.publish(make_publication(**fields), by=by)


def make_image(*, colour: str = "navy", size: tuple[int, int] = (64, 48), **fields) -> Image:
    fields = {"alt_en": "A blue field", **fields}
    image = Image(**fields)
    image.hold(picture_bytes(colour, size), fields.get("filename") or "field.png")
    image.save()
    return image


def picture_bytes(colour: str = "navy", size: tuple[int, int] = (64, 48), format: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Pixels.new("RGB", size, colour).save(stream, format)
    return stream.getvalue()


def tomorrow():
    return timezone.now() + timedelta(days=1)


def yesterday():
    return timezone.now() - timedelta(days=1)
