"""The parts of pages: people, cards, pictures, files, links to share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from publications import markup
from publications.addresses import absolute
from publications.images import FORMATS, teaser_height, teaser_widths, widths_for
from publications.languages import language_label, tree_of
from publications.models import (
    Author,
    Edition,
    EditionAttachment,
    EditionByline,
    Image,
    Tag,
    bylines_by_edition,
    updated_publications,
)

from .ways import topic_url, way_to

PORTRAIT = 192
SHORT = 4  # letters of a name that has room in the place of its initials: 18F, NATO
MANY = 4  # more names than these are told more briefly

ImageAddress = Callable[[Image, str, str], str]


@dataclass(frozen=True)
class Person:
    """A name in a byline."""

    name: str
    url: str = ""
    title: str = ""
    affiliation: str = ""
    orcid: str = ""


@dataclass(frozen=True)
class Role:
    """Those who share a role on a piece, in their order."""

    role: str
    names: list[Person]

    @property
    def shared_affiliation(self) -> str:
        """Where many are of one house, it is named once, behind them all."""
        affiliations = {person.affiliation for person in self.names}
        return affiliations.pop() if len(self.names) > MANY and len(affiliations) == 1 else ""


@dataclass(frozen=True)
class Profile(Person):
    """An author as About the Author tells of them: biography and portrait as they are now."""

    biography_html: str = ""
    portrait: markup.ResponsiveImage | None = None
    initials: str = ""


@dataclass(frozen=True)
class Card:
    """An edition in a list. One that was searched for has its title and a passage as safe HTML, with words marked."""

    kind: str
    title: str
    url: str
    summary: str
    language: str
    direction: str
    language_label: str
    people: str
    published_at: datetime
    reading_time: str
    id: int = field(default=0)
    is_updated: bool = False
    cover: markup.ResponsiveImage | None = None
    marked_title: str = ""
    passage: str = ""
    why: str = ""


@dataclass(frozen=True)
class Link:
    """Something to follow."""

    label: str
    url: str
    key: str = ""
    name: str = ""
    code: str = ""
    title: str = ""
    size: int = 0
    extension: str = ""


def reading_time(edition: Edition) -> str:
    """Return how long a text takes, or where it stands where it is not here."""
    if edition.is_link_post:
        return gettext("At %(host)s") % {"host": edition.external_host}
    return gettext("%(minutes)s min read") % {"minutes": edition.reading_minutes}


def card(
    edition: Edition, *, is_updated: bool = False, bylines: Iterable[EditionByline] | None = None
) -> Card:
    """An edition as a list shows it; the language is named where it is not that of the page.

    `is_updated` tells that an update has set the date that it bears; `bylines` are its own, where they are at hand.
    """
    foreign = edition.language != tree_of(get_language() or "en")
    return Card(
        kind=edition.kind.worded("name"),
        title=edition.title,
        url=edition.get_absolute_url(),
        summary=edition.summary,
        language=edition.language,
        direction=edition.direction,
        language_label=language_label(edition.language) if foreign else "",
        people=names_on_a_card(edition.bylines.all() if bylines is None else bylines),
        published_at=edition.published_at,
        reading_time=reading_time(edition),
        id=edition.publication_id,
        is_updated=is_updated,
    )


def lead_card(edition: Edition, card: Card) -> Card:
    """The card of a piece that leads a page: with its cover, where it has one."""
    cover = card_picture(edition.cover, public_address) if edition.cover else None
    return replace(card, cover=cover)


def cards(editions: Iterable[Edition]) -> list[Card]:
    """Editions in a list, with two queries more: who wrote them, and which were updated."""
    shown = list(editions)
    updated, lines = updated_publications(shown), bylines_by_edition(shown)
    return [
        card(edition, is_updated=edition.publication_id in updated, bylines=lines[edition.pk])
        for edition in shown
    ]


def names_in_line(bylines: Iterable[EditionByline]) -> str:
    """Authors as one reads them aloud: "A and B, with C". Editors only where nobody else is named."""
    rows = list(bylines)
    authors, others = (_aloud(row for row in rows if row.role == role) for role in ("author", "with"))
    if authors and others:
        return gettext("%(authors)s, with %(others)s") % {"authors": authors, "others": others}
    return authors or others or _aloud(rows)


def names_on_a_card(bylines: Iterable[EditionByline]) -> str:
    """The same, or the first of the authors where a card has no room for more."""
    rows = list(bylines)
    authors = [row for row in rows if row.role == "author"] or rows
    if len(authors) <= MANY:
        return names_in_line(rows)
    return gettext("%(names)s and others") % {"names": ", ".join(row.name for row in authors[: MANY - 1])}


def _aloud(bylines: Iterable[EditionByline]) -> str:
    return get_text_list([row.name for row in bylines], gettext("and"))


def signed(row: EditionByline) -> tuple[str, str, str]:
    """Name, title and affiliation as a piece may tell them: of a pen name, the name alone."""
    return (row.name, "", "") if row.author.pseudonymous else (row.name, row.title, row.affiliation)


def people(bylines: Sequence[EditionByline], url_of: Callable[[Author], str]) -> list[Role]:
    """The bylines by role, each role once, in the order of the piece."""
    roles: dict[str, list[Person]] = {}
    for row in bylines:
        name, title, affiliation = signed(row)
        person = Person(
            name=name,
            url=url_of(row.author),
            title=title,
            affiliation=affiliation,
            orcid=row.author.shown_orcid,
        )
        roles.setdefault(row.role, []).append(person)
    return [Role(role, names) for role, names in roles.items()]


def profiles(
    bylines: Sequence[EditionByline], url_of: Callable[[Author], str], address: ImageAddress
) -> list[Profile]:
    """About the Authors: the name as published, the rest as it is now."""
    return [
        Profile(
            name=row.name,
            url=url_of(row.author),
            title=row.author.worded_only("title") if not row.author.pseudonymous else "",
            affiliation=row.author.worded("affiliation") if not row.author.pseudonymous else "",
            orcid=row.author.shown_orcid,
            biography_html=paragraphs(row.author.biography),
            portrait=portrait(row.author.shown_portrait, address),
            initials=initials_of(row.author),
        )
        for row in bylines
    ]


def initials_of(author: Author) -> str:
    """What stands for an author without a portrait: letters of the name, or the name where it is no longer itself."""
    is_short = len(author.name) <= SHORT and author.name == author.name.upper() and " " not in author.name
    return author.name if is_short else author.initials


def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs, escaped."""
    return format_html_join("", "<p>{}</p>", ((part.strip(),) for part in text.split("\n\n") if part.strip()))


