"""What a draft consists of: read from a manuscript without being stored, and written into its rows.

`unsaved_publication` is a draft as a manuscript has it, so that a revision, or what is being typed, is shown as it
would be published. `write_draft` is the one way in which content comes into a stored draft as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Model, QuerySet

from publications.manuscript import Manuscript
from publications.models import Attachment, Author, Byline, Image, Kind, Publication, Tag, originals
from publications.publication_fields import FIELDS, RESTORED, FieldType, PublicationField, RedactionRule

UNSAVED_PK = 0
"""The number of a publication that is not stored yet: no row has it, so that nothing is found beside it."""
PLAIN = tuple(field for field in FIELDS if field.type not in (FieldType.REFERENCE, FieldType.ROWS))
"""Fields whose value stands in a manuscript as it stands in the draft."""
IDENTIFIERS = tuple(
    field.name for field in FIELDS if field.type is FieldType.LINE and field.redacted is RedactionRule.WHOLE
)
"""Fields that no two publications have the same value of."""

Content = dict[str, object]
"""Values of a draft by the names of `FIELDS`. Rows stand as lists: unsaved bylines and attachments, and tags."""


def plain_values(text: Manuscript) -> Content:
    """Return the values of a manuscript that name no other row."""
    values = {field.name: getattr(text, field.manuscript_key) for field in PLAIN}
    return {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in values.items()}


def set_values(publication: Publication, values: Mapping[str, object]) -> None:
    """Set columns of a draft; nothing is stored."""
    for name, value in values.items():
        setattr(publication, name, value)


def unsaved_publication(text: Manuscript, of: Publication) -> Publication:
    """Return a publication as a manuscript of it has it; it is not stored.

    What is no longer known (an author, an image) is left out.
    """
    draft = Publication(
        pk=of.pk, uid=of.uid, version=of.version, digest=of.digest, series_number=of.series_number
    )
    set_values(draft, plain_values(text))
    draft.kind = Kind.objects.filter(slug=text.kind).first() or of.kind
    draft.cover = Image.objects.filter(key=text.cover).first() if text.cover else None
    draft.translation_of = _original(text)
    return with_rows(
        draft, bylines=_bylines(text, draft), tags=_tags(text), attachments=_attachments(text, of)
    )


def with_rows(
    draft: Publication, *, bylines: Sequence[Byline], tags: Sequence[Tag], attachments: Sequence[Attachment]
) -> Publication:
    """Let a draft that is not stored have these rows beside it, as if they had been read from the database."""
    draft._state.adding = False
    rows = {"bylines": (Byline, bylines), "tags": (Tag, tags), "attachments": (Attachment, attachments)}
    draft._prefetched_objects_cache = {name: _selection(model, each) for name, (model, each) in rows.items()}
    return draft


def _selection(model: type[Model], rows: Iterable[Model]) -> QuerySet:
    """A queryset that asks nothing of the database: its rows are these."""
    selection = model._default_manager.all()
    selection._result_cache, selection._prefetch_done = list(rows), True
    return selection


def content_of(draft: Publication, fields: Iterable[PublicationField] = RESTORED) -> Content:
    """Return what a draft, stored or not, consists of."""
    return {
        field.name: list(getattr(draft, field.name).all())
        if field.type is FieldType.ROWS
        else getattr(draft, field.name)
        for field in fields
    }


def write_draft(publication: Publication, content: Mapping[str, object]) -> None:
    """Write content into a stored draft and its rows. What it does not name stays; no revision is kept."""
    columns = {name: value for name, value in content.items() if name not in ROW_WRITERS}
    if columns:
        set_values(publication, columns)
        publication.save()
    for name, write in ROW_WRITERS.items():
        if name in content:
            write(publication, content[name])


def _write_bylines(publication: Publication, bylines: Iterable[Byline]) -> None:
    publication.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(publication=publication, author=line.author, role=line.role, position=position)
        for position, line in enumerate(bylines)
    )


def _write_tags(publication: Publication, tags: Iterable[Tag]) -> None:
    publication.tags.set(tags)


def _write_attachments(publication: Publication, attachments: Iterable[Attachment]) -> None:
    publication.attachments.all().delete()
    Attachment.objects.bulk_create(
        Attachment(
            publication=publication, original=file.original, filename=file.filename, label=file.label, size=file.size,
            position=position,
        )
        for position, file in enumerate(attachments)
    )  # fmt: skip


ROW_WRITERS = {"bylines": _write_bylines, "tags": _write_tags, "attachments": _write_attachments}


def _original(text: Manuscript) -> Publication | None:
    return Publication.objects.filter(uid=text.translation_of).first() if text.translation_of else None


def _bylines(text: Manuscript, draft: Publication) -> list[Byline]:
    slugs = [line.author for line in text.bylines]
    authors = {author.slug: author for author in Author.objects.filter(slug__in=slugs)}
    return [
        Byline(publication=draft, author=authors[line.author], role=line.role, position=position)
        for position, line in enumerate(text.bylines)
        if line.author in authors
    ]


def _tags(text: Manuscript) -> list[Tag]:
    return list(Tag.objects.filter(name__in=text.tags))


def _attachments(text: Manuscript, of: Publication) -> list[Attachment]:
    """Its files as far as the store still has them."""
    stored = {file.digest: file for file in of.attachments.all()}
    attachments = []
    for position, each in enumerate(text.attachments):
        if file := stored.get(each.digest) or _from_store(each):
            attachments.append(
                Attachment(publication=of, original=file.original, filename=each.file, label=each.label, size=file.size,
                           position=position)
            )  # fmt: skip
    return attachments


def _from_store(each) -> Attachment | None:
    name = f"{each.digest[:2]}/{each.digest}.{each.file.rpartition('.')[2].lower()}"
    if not originals().exists(name):
        return None
    return Attachment(original=name, size=originals().size(name))
