"""Working copies that are not stored: what a manuscript says, or what is being typed, beside its publication."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from django.db.models import Model, QuerySet

from publications.manuscript import Manuscript
from publications.models import Attachment, Author, Byline, Image, Kind, Publication, Tag, originals

PLAIN = tuple(each.name for each in fields(Manuscript))


def sketch(text: Manuscript, of: Publication) -> Publication:
    """The publication as a manuscript of it has it. What is no longer known (an author, a picture) is left out."""
    piece = Publication(
        pk=of.pk, uid=of.uid, version=of.version, digest=of.digest, series_number=of.series_number
    )
    own = {field.name for field in Publication._meta.concrete_fields if not field.is_relation}
    for name in own.intersection(PLAIN) - {"uid"}:
        setattr(piece, name, getattr(text, name))
    piece.key_points = "\n".join(text.key_points)
    piece.kind = Kind.objects.filter(slug=text.kind).first() or of.kind
    piece.cover = Image.objects.filter(key=text.cover).first() if text.cover else None
    piece.translation_of = _original(text)
    return with_rows(piece, bylines=_bylines(text, piece), tags=_tags(text), attachments=_files(text, of))


def with_rows(
    piece: Publication, *, bylines: Sequence[Byline], tags: Sequence[Tag], attachments: Sequence[Attachment]
) -> Publication:
    """Let a working copy that is not stored have these rows beside it, as if they had been asked for."""
    piece._state.adding = False
    given = {"bylines": (Byline, bylines), "tags": (Tag, tags), "attachments": (Attachment, attachments)}
    piece._prefetched_objects_cache = {name: _given(model, rows) for name, (model, rows) in given.items()}
    return piece


def _given(model: type[Model], rows: Iterable[Model]) -> QuerySet:
    """A selection that asks nothing of the database: its rows are these."""
    given = model._default_manager.all()
    given._result_cache, given._prefetch_done = list(rows), True
    return given


def _original(text: Manuscript) -> Publication | None:
    return Publication.objects.filter(uid=text.translation_of).first() if text.translation_of else None


def _bylines(text: Manuscript, piece: Publication) -> list[Byline]:
    known = {
        author.slug: author
        for author in Author.objects.filter(slug__in=[line.author for line in text.bylines])
    }
    return [
        Byline(publication=piece, author=known[line.author], role=line.role, position=place)
        for place, line in enumerate(text.bylines)
        if line.author in known
    ]


def _tags(text: Manuscript) -> list[Tag]:
    return list(Tag.objects.filter(name__in=text.tags))


def _files(text: Manuscript, of: Publication) -> list[Attachment]:
    """Its files as far as the store still has them."""
    stored = {file.digest: file for file in of.attachments.all()}
    found = []
    for place, each in enumerate(text.attachments):
        file = stored.get(each.digest) or _from_store(each)
        if file:
            found.append(Attachment(publication=of, original=file.original, filename=each.file, label=each.label,
                                    size=file.size, position=place))  # fmt: skip
    return found


def _from_store(each) -> Attachment | None:
    name = f"{each.digest[:2]}/{each.digest}.{each.file.rpartition('.')[2].lower()}"
    if not originals().exists(name):
        return None
    return Attachment(original=name, size=originals().size(name))
