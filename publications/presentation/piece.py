"""One publication as a page: everything that readers of think tanks expect of it, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.addresses import absolute
from publications.models import (
    MOMENT,
    NUMBER,
    TEXT,
    Change,
    Edition,
    EditionAttachment,
    EditionByline,
    Image,
    Prepared,
    Tag,
    first_date,
)

from . import history, parts
from .external_link import external_link
from .related import related_cards, related_to
from .tongues import tongue
from .ways import author_url, way_to

CHAPTERS, LONG = 3, 1200  # headings and words from which a text has a list of contents
OLD = timedelta(days=365)


@dataclass
class Piece:
    """An edition, stored or not, with the rows that tell of it."""

    edition: Edition
    bylines: Sequence[EditionByline]
    tags: Sequence[Tag] = ()
    images: Sequence[Image] = ()
    attachments: Sequence[EditionAttachment] = ()
    translations: Sequence[Edition] = ()
    history: Sequence[Edition] = ()


_bylines = Prepared(
    lambda edition: EditionByline.objects.filter(edition=edition).select_related("author__portrait"),
    edition=NUMBER,
)
_tags = Prepared(lambda edition: Tag.objects.filter(published__edition=edition), edition=NUMBER)
_images = Prepared(lambda edition: Image.objects.filter(editions=edition), edition=NUMBER)
_attachments = Prepared(lambda edition: EditionAttachment.objects.filter(edition=edition), edition=NUMBER)


def find(edition: Edition) -> Piece:
    """A stored edition with its rows, in a constant number of queries."""
    return Piece(
        edition=edition,
        bylines=_bylines(edition=edition.pk),
        tags=_tags(edition=edition.pk),
        images=_images(edition=edition.pk),
        attachments=_attachments(edition=edition.pk),
        translations=translations_of(edition),
        history=history.readable(history.begun_editions(edition.publication_id)),
    )


class Composed(Protocol):
    """An edition that is not stored, with its rows."""

    edition: Edition
    bylines: Sequence[EditionByline]
    tags: Sequence[Tag]
    images: Sequence[Image]
    attachments: Sequence[EditionAttachment]


def unstored(made: Composed) -> Piece:
    """An edition that is not stored, beside what readers would find with it."""
    return Piece(
        edition=made.edition,
        bylines=made.bylines,
        tags=made.tags,
        images=made.images,
        attachments=made.attachments,
        translations=translations_of(made.edition),
    )


def translations_of(edition: Edition) -> list[Edition]:
    of = {"family": edition.family, "publication": edition.publication_id, "language": edition.language}
    return _translations(**of, now=timezone.now())


def _in_other_languages(family: int, publication: int, language: str, now: datetime) -> QuerySet:
    others = Edition.objects.live(now).filter(family=family).exclude(publication=publication)
    shown = others.exclude(language=language).order_by("language")
    return shown.only("language", "tree", "slug", "title", "publication_id")


_translations = Prepared(_in_other_languages, family=NUMBER, publication=NUMBER, language=TEXT, now=MOMENT)


def piece_context(piece: Piece, *, address: parts.ImageAddress = parts.public_address) -> dict[str, object]:
    """The page of a piece as its template wants it; `address` says where pictures are found."""
    return {
        **_of_text(piece, address),
        **_of_people(piece, address),
        **told_of(piece),
        **_beside(piece),
        **_place(piece),
    }


def _of_text(piece: Piece, address: parts.ImageAddress) -> dict[str, object]:
    """The text, and what opens and closes it."""
    edition = piece.edition
    return {
        "title": edition.title,
        "description": edition.summary,
        "edition": edition,
        "tongue": tongue(edition.language),
        "age": age(edition),
        "cover": parts.picture(edition.cover, address) if edition.cover else None,
        "contents": contents(edition),
        "html": parts.with_permalinks(parts.body_html(edition, piece.images, address), edition.language),
        "external_link": external_link(edition),
        "disclaimer": edition.disclaimer,
    }


def _of_people(piece: Piece, address: parts.ImageAddress) -> dict[str, object]:
    return {
        "people": parts.people(piece.bylines, author_url),
        "authors": parts.profiles(piece.bylines, author_url, address),
    }


def _beside(piece: Piece) -> dict[str, object]:
    """The ways on from the text, and what a reader takes along."""
    edition = piece.edition
    return {
        "tags": parts.topics(piece.tags),
        "attachments": parts.files(piece.attachments, lambda file: _file_url(edition, file)),
        "share": parts.shares(edition),
        "share_url": absolute(edition.get_absolute_url()),
        "related": _related(piece),
        "translations": [_translation(other) for other in piece.translations],
    }


def _related(piece: Piece) -> list[parts.Card]:
    topics = {tag.pk: tag.label for tag in piece.tags}
    people = {line.author_id: line.name for line in piece.bylines if not line.author.pseudonymous}
    return related_cards(related_to(piece.edition.publication_id), topics, people)


def _place(piece: Piece) -> dict[str, object]:
    """Where the page stands in the site and beside its translations."""
    edition = piece.edition
    return {
        "section": "publications",
        "breadcrumb": [
            {"label": _("Home"), "url": way_to("home")},
            {"label": _("Publications"), "url": way_to("list")},
            {"label": edition.title},
        ],
        "canonical": edition.get_absolute_url(),
        "alternates": {each.language: each.get_absolute_url() for each in (edition, *piece.translations)},
    }


def told_of(piece: Piece) -> dict[str, object]:
    """What readers were told of changes up to this edition, and the date that the first of them had."""
    edition = piece.edition
    until = [each for each in piece.history if each.number <= edition.number]
    first = first_date(until) or edition.published_at
    notes = history.notes_of(until, first)
    return {
        "notes": notes,
        "latest_notes": list({note.change: note for note in reversed(notes)}.values())[::-1],
        "first_published_at": first
        if any(note.change == Change.UPDATE for note in notes)
        else edition.published_at,
        "editions_url": history.editions_url(edition) if len(piece.history) > 1 else "",
        "number_of_editions": len(piece.history),
    }


def contents(edition: Edition) -> list[dict[str, object]]:
    """The headings of a long text that has several; none where the reader would not need them."""
    chapters = sum(level == 2 for level, _text, _anchor in edition.contents)
    if chapters < CHAPTERS or edition.words <= LONG:
        return []
    return [
        {"level": level, "text": text, "anchor": anchor}
        for level, text, anchor in edition.contents
        if level < 4
    ]


def age(edition: Edition) -> str:
    """A line on a comment on the events of its day that has grown old; reports are not of the day."""
    if edition.kind.numbered or edition.number_of_kind or timezone.now() - edition.published_at < OLD:
        return ""
    day = date_format(timezone.localtime(edition.published_at), "DATE_FORMAT")
    return _("This comment was written on %(day)s and speaks of the situation then.") % {"day": day}


def _translation(edition: Edition) -> parts.Link:
    return parts.Link(
        label=edition.language_name,
        url=edition.get_absolute_url(),
        code=edition.language,
        title=edition.title,
    )


def _file_url(edition: Edition, file: EditionAttachment) -> str:
    parts_of_it = {"slug": edition.slug, "digest": file.digest[:32], "filename": file.filename}
    return way_to("attachment", **parts_of_it)
