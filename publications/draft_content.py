"""The content of drafts: read from a manuscript without being stored, and written into a draft and its rows.

`unsaved_publication` builds a draft from a manuscript, so that a revision or unsaved form can be previewed.
`write_draft` is the only function that replaces the content of a stored draft.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Model, QuerySet

from publications.manuscript import Manuscript
from publications.models import Attachment, Author, Byline, Image, Kind, Publication, Tag, original_storage
from publications.publication_fields import (
    FIELDS,
    RESTORED_FIELDS,
    FieldType,
    PublicationField,
    RedactionRule,
)

UNSAVED_PK = 0
"""The primary key of a publication that is not stored yet. No row has it, so that its relations are empty."""
PLAIN_FIELDS = tuple(
    field for field in FIELDS if field.type not in (FieldType.FOREIGN_KEY, FieldType.RELATED_ROWS)
)
"""Fields whose value in a manuscript is that of the draft."""
IDENTIFIERS = tuple(
    field.name
    for field in FIELDS
    if field.type is FieldType.LINE and field.redaction_rule is RedactionRule.WHOLE
)
"""Fields whose values are unique among publications."""

Content = dict[str, object]
"""Values of a draft by the names of `FIELDS`; of related rows lists of unsaved bylines and attachments, and of tags."""


def label_field(name: str) -> str:
    """Return the label of a field of publications in the current language, in lower case but for abbreviations."""
    if name == "bylines":
        return str(Author._meta.verbose_name_plural)
    column = Publication._meta.get_field(name)
    return str(getattr(column, "verbose_name", "") or column.related_model._meta.verbose_name_plural)


def plain_values(manuscript: Manuscript) -> Content:
    """Return the values of a manuscript that refer to no other row."""
    values = {field.name: getattr(manuscript, field.manuscript_key) for field in PLAIN_FIELDS}
    return {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in values.items()}


def set_values(publication: Publication, values: Mapping[str, object]) -> None:
    """Set columns of a draft; nothing is stored."""
    for name, value in values.items():
        setattr(publication, name, value)


def unsaved_publication(manuscript: Manuscript, *, publication: Publication) -> Publication:
    """Return an unsaved copy of a publication with the content of a manuscript of it.

    Authors, images and tags that no longer exist are left out.
    """
    draft = Publication(
        pk=publication.pk,
        uid=publication.uid,
        version=publication.version,
        digest=publication.digest,
        series_number=publication.series_number,
    )
    set_values(draft, plain_values(manuscript))
    draft.kind = Kind.objects.filter(slug=manuscript.kind).first() or publication.kind
    draft.cover = Image.objects.filter(key=manuscript.cover).first() if manuscript.cover else None
    draft.translation_of = _source_publication(manuscript)
    return with_related_rows(
        draft,
        bylines=_bylines(manuscript, draft),
        tags=_tags(manuscript),
        attachments=_attachments(manuscript, publication),
    )


def with_related_rows(
    draft: Publication, *, bylines: Sequence[Byline], tags: Sequence[Tag], attachments: Sequence[Attachment]
) -> Publication:
    """Attach related rows to an unsaved draft as if they had been prefetched."""
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


def content_of(draft: Publication, fields: Iterable[PublicationField] = RESTORED_FIELDS) -> Content:
    """Return the content of a draft, stored or not."""
    return {
        field.name: list(getattr(draft, field.name).all())
        if field.type is FieldType.RELATED_ROWS
        else getattr(draft, field.name)
        for field in fields
    }


def write_draft(publication: Publication, content: Mapping[str, object]) -> None:
    """Write content into a stored draft and its related rows. Other fields stay; no revision is stored."""
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


def _source_publication(manuscript: Manuscript) -> Publication | None:
    return (
        Publication.objects.filter(uid=manuscript.translation_of).first()
        if manuscript.translation_of
        else None
    )


def _bylines(manuscript: Manuscript, draft: Publication) -> list[Byline]:
    authors = find_authors(manuscript)
    roles: dict[Author, str] = {}
    for line in manuscript.bylines:
        if line.author in authors:
            roles.setdefault(authors[line.author], line.role)
    return [
        Byline(publication=draft, author=author, role=role, position=position)
        for position, (author, role) in enumerate(roles.items())
    ]


def find_authors(manuscript: Manuscript) -> dict[str, Author]:
    """Return the authors of a manuscript by the slugs it has; one who was merged into another by the name."""
    slugs = [line.author for line in manuscript.bylines]
    authors = {author.slug: author for author in Author.objects.filter(slug__in=slugs)}
    for line in manuscript.bylines:
        if line.author not in authors and line.name:
            namesakes = Author.objects.not_pseudonymous().with_name(line.name)[:2]
            authors |= {line.author: namesakes[0]} if len(namesakes) == 1 else {}
    return authors


def _tags(manuscript: Manuscript) -> list[Tag]:
    return list(Tag.objects.filter(name__in=manuscript.tags))


def _attachments(manuscript: Manuscript, publication: Publication) -> list[Attachment]:
    """Return the files of a manuscript that the storage still has."""
    stored = {file.digest: file for file in publication.attachments.all()}
    attachments = []
    for position, entry in enumerate(manuscript.attachments):
        if file := stored.get(entry.digest) or _from_storage(entry):
            attachments.append(
                Attachment(
                    publication=publication,
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
    if not original_storage().exists(name):
        return None
    return Attachment(original=name, size=original_storage().size(name))
