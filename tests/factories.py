"""Factories of test objects: a test names only the fields that matter to it."""

import io
from datetime import timedelta
from itertools import count

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image as Pixels

from publications import actions
from publications.models import (
    Address,
    Author,
    Byline,
    Edition,
    EditionByline,
    EditionRow,
    EditionTag,
    Image,
    Kind,
    Publication,
    Revision,
    Tag,
)

_numbers = count(1)


def make_person(group: str = "Editors", **fields) -> User:
    person = User.objects.create_user(f"{group.lower()}-{next(_numbers)}", is_staff=True, **fields)
    person.groups.add(Group.objects.get(name=group))
    return person


def make_author(name: str = "", **fields) -> Author:
    return Author.objects.create(name=name or f"Author {next(_numbers)}", **fields)


def make_tag(name: str = "", **fields) -> Tag:
    return Tag.objects.create(name=name or f"Tag {next(_numbers)}", **fields)


def make_publication(
    *, authors: list[Author] | None = None, tags: tuple = (), kind: str = "quick-comment", **fields
) -> Publication:
    """Return a draft that is ready to be published."""
    number = next(_numbers)
    fields = {
        "title": f"Piece {number}",
        "summary": "What happened, and what we make of it.",
        "body": f"The first paragraph of piece {number}.\n\nThe second paragraph.",
        **fields,
    }
    publication = Publication.objects.create(kind=Kind.objects.get(slug=kind), **fields)
    for position, byline_author in enumerate([make_author()] if authors is None else authors):
        Byline.objects.create(publication=publication, author=byline_author, position=position)
    publication.tags.set(tags)
    return saved(publication)


def saved(publication: Publication, **fields) -> Publication:
    """Save the draft as the desk does: with a revision."""
    for name, value in fields.items():
        setattr(publication, name, value)
    publication.save()
    Revision.objects.create_from(publication, by=None)
    return publication


def make_live(*, author: Author | None = None, **fields) -> Edition:
    """Return the live edition of a publication that is published."""
    if author:
        fields["authors"] = [author]
    return actions.publish(make_publication(**fields), by=None)


def make_image(*, colour: str = "navy", size: tuple[int, int] = (64, 48), **fields) -> Image:
    fields = {"alt_en": "A blue field", **fields}
    image = Image(**fields)
    image.store_upload(picture_bytes(colour, size), fields.get("filename") or "field.png")
    image.save()
    return image


def picture_bytes(colour: str = "navy", size: tuple[int, int] = (64, 48), format: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Pixels.new("RGB", size, colour).save(stream, format)
    return stream.getvalue()


def tomorrow():
    return timezone.now() + timedelta(days=1)


def tomorrow_noon() -> str:
    """Return noon of tomorrow as a form has it: a time that no change of clocks leaves out or repeats."""
    return f"{timezone.localdate(tomorrow())}T12:00"


def yesterday():
    return timezone.now() - timedelta(days=1)


def make_many(count: int, *, author: Author, tag: Tag) -> None:
    """Store so many live publications by an author on a tag, written straight into the tables."""
    template = make_live(author=author, tags=(tag,))
    first = Publication.objects.latest("pk").pk
    now = timezone.now()
    publications = Publication.objects.bulk_create(
        Publication(kind=template.kind, title=f"Many {n}", slug=f"many-{first}-{n}", digest=template.digest)
        for n in range(count)
    )
    editions = Edition.objects.bulk_create(
        Edition(
            publication=publication, translation_group=publication.pk, number=1, kind=template.kind, language="en", locale="en", title=publication.title,
            slug=publication.slug, type_line=template.type_line, summary="Summary.", published_at=now, year=now.year,
            change="first", digest=publication.digest, visible_from=now, body="Text.", html="<p>Text.</p>", plain_text="Text.",
        )
        for publication in publications
    )  # fmt: skip
    Address.objects.bulk_create(
        Address(locale="en", slug=publication.slug, publication=publication) for publication in publications
    )
    copies = {name: getattr(editions[0], name) for name in EditionRow.COPIED_COLUMNS}
    EditionByline.objects.bulk_create(
        EditionByline(edition=edition, author=author, position=0, role="author", name=author.name, **copies)
        for edition in editions
    )
    EditionTag.objects.bulk_create(EditionTag(edition=edition, tag=tag, **copies) for edition in editions)
    Byline.objects.bulk_create(Byline(publication=publication, author=author) for publication in publications)
    _update_statistics()


def _update_statistics() -> None:
    """Update the statistics of PostgreSQL, as autovacuum does a minute after so much was written."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def call_and_roll_back(function):
    """Return the result of a function, and roll back what it stored."""
    with transaction.atomic():
        result = function()
        transaction.set_rollback(True)
    return result
