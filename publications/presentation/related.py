"""What stands below a piece: what staff have linked to, then what is most like it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from publications.models import RelatedEdition

from . import parts

"""What stands below a piece: what staff have linked to, then what is most like it."""


def related_cards(
    related: Sequence[RelatedEdition], topics: Mapping[int, str], people: Mapping[int, str]
) -> list[parts.Card]:
    """As cards; those that nobody chose say why they stand here, by the topics and people named."""
    cards = parts.cards(each.edition for each in related)
    whys = (each.similarity.in_words(topics, people) if each.similarity else "" for each in related)
    return [replace(card, why=why) for card, why in zip(cards, whys, strict=True)]
