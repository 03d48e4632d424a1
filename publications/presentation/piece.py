"""One publication as a page: everything that readers of think tanks expect of it, in their order."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.addresses import absolute
from publications.languages import language_label
from publications.models import Change, Edition, EditionAttachment, EditionWithRows, related_editions

from . import history, parts
from .external_link import external_link
from .related import related_cards
from .ways import author_url, way_to

CHAPTERS, LONG = 3, 1200  # headings and words from which a text has a list of contents
OLD = timedelta(days=365)


def piece_context(
    piece: EditionWithRows, *, address: parts.ImageAddress = parts.public_address
) -> dict[str, object]:
    """The page of a piece as its template wants it; `address` says where pictures are found."""
    return {
        **_of_text(piece, address),
        **_of_people(piece, address),
        **told_of(piece),
        **_beside(piece),
        **_place(piece),
    }


def _of_text(piece: EditionWithRows, address: parts.ImageAddress) -> dict[str, object]:
    """The text, and what opens and closes it."""
    edition = piece.edition
    return {
        "title": edition.title,
        "description": edition.summary,
        "edition": edition,
        "tongue": language_label(edition.language),
        "age": age(edition),
        "cover": parts.picture(edition.cover, address) if edition.cover else None,
        "contents": contents(edition),
        "html": parts.with_permalinks(parts.body_html(edition, piece.images, address), edition.language),
        "external_link": external_link(edition),
        "disclaimer": edition.disclaimer,
    }


def _of_people(piece: EditionWithRows, address: parts.ImageAddress) -> dict[str, object]:
    return {
        "people": parts.people(piece.bylines, author_url),
        "authors": parts.profiles(piece.bylines, author_url, address),
    }


def _beside(piece: EditionWithRows) -> dict[str, object]:
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


def _related(piece: EditionWithRows) -> list[parts.Card]:
    topics = {tag.pk: tag.label for tag in piece.tags}
    people = {line.author_id: line.name for line in piece.bylines if not line.author.pseudonymous}
    return related_cards(related_editions(piece.edition.publication_id), topics, people)


def _place(piece: EditionWithRows) -> dict[str, object]:
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


def told_of(piece: EditionWithRows) -> dict[str, object]:
    """What readers were told of changes up to this edition, and the date that the first of them had."""
    edition = piece.edition
    first = piece.first_published_at
    notes = history.notes_of(piece.history_so_far, first)
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
