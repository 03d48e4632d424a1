"""The working copy as an edition would be: the one place where text becomes a page."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from publications import markup
from publications.models import (
    Edition,
    EditionAttachment,
    EditionByline,
    EditionWithRows,
    Publication,
    SeriesNumber,
    images_of,
)
from publications.publication_fields import FROZEN_COLUMNS, FieldType, PublicationField

RenderedAhead = Mapping[tuple[str, str], markup.RenderedText]
"""Texts that were rendered ahead, each by its language and its Markdown to the letter."""


def build_snapshot(
    publication: Publication,
    *,
    published_at: datetime | None = None,
    prepared: RenderedAhead | None = None,
    is_first: bool = False,
    replaced: Edition | None = None,
) -> EditionWithRows:
    """Render the working copy into an edition that is not stored.

    Args:
        prepared: texts that were rendered ahead.
        is_first: whether it has no edition before it.
        replaced: the scheduled edition whose place it takes, which it follows in nothing.

    Raises:
        markup.Unrenderable: the text cannot be rendered.
    """
    editions = publication.editions.exclude(pk=replaced.pk) if replaced else publication.editions
    before = None if is_first else editions.latest_in_effect()
    return EditionWithRows(
        edition=_edition(publication, published_at or _date(publication), before, prepared or {}),
        bylines=[
            _byline(place, line, publication) for place, line in enumerate(publication.bylines_with_authors())
        ],
        tags=list(publication.tags.all()),
        images=images_of(publication),
        attachments=[_attachment(file) for file in publication.attachments.all()],
    )


def _date(publication: Publication) -> datetime:
    """The date a preview shows: as written, else that of the last edition, else today."""
    before = publication.editions.started_before(timezone.now())
    return publication.published_at or (before.published_at if before else timezone.now())


def _edition(
    publication: Publication, published_at: datetime, before: Edition | None, prepared: RenderedAhead
) -> Edition:
    text = _text(publication, before, prepared)
    number = publication.number_of_kind
    return Edition(
        publication=publication,
        translation_group=publication.source_publication.pk,
        locale=publication.locale,
        type_line=_type_line(publication, number, before),
        year=timezone.localtime(published_at).year,
        digest=publication.digest,
        **{field.name: _without_space(field, getattr(publication, field.name)) for field in FROZEN_COLUMNS}
        | {"series_number": number, "slug": publication.proposed_slug(), "published_at": published_at},
        **rendered_columns(text),
    )


def _without_space(field: PublicationField, value: object) -> object:
    """A value of a draft as an edition has it: without space around a text and without empty lines in a list."""
    if field.type in (FieldType.LINE, FieldType.TEXT):
        return value.strip()
    if field.type is FieldType.LINES:
        return "\n".join(stripped for line in value.splitlines() if (stripped := line.strip()))
    return value


def _type_line(publication: Publication, number: SeriesNumber | None, before: Edition | None) -> str:
    """The line above the title; it stays as it was cited where the kind no longer gives numbers."""
    is_kept = number and not publication.kind.is_numbered and before and before.locale == publication.locale
    if is_kept and before.series_number_id == number.pk:
        return before.type_line
    return publication.kind.type_line(publication.locale, number)


def _text(publication: Publication, before: Edition | None, prepared: RenderedAhead) -> markup.RenderedText:
    """The text rendered; one that was rendered ahead serves where no paragraph has an id to keep."""
    carried = carried_paragraphs(before)
    ahead = None if carried else prepared.get((publication.language, publication.body))
    return ahead or markup.render_markdown(
        publication.body, language=publication.language, previous_paragraphs=carried
    )


def rendered_columns(text: markup.RenderedText) -> dict[str, object]:
    """The fields of an edition that are derived from its Markdown."""
    return {
        "html": text.html,
        "plain_text": text.text,
        "word_count": text.words,
        "contents": [[entry.level, entry.text, entry.anchor] for entry in text.contents],
        "paragraphs": [[paragraph.anchor, paragraph.text] for paragraph in text.paragraphs],
    }


def carried_paragraphs(edition: Edition | None) -> list[markup.Paragraph]:
    """The paragraphs of an edition, whose ids the next one takes over."""
    return [markup.Paragraph(anchor, text) for anchor, text in edition.paragraphs] if edition else []


def _byline(place: int, line, publication: Publication) -> EditionByline:
    author = line.author
    hidden = author.is_pseudonymous
    return EditionByline(
        author=author,
        position=place,
        role=line.role,
        name=author.name,
        title="" if hidden else author.get_translation("title", publication.language, fallback=False),
        affiliation="" if hidden else author.get_translation("affiliation", publication.language),
    )


def _attachment(file) -> EditionAttachment:
    return EditionAttachment(
        original=file.original,
        filename=file.filename,
        label=file.label,
        size=file.size,
        position=file.position,
    )