def picture(image: Image, address: ImageAddress) -> markup.ResponsiveImage:
    """A picture of the library in all its widths, at addresses that the caller chooses."""
    return _in_widths(image, address, widths_for(image), "", (image.width, image.height))


def card_picture(image: Image, address: ImageAddress) -> markup.ResponsiveImage:
    """The same cut to the shape of cards, around its focal point."""
    widths = teaser_widths(image)
    return _in_widths(image, address, widths, "c", (widths[-1], teaser_height(widths[-1])))


def _in_widths(
    image: Image, address: ImageAddress, widths: Sequence[int], cut: str, size: tuple[int, int]
) -> markup.ResponsiveImage:
    sources = tuple(
        (
            kind.media_type,
            ", ".join(f"{address(image, f'{width}{cut}', extension)} {width}w" for width in widths),
        )
        for extension, kind in FORMATS.items()
    )
    shown = widths[-1] if len(widths) == 1 else widths[1]
    return markup.ResponsiveImage(
        src=address(image, f"{shown}{cut}", "jpg"),
        width=size[0],
        height=size[1],
        alt=image.alt,
        credit=image.credit,
        sources=sources,
    )


def portrait(image: Image | None, address: ImageAddress) -> markup.ResponsiveImage | None:
    if not image:
        return None
    sources = tuple(
        (kind.media_type, address(image, f"{PORTRAIT}s", extension)) for extension, kind in FORMATS.items()
    )
    return markup.ResponsiveImage(
        src=address(image, f"{PORTRAIT}s", "jpg"), width=PORTRAIT, height=PORTRAIT, alt="", sources=sources
    )


def public_address(image: Image, size: str, extension: str) -> str:
    """Where readers get a picture: unguessable by its key."""
    return reverse("picture", kwargs={"key": image.key, "size": size, "extension": extension})


def body_html(edition: Edition, images: Iterable[Image], address: ImageAddress) -> str:
    """The stored safe HTML with its pictures in place."""
    return markup.insert_images(edition.html, {image.key: picture(image, address) for image in images})


def with_permalinks(html: str, language: str) -> str:
    """The HTML of a text in this language with a link at each paragraph and heading, for its own page."""
    tree = get_language() or ""
    spoken = "" if language == tree else tree
    paragraph, section = gettext("Link to this paragraph"), gettext("Link to this section")
    return markup.insert_permalinks(html, paragraph, section, language=spoken)


def files(attachments: Iterable[EditionAttachment], url_of: Callable[[EditionAttachment], str]) -> list[Link]:
    return [
        Link(label=file.label or file.filename, url=url_of(file), size=file.size, extension=file.extension)
        for file in attachments
    ]


def topics(tags: Iterable[Tag]) -> list[Link]:
    in_order = sorted(tags, key=lambda tag: tag.label.casefold())
    return [Link(label=tag.label, url=topic_url(tag)) for tag in in_order]


SHARES = (
    ("linkedin", "LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    ("bluesky", "Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    ("x", "X", "https://x.com/intent/post?text={title}&url={url}"),
    ("facebook", "Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("mastodon", "Mastodon", "{mastodon}"),
    ("email", _("E-mail"), "mailto:?subject={title}&body={title}%0A%0A{url}"),
)


def shares(edition: Edition) -> list[Link]:
    """Plain links: nothing is asked of another site until a reader follows one."""
    parts = {
        "title": quote(edition.title, safe=""),
        "url": quote(absolute(edition.get_absolute_url()), safe=""),
        "mastodon": way_to("mastodon", slug=edition.slug),
    }
    return [
        Link(key=key, name=str(name), label=str(name), url=address.format(**parts))
        for key, name, address in SHARES
    ]
