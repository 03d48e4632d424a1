"""The content of drafts: read from a manuscript without being stored, and written into a draft and its rows.

`unsaved_publication` builds a draft from a manuscript, so that a revision or unsaved form can be previewed.
`write_draft` is the only function that replaces the content of a stored draft.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Model, QuerySet

from publications.manuscript import Manuscript
from publications.models import Attachment, Author, Byline, Image, Kind, Publication, Tag, originals
from publications.publication_fields import FIELDS, RESTORED, FieldType, PublicationField, RedactionRule

UNSAVED_PK = 0
"""The primary key of a publication that is not stored yet. No row has it, so that its relations are empty."""
PLAIN = tuple(field for field in FIELDS if field.type not in (FieldType.REFERENCE, FieldType.ROWS))
"""Fields whose value in a manuscript is that of the draft."""
IDENTIFIERS = tuple(
    field.name for field in FIELDS if field.type is FieldType.LINE and field.redacted is RedactionRule.WHOLE
)
"""Fields whose values are unique among publications."""

Content = dict[str, object]
"""Values of a draft by the names of `FIELDS`. Rows are lists: of unsaved bylines and attachments, and of tags."""


def plain_values(text: Manuscript) -> Content:
    """Return the values of a manuscript that refer to no other row."""
    values = {field.name: getattr(text, field.manuscript_key) for field in PLAIN}
    return {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in values.items()}


def set_values(publication: Publication, values: Mapping[str, object]) -> None:
    """Set columns of a draft; nothing is stored."""
    for name, value in values.items():
        setattr(publication, name, value)


def unsaved_publication(text: Manuscript, of: Publication) -> Publication:
    """Return an unsaved publication with the content of a manuscript of it.

    Authors, images and tags that no longer exist are left out.
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
    """Attach rows to an unsaved draft as if they had been prefetched."""
    draft._state.adding = False
    rows = {"bylines": (Byline, bylines), "tags": (Tag, tags), "attachments": (Attachment, attachments)}
    draft._prefetched_objects_cache = {
        name: _loaded_queryset(model, instances) for name, (model, instances) in rows.items()
    }
    return draft


def _loaded_queryset(model: type[Model], rows: Iterable[Model]) -> QuerySet:
    """Return a queryset with these rows, which runs no query."""
    queryset = model._default_manager.all()
    queryset._result_cache, queryset._prefetch_done = list(rows), True
    return queryset


def content_of(draft: Publication, fields: Iterable[PublicationField] = RESTORED) -> Content:
    """Return the content of a draft, stored or not."""
    return {
        field.name: list(getattr(draft, field.name).all())
        if field.type is FieldType.ROWS
        else getattr(draft, field.name)
        for field in fields
    }


def write_draft(publication: Publication, content: Mapping[str, object]) -> None:
    """Write content into a stored draft and its rows. Other fields stay; no revision is stored."""
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
    """Return the files of a manuscript that the storage still has."""
    stored = {file.digest: file for file in of.attachments.all()}
    attachments = []
    for position, entry in enumerate(text.attachments):
        if file := stored.get(entry.digest) or _from_storage(entry):
            attachments.append(
                Attachment(
                    publication=of,
                    original=file.original,
                    filename=entry.file,
                    label=entry.label,
                    size=file.size,
                    position=position,
                )
            )
    return attachments


def _from_storage(entry) -> Attachment | None:
    name = f"{entry.digest[:2]}/{entry.digest}.{entry.file.rpartition('.')[2].lower()}"
    if not originals().exists(name):
        return None
    return Attachment(original=name, size=originals().size(name))
