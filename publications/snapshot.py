"""Build unsaved editions from drafts: the only place where the text of a publication is rendered."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from publications import markup
from publications.models import (
    NOTICE_COLUMNS,
    Edition,
    EditionAttachment,
    EditionByline,
    EditionWithRows,
    Publication,
    SeriesNumber,
    images_of,
)
from publications.publication_fields import FROZEN_COLUMNS, FieldType, PublicationField

PrerenderedTexts = Mapping[tuple[str, str], markup.RenderedText]
"""Texts that were rendered before the transaction, by language and Markdown."""


def build_snapshot(
    publication: Publication,
    *,
    published_at: datetime | None = None,
    prerendered: PrerenderedTexts | None = None,
    is_first: bool = False,
    replaced: Edition | None = None,
) -> EditionWithRows:
    """Build an unsaved edition with its rows from a draft.

    Args:
        prerendered: texts that were rendered before.
        is_first: whether the publication has no other edition, which saves a query.
        replaced: the scheduled edition that it replaces, which does not count as the previous one.

    Raises:
        markup.Unrenderable: the text cannot be rendered.
    """
    editions = publication.editions.exclude(pk=replaced.pk) if replaced else publication.editions
    previous = None if is_first else editions.in_effect().latest()
    return EditionWithRows(
        edition=_build_edition(
            publication,
            published_at or known_date(publication) or timezone.now(),
            previous,
            prerendered or {},
        ),
        bylines=[
            _build_byline(position, line, publication)
            for position, line in enumerate(publication.bylines_with_authors())
        ],
        tags=list(publication.tags.all()),
        images=images_of(publication),
        attachments=[_build_attachment(file) for file in publication.attachments.all()],
    )


def known_date(publication: Publication) -> datetime | None:
    """Return the date of a draft: as entered, else that of the last edition. None until it is published."""
    if publication.published_at:
        return publication.published_at
    previous = publication.editions.last_public_by(timezone.now())
    return previous.published_at if previous else None


def _build_edition(
    publication: Publication, published_at: datetime, previous: Edition | None, prerendered: PrerenderedTexts
) -> Edition:
    text = _render_text(publication, previous, prerendered)
    number = publication.current_series_number
    return Edition(
        publication=publication,
        translation_group=publication.source_publication.pk,
        locale=publication.locale,
        type_line=_type_line(publication, number, previous),
        year=timezone.localtime(published_at).year,
        digest=publication.digest,
        **{name: getattr(previous, name) for name in NOTICE_COLUMNS if previous},
        **{field.name: _strip_value(field, getattr(publication, field.name)) for field in FROZEN_COLUMNS}
        | {"series_number": number, "slug": publication.proposed_slug(), "published_at": published_at},
        **rendered_columns(text),
    )


def _strip_value(field: PublicationField, value: object) -> object:
    """Return a value without space around a text and without empty lines in a list."""
    if field.type in (FieldType.LINE, FieldType.TEXT):
        return value.strip()
    if field.type is FieldType.LINES:
        return "\n".join(stripped for line in value.splitlines() if (stripped := line.strip()))
    return value


def _type_line(publication: Publication, number: SeriesNumber | None, previous: Edition | None) -> str:
    """Return the line above the title, unchanged from the previous edition if the kind is no longer numbered."""
    is_kept = (
        number and not publication.kind.is_numbered and previous and previous.locale == publication.locale
    )
    if is_kept and previous.series_number_id == number.pk:
        return previous.type_line
    return publication.kind.type_line(publication.locale, number)


def _render_text(
    publication: Publication, previous: Edition | None, prerendered: PrerenderedTexts
) -> markup.RenderedText:
    """Return the rendered text. A prerendered one is used only where no paragraph has an id to keep."""
    carried = carried_paragraphs(previous)
    text = None if carried else prerendered.get((publication.language, publication.body))
    return text or markup.render_markdown(
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


def _build_byline(position: int, line, publication: Publication) -> EditionByline:
    columns = line.author.frozen_columns(publication.language)
    return EditionByline(author=line.author, position=position, role=line.role, **columns)


def _build_attachment(file) -> EditionAttachment:
    return EditionAttachment(
        original=file.original,
        filename=file.filename,
        label=file.label,
        size=file.size,
        position=file.position,
    )
