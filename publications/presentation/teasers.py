"""Editions and topics in lists."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import get_language, gettext

from publications import markup
from publications.locales import language_label, locale_of
from publications.models import (
    Edition,
    EditionByline,
    Kind,
    Tag,
    TagKind,
    bylines_by_edition,
    updated_publications,
)

from .authors import names_in_teaser
from .images import teaser_image
from .links import NamedLink, public_address, topic_url

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
MAX_INTRODUCTION = 170  # characters


@dataclass(frozen=True)
class Teaser:
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


def reading_time(edition: Edition) -> str:
    """Return how long a text takes, or where it stands where it is not here."""
    if edition.is_link_post:
        return gettext("At %(host)s") % {"host": edition.external_host}
    return gettext("%(minutes)s min read") % {"minutes": edition.reading_minutes}


def build_teaser(
    edition: Edition, *, is_updated: bool = False, bylines: Iterable[EditionByline] | None = None
) -> Teaser:
    """An edition as a list shows it; the language is named where it is not that of the page.

    `is_updated` tells that an update has set the date that it bears; `bylines` are its own, where they are at hand.
    """
    foreign = edition.language != locale_of(get_language() or "en")
    return Teaser(
        kind=edition.kind.get_translation("name"),
        title=edition.title,
        url=edition.get_absolute_url(),
        summary=edition.summary,
        language=edition.language,
        direction=edition.direction,
        language_label=language_label(edition.language) if foreign else "",
        people=names_in_teaser(edition.bylines.all() if bylines is None else bylines),
        published_at=edition.published_at,
        reading_time=reading_time(edition),
        id=edition.publication_id,
        is_updated=is_updated,
    )


def build_lead_teaser(edition: Edition, card: Teaser) -> Teaser:
    """The card of a piece that leads a page: with its cover, where it has one."""
    cover = teaser_image(edition.cover, public_address) if edition.cover else None
    return replace(card, cover=cover)


def build_teasers(editions: Iterable[Edition]) -> list[Teaser]:
    """Editions in a list, with two queries more: who wrote them, and which were updated."""
    shown = list(editions)
    updated, lines = updated_publications(shown), bylines_by_edition(shown)
    return [
        build_teaser(edition, is_updated=edition.publication_id in updated, bylines=lines[edition.pk])
        for edition in shown
    ]


def topics(tags: Iterable[Tag]) -> list[NamedLink]:
    in_order = sorted(tags, key=lambda tag: tag.label.casefold())
    return [NamedLink(label=tag.label, url=topic_url(tag)) for tag in in_order]


@dataclass(frozen=True)
class TopicSummary:
    """A topic, country or series in a list."""

    label: str
    url: str
    pieces: int = 0
    introduction: str = ""

    @property
    def is_introduced(self) -> bool:
        return bool(self.introduction)


@dataclass(frozen=True)
class TeaserGroup:
    """Teasers of one kind under its plural, with a link to all of them and how many they are."""

    label: str
    url: str
    teasers: list[Teaser]
    pieces: int = 0

    @property
    def label_within(self) -> str:
        """Its label within a sentence: names of kinds have capitals in English, not in Swedish."""
        return self.label if get_language() == "en" else f"{self.label[:1].lower()}{self.label[1:]}"


def topic_summaries(tags: Iterable[Tag]) -> list[TopicSummary]:
    """Tags with their counts, by their names as this page spells them."""
    told = [
        TopicSummary(tag.label, topic_url(tag), getattr(tag, "pieces", 0), first_sentences(tag.introduction))
        for tag in tags
    ]
    return sorted(told, key=lambda subject: subject.label.casefold())


def first_sentences(text: str) -> str:
    """As many whole sentences of the first paragraph as a card holds, one at least."""
    first, *others = SENTENCE_END.split(text.partition("\n\n")[0].strip())
    for sentence in others:
        if len(first) + len(sentence) > MAX_INTRODUCTION:
            break
        first = f"{first} {sentence}"
    return first


class TopicsByKind(dict):
    """Topics by their kind; `is_any` says whether there is one of any kind."""

    @property
    def is_any(self) -> bool:
        return any(self.values())

    @property
    def has_topics(self) -> bool:
        """Whether there are themes or countries, which stand under one heading on the home page."""
        return bool(self["theme"] or self["country"])


def topic_summaries_by_kind(tags: Iterable[Tag], most: int | None = None) -> TopicsByKind:
    """Topics, countries and series, each in a list of its own: all of them, or those with most pieces."""
    known = sorted(tags, key=lambda tag: -tag.pieces)
    return TopicsByKind(
        {kind: topic_summaries([tag for tag in known if tag.kind == kind][:most]) for kind in TagKind.values}
    )


def teaser_groups(
    placed: Iterable[tuple[Edition, Teaser]], counts: dict[Kind, int], url_of: Callable[[Kind], str]
) -> list[TeaserGroup]:
    """Group the teasers of editions by kind, in the order of the kinds."""
    rows: dict[int, list[Teaser]] = {}
    for edition, card in placed:
        rows.setdefault(edition.kind_id, []).append(card)
    return [
        TeaserGroup(kind.plural, url_of(kind), rows[kind.pk], pieces)
        for kind, pieces in counts.items()
        if kind.pk in rows
    ]
