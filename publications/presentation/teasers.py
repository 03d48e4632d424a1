"""Teasers of editions and summaries of topics, for lists."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext

from publications import markup
from publications.locales import format_day, language_label, locale_of
from publications.models import (
    BylineName,
    Edition,
    Kind,
    Tag,
    TagKind,
    byline_names,
)

from .authors import short_byline_text
from .images import teaser_image
from .links import LabelledLink, public_image_url, topic_url
from .page import is_long_title

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
MAX_INTRODUCTION = 170  # characters


@dataclass(frozen=True)
class Teaser:
    """An edition in a list. Of a search result, title and summary are safe HTML with the words that were found.

    Attributes:
        kind: its label; "" below a heading that names it.
        mark: what readers see before the title of a retracted publication, without its colon; "" for any other.
        published_at: in the time zone of the site; `published_on` is its day in words.
    """

    kind: str
    title: str
    url: str
    summary: str
    language: str
    direction: str
    language_label: str
    byline: str
    published_at: datetime
    published_on: str
    reading_time: str
    id: int
    has_long_title: bool
    is_updated: bool
    cover: markup.ResponsiveImage | None = None
    reason: str = ""
    mark: str = ""


def reading_time(edition: Edition) -> str:
    """Return the reading time of a text, the host of a text on another site, or "" where there is no text."""
    if edition.is_link_post:
        return gettext("At %(host)s") % {"host": edition.external_host}
    if not edition.word_count:
        return ""
    return gettext("%(minutes)s min read") % {"minutes": edition.reading_minutes}


def build_teasers(editions: Iterable[Edition]) -> list[Teaser]:
    """Return the teasers of `teaser_editions`, reading their bylines with one query."""
    editions = list(editions)
    bylines = byline_names(editions)
    return [_build_teaser(edition, bylines[edition.pk]) for edition in editions]


def _build_teaser(edition: Edition, bylines: Iterable[BylineName]) -> Teaser:
    """Return the teaser of an edition; the language is named if it is not that of the page."""
    published_at = timezone.localtime(edition.published_at)
    is_other_language = edition.language != locale_of(get_language() or "en")
    return Teaser(
        kind=edition.kind.get_translation("name"),
        title=edition.title,
        mark=edition.notice.prefix if edition.notice else "",
        url=edition.get_absolute_url(),
        summary=edition.summary,
        language=edition.language,
        direction=edition.direction,
        language_label=language_label(edition.language) if is_other_language else "",
        byline=short_byline_text(bylines),
        published_at=published_at,
        published_on=format_day(published_at),
        reading_time=reading_time(edition),
        id=edition.publication_id,
        has_long_title=is_long_title(edition.marked_title),
        is_updated=edition.is_updated,
    )


def build_lead_teaser(edition: Edition, teaser: Teaser) -> Teaser:
    """Return the teaser of the edition that leads a page, with its cover if it has one."""
    cover = teaser_image(edition.cover, public_image_url) if edition.cover else None
    return replace(teaser, cover=cover)


def topic_links(tags: Iterable[Tag]) -> list[LabelledLink]:
    """Return links to the pages of tags, by label."""
    by_label = sorted(tags, key=lambda tag: tag.label.casefold())
    return [LabelledLink(label=tag.label, url=topic_url(tag)) for tag in by_label]


@dataclass(frozen=True)
class TopicSummary:
    """A topic, country or series in a list."""

    label: str
    url: str
    publication_count: int = 0
    introduction: str = ""

    @property
    def is_introduced(self) -> bool:
        return bool(self.introduction)


@dataclass(frozen=True)
class TeaserGroup:
    """Teasers of one kind under its plural, with the link to all publications of the kind and their number."""

    label: str
    url: str
    teasers: list[Teaser]
    publication_count: int = 0

    @property
    def inline_label(self) -> str:
        """The label within a sentence: names of kinds are capitalized in English, not in Swedish."""
        return self.label if get_language() == "en" else f"{self.label[:1].lower()}{self.label[1:]}"


def topic_summaries(tags: Iterable[Tag]) -> list[TopicSummary]:
    """Return tags with their counts, sorted by label."""
    summaries = [
        TopicSummary(
            tag.label, topic_url(tag), getattr(tag, "edition_count", 0), first_sentences(tag.introduction)
        )
        for tag in tags
    ]
    return sorted(summaries, key=lambda summary: summary.label.casefold())


def first_sentences(text: str) -> str:
    """Return the sentences of the first paragraph that fit in `MAX_INTRODUCTION` characters, at least one."""
    first, *others = SENTENCE_END.split(text.partition("\n\n")[0].strip())
    for sentence in others:
        if len(first) + len(sentence) > MAX_INTRODUCTION:
            break
        first = f"{first} {sentence}"
    return first


class TopicsByKind(dict):
    """Lists of topic summaries by kind of tag."""

    @property
    def has_any(self) -> bool:
        return any(self.values())

    @property
    def has_topics(self) -> bool:
        """Whether there are themes or countries, which share a heading on the home page."""
        return bool(self["theme"] or self["country"])


def topic_summaries_by_kind(tags: Iterable[Tag], limit: int | None = None) -> TopicsByKind:
    """Return topics, countries and series in a list each: all of them, or the `limit` with most publications."""
    by_count = sorted(tags, key=lambda tag: -tag.edition_count)
    return TopicsByKind(
        {
            kind: topic_summaries([tag for tag in by_count if tag.kind == kind][:limit])
            for kind in TagKind.values
        }
    )


def teaser_groups(
    editions: Iterable[tuple[Edition, Teaser]], counts: dict[Kind, int], url_of: Callable[[Kind], str]
) -> list[TeaserGroup]:
    """Group the teasers of editions by kind, in the order of `counts`.

    Args:
        editions: editions with their teasers.
        counts: how many publications there are of each kind.
        url_of: returns the URL of the list of a kind.
    """
    teasers: dict[int, list[Teaser]] = {}
    for edition, teaser in editions:
        teasers.setdefault(edition.kind_id, []).append(replace(teaser, kind=""))
    return [
        TeaserGroup(kind.plural, url_of(kind), teasers[kind.pk], count)
        for kind, count in counts.items()
        if kind.pk in teasers
    ]
