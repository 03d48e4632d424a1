"""Build unsaved editions from drafts: the only place where the text of a publication is rendered."""

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
"""Texts that were rendered ahead, by language and Markdown."""


def build_snapshot(
    publication: Publication,
    *,
    published_at: datetime | None = None,
    prepared: RenderedAhead | None = None,
    is_first: bool = False,
    replaced: Edition | None = None,
) -> EditionWithRows:
    """Build an unsaved edition with its rows from a draft.

    Args:
        prepared: texts that were rendered ahead.
        is_first: whether the publication has no other edition, which saves a query.
        replaced: the scheduled edition that it replaces, which does not count as the previous one.

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
    """Return the date that a preview shows: as entered, else that of the last edition, else now."""
    before = publication.editions.started_before(timezone.now())
    return publication.published_at or (before.published_at if before else timezone.now())


def _edition(
    publication: Publication, published_at: datetime, before: Edition | None, prepared: RenderedAhead
) -> Edition:
    text = _text(publication, before, prepared)
    number = publication.current_series_number
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
    """Return a value without space around a text and without empty lines in a list."""
    if field.type in (FieldType.LINE, FieldType.TEXT):
        return value.strip()
    if field.type is FieldType.LINES:
        return "\n".join(stripped for line in value.splitlines() if (stripped := line.strip()))
    return value


def _type_line(publication: Publication, number: SeriesNumber | None, before: Edition | None) -> str:
    """Return the line above the title, unchanged from the previous edition if the kind is no longer numbered."""
    is_kept = number and not publication.kind.is_numbered and before and before.locale == publication.locale
    if is_kept and before.series_number_id == number.pk:
        return before.type_line
    return publication.kind.type_line(publication.locale, number)


def _text(publication: Publication, before: Edition | None, prepared: RenderedAhead) -> markup.RenderedText:
    """Return the rendered text. One rendered ahead is used only where no paragraph has an id to keep."""
    carried = carried_paragraphs(before)
    ahead = None if carried else prepared.get((publication.language, publication.body))
    return ahead or markup.render_markdown(
        publication.body, language=publication.language, previous_paragraphs=carried
    )


def rendered_columns(text: markup.RenderedText) -> dict[str, object]:
    """Return the columns of an edition that are derived from its Markdown."""
    return {
        "html": text.html,
        "plain_text": text.text,
        "word_count": text.words,
        "contents": [[entry.level, entry.text, entry.anchor] for entry in text.contents],
        "paragraphs": [[paragraph.anchor, paragraph.text] for paragraph in text.paragraphs],
    }


def carried_paragraphs(edition: Edition | None) -> list[markup.Paragraph]:
    """Return the paragraphs of an edition, whose ids the next one keeps."""
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
