"""One publication as a page: everything that readers of think tanks expect of it, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import (
    Change,
    Edition,
    EditionAttachment,
    EditionByline,
    End,
    Image,
    Tag,
)

from . import parts
from .ways import author_url

RELATED = 4


@dataclass
class Piece:
    """An edition, stored or not, with all that its page shows."""

    edition: Edition
    bylines: Sequence[EditionByline]
    tags: Sequence[Tag] = ()
    images: Sequence[Image] = ()
    attachments: Sequence[EditionAttachment] = ()
    related: Sequence[Edition] = ()
    translations: Sequence[Edition] = ()
    corrections: Sequence[Edition] = field(default=())


def find(edition: Edition) -> Piece:
    """A stored edition with its rows, in a constant number of queries."""
    return Piece(
        edition=edition,
        bylines=list(edition.bylines.select_related("author__portrait")),
        tags=list(Tag.objects.filter(published__edition=edition)),
        images=list(edition.images.all()),
        attachments=list(edition.attachments.all()),
        related=related_to(edition.publication_id),
        translations=translations_of(edition),
        corrections=corrections_until(edition),
    )


def related_to(publication: int) -> list[Edition]:
    """The live editions of what staff have linked to, in their order."""
    linked = Edition.objects.live().filter(publication__linked_from__source=publication)
    return list(linked.order_by("publication__linked_from__position").for_cards()[:RELATED])


def translations_of(edition: Edition) -> list[Edition]:
    others = Edition.objects.live().filter(family=edition.family).exclude(publication=edition.publication_id)
    shown = others.exclude(language=edition.language).order_by("language")
    return list(shown.only("language", "tree", "slug", "title", "publication_id"))


def corrections_until(edition: Edition) -> list[Edition]:
    """What readers have been told of changes up to this edition, newest first."""
    told = Edition.objects.begun().filter(publication=edition.publication_id, number__lte=edition.number)
    told = told.filter(change=Change.CORRECTION).exclude(end=End.UNDONE).exclude(note="")
    return list(told.order_by("-number").only("visible_from", "note", "number"))


def piece_context(piece: Piece, *, address: parts.ImageAddress = parts.public_address) -> dict[str, object]:
    """The page of a piece as its template wants it; `address` says where pictures are found."""
    edition, list_url = piece.edition, reverse("publications:list")
    return {
        "section": "publications",
        "title": edition.title,
        "description": edition.summary,
        "edition": edition,
        "html": parts.body_html(edition, piece.images, address),
        "people": parts.people(piece.bylines, author_url),
        "authors": parts.profiles(piece.bylines, author_url, address),
        "disclaimer": edition.disclaimer,
        "corrections": [{"on": each.visible_from, "note": each.note} for each in piece.corrections],
        "tags": parts.topics(piece.tags),
        "attachments": parts.files(piece.attachments, lambda file: _file_url(edition, file)),
        "share": parts.shares(edition),
        "share_url": parts.absolute(edition.get_absolute_url()),
        "related": parts.cards(piece.related),
        "translations": [_translation(other) for other in piece.translations],
        "cover": parts.picture(edition.cover, address) if edition.cover else None,
        "contents": [
            {"level": level, "text": text, "anchor": anchor} for level, text, anchor in edition.contents
        ],
        "breadcrumb": [
            {"label": _("Home"), "url": reverse("publications:home")},
            {"label": _("Publications"), "url": list_url},
            {"label": edition.title},
        ],
        "canonical": edition.get_absolute_url(),
        "alternates": {each.language: each.get_absolute_url() for each in (edition, *piece.translations)},
    }


def _translation(edition: Edition) -> parts.Link:
    return parts.Link(
        label=edition.language_name,
        url=edition.get_absolute_url(),
        code=edition.language,
        title=edition.title,
    )


def _file_url(edition: Edition, file: EditionAttachment) -> str:
    parts_of_it = {"slug": edition.slug, "digest": file.digest[:32], "filename": file.filename}
    return reverse("publications:attachment", kwargs=parts_of_it)
