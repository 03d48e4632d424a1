"""Topics and people as lists tell of them: a name, a way there, and how much there is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from publications import markup
from publications.models import Author, Edition, Kind, Tag, TagKind

from . import parts
from .ways import author_url, topic_url

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
CARD_HOLDS = 170  # characters


@dataclass(frozen=True)
class Subject:
    """A topic, country or series in a list."""

    label: str
    url: str
    pieces: int = 0
    introduction: str = ""

    @property
    def is_introduced(self) -> bool:
        return bool(self.introduction)


@dataclass(frozen=True)
class Writer:
    """An author in a list of people."""

    name: str
    url: str
    title: str = ""
    affiliation: str = ""
    pieces: int = 0
    portrait: markup.ResponsiveImage | None = None
    initials: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Shelf:
    """Cards of one kind under its plural, with the way to all of them and how many they are."""

    label: str
    url: str
    cards: list[parts.Card]
    pieces: int = 0

    @property
    def label_within(self) -> str:
        """Its label within a sentence: names of kinds have capitals in English, not in Swedish."""
        return self.label if get_language() == "en" else f"{self.label[:1].lower()}{self.label[1:]}"


def subjects(tags: Iterable[Tag]) -> list[Subject]:
    """Tags with their counts, by their names as this page spells them."""
    told = [
        Subject(tag.label, topic_url(tag), getattr(tag, "pieces", 0), first_sentences(tag.introduction))
        for tag in tags
    ]
    return sorted(told, key=lambda subject: subject.label.casefold())


def first_sentences(text: str) -> str:
    """As many whole sentences of the first paragraph as a card holds, one at least."""
    first, *others = SENTENCE_END.split(text.partition("\n\n")[0].strip())
    for sentence in others:
        if len(first) + len(sentence) > CARD_HOLDS:
            break
        first = f"{first} {sentence}"
    return first


def subjects_by_kind(tags: Iterable[Tag], most: int | None = None) -> dict[str, list[Subject]]:
    """Topics, countries and series, each in a list of its own: all of them, or those with most pieces."""
    known = sorted(tags, key=lambda tag: -tag.pieces)
    return {kind: subjects([tag for tag in known if tag.kind == kind][:most]) for kind in TagKind.values}


def writers(authors: Iterable[Author], address: parts.ImageAddress = parts.public_address) -> list[Writer]:
    return [
        Writer(
            name=author.name,
            url=author_url(author),
            title=author.worded_only("title"),
            affiliation=author.worded("affiliation") if author.guest else "",  # the rest are of this house
            pieces=getattr(author, "pieces", 0),
            portrait=parts.portrait(author.shown_portrait, address),
            initials=parts.initials_of(author),
        )
        for author in authors
    ]


def shelves(
    placed: Iterable[tuple[Edition, parts.Card]], counts: dict[Kind, int], url_of: Callable[[Kind], str]
) -> list[Shelf]:
    """The cards of editions under the plural of their kind, in the order of the kinds."""
    rows: dict[int, list[parts.Card]] = {}
    for edition, card in placed:
        rows.setdefault(edition.kind_id, []).append(card)
    return [
        Shelf(kind.plural, url_of(kind), rows[kind.pk], pieces)
        for kind, pieces in counts.items()
        if kind.pk in rows
    ]
