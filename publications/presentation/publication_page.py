"""One publication, in the order that readers of think tanks expect; and a page of the site itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.locales import absolute_url, language_label, localized_path
from publications.models import (
    Change,
    Edition,
    EditionAttachment,
    EditionWithRows,
    RelatedEdition,
    SitePage,
    related_editions,
)

from ..locales import current_locale
from .authors import author_profiles, byline_people
from .history import notes_of
from .images import ImageAddress, body_html, responsive_image, with_permalinks
from .links import (
    NamedLink,
    attachment_url,
    author_url,
    editions_url,
    external_link,
    localized_url,
    public_address,
    share_links,
)
from .page import breadcrumb
from .teasers import Teaser, build_teasers, topics

MIN_CHAPTERS, MIN_WORDS = 3, 1200  # headings and words from which a text has a list of contents
AGE_NOTICE_AFTER = timedelta(days=365)
"""What stands below a piece: what staff have linked to, then what is most like it."""


def publication_context(
    piece: EditionWithRows, *, address: ImageAddress = public_address
) -> dict[str, object]:
    """The page of a piece as its template wants it; `address` says where pictures are found."""
    return {
        **_of_text(piece, address),
        **_of_people(piece, address),
        **change_notes_of(piece),
        **_further_context(piece),
        **_place(piece),
    }


def _of_text(piece: EditionWithRows, address: ImageAddress) -> dict[str, object]:
    """The text, and what opens and closes it."""
    edition = piece.edition
    return {
        "title": edition.title,
        "description": edition.summary,
        "edition": edition,
        "tongue": language_label(edition.language),
        "age": age(edition),
        "cover": responsive_image(edition.cover, address) if edition.cover else None,
        "contents": contents(edition),
        "html": with_permalinks(body_html(edition, piece.images, address), edition.language),
        "external_link": external_link(edition),
        "disclaimer": edition.disclaimer,
    }


def _of_people(piece: EditionWithRows, address: ImageAddress) -> dict[str, object]:
    return {
        "people": byline_people(piece.bylines, author_url),
        "authors": author_profiles(piece.bylines, author_url, address),
    }


def _further_context(piece: EditionWithRows) -> dict[str, object]:
    """The ways on from the text, and what a reader takes along."""
    edition = piece.edition
    return {
        "tags": topics(piece.tags),
        "attachments": files(piece.attachments, lambda file: attachment_url(edition, file)),
        "has_downloads": bool(piece.attachments),
        "share": share_links(edition),
        "share_url": absolute_url(edition.get_absolute_url()),
        "related": _related(piece),
        "translations": [_translation(other) for other in piece.translations],
    }


def _related(piece: EditionWithRows) -> list[Teaser]:
    topics = {tag.pk: tag.label for tag in piece.tags}
    people = {line.author_id: line.name for line in piece.bylines if not line.author.is_pseudonymous}
    return related_teasers(related_editions(piece.edition.publication_id), topics, people)


def _place(piece: EditionWithRows) -> dict[str, object]:
    """Where the page stands in the site and beside its translations."""
    edition = piece.edition
    return {
        "section": "publications",
        "breadcrumb": [
            {"label": _("Home"), "url": localized_url("home")},
            {"label": _("Publications"), "url": localized_url("list")},
            {"label": edition.title},
        ],
        "canonical": edition.get_absolute_url(),
        "alternates": {each.language: each.get_absolute_url() for each in (edition, *piece.translations)},
    }


def change_notes_of(piece: EditionWithRows) -> dict[str, object]:
    """What readers were told of changes up to this edition, and the date that the first of them had."""
    edition = piece.edition
    first = piece.first_published_at
    notes = notes_of(piece.history_so_far, first)
    return {
        "notes": notes,
        "latest_notes": list({note.change: note for note in reversed(notes)}.values())[::-1],
        "first_published_at": first
        if any(note.change == Change.UPDATE for note in notes)
        else edition.published_at,
        "editions_url": editions_url(edition) if len(piece.history) > 1 else "",
        "shows_notes": bool(notes) or len(piece.history) > 1,
    }


def contents(edition: Edition) -> list[dict[str, object]]:
    """The headings of a long text that has several; none where the reader would not need them."""
    chapters = sum(level == 2 for level, _text, _anchor in edition.contents)
    if chapters < MIN_CHAPTERS or edition.word_count <= MIN_WORDS:
        return []
    return [
        {"level": level, "text": text, "anchor": anchor}
        for level, text, anchor in edition.contents
        if level < 4
    ]


def age(edition: Edition) -> str:
    """A line on a comment on the events of its day that has grown old; reports are not of the day."""
    if (
        edition.kind.is_numbered
        or edition.number_of_kind
        or timezone.now() - edition.published_at < AGE_NOTICE_AFTER
    ):
        return ""
    day = date_format(timezone.localtime(edition.published_at), "DATE_FORMAT")
    return _("This comment was written on %(day)s and speaks of the situation then.") % {"day": day}


def _translation(edition: Edition) -> NamedLink:
    return NamedLink(
        label=edition.language_name,
        url=edition.get_absolute_url(),
        code=edition.language,
        title=edition.title,
    )


def files(
    attachments: Iterable[EditionAttachment], url_of: Callable[[EditionAttachment], str]
) -> list[NamedLink]:
    return [
        NamedLink(
            label=file.label or file.filename, url=url_of(file), size=file.size, extension=file.extension
        )
        for file in attachments
    ]


def related_teasers(
    related: Sequence[RelatedEdition], topics: Mapping[int, str], people: Mapping[int, str]
) -> list[Teaser]:
    """As cards; those that nobody chose say why they stand here, by the topics and people named."""
    cards = build_teasers(each.edition for each in related)
    whys = (each.similarity.explain(topics, people) if each.similarity else "" for each in related)
    return [replace(card, why=why) for card, why in zip(cards, whys, strict=True)]


def site_page_context(found: SitePage) -> dict[str, object]:
    """What page.html shows of it in the language of the tree. The HTML was made safe when it was stored."""
    locale = current_locale()
    title = getattr(found, f"title_{locale}")
    summary = getattr(found, f"summary_{locale}")
    return {
        "title": title,
        "description": summary,
        "summary": summary,
        "html": getattr(found, f"html_{locale}"),
        "changed_at": found.changed_at,
        "breadcrumb": breadcrumb(title),
        "alternates": {code: address_of(found, code) for code in found.locales},
    }


def address_of(found: SitePage, locale: str) -> str:
    """Its path in a tree that it has a text for."""
    return localized_path(locale, "publications:site-page", slug=getattr(found, f"slug_{locale}"))
