"""Many texts of a usual length, made up but with the ways of real ones: few words are frequent, each topic has words of
its own. The same every time; written straight into the tables, so that twenty thousand take a minute.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from publications.models import (
    Address,
    Author,
    Byline,
    Edition,
    EditionByline,
    EditionRow,
    EditionTag,
    Kind,
    Publication,
    Tag,
    TagKind,
)

LENGTH = 700
COMMON, TOPICAL = 20_000, 300
TOPICS, AUTHORS = 80, 60
WORD = "harvest"
"""Stands in 8 % of the texts."""

STEP = 500
YEARS = 12


class Vocabulary:
    """Words that can be spoken, the first the most frequent; and those of each topic."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        made = dict.fromkeys(self._words(COMMON + TOPICS * TOPICAL))
        made.pop(WORD, None)
        self.all = list(made)
        self.common = self.all[:COMMON]
        self.weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(self.common))))
        self.topical_weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(TOPICAL)))

    def _words(self, count: int) -> Iterator[str]:
        syllables = [a + b + c for a in "bdfgklmnprstv" for b in "aeiou" for c in ("", "n", "r", "s", "l")]
        for _n in range(2 * count):
            yield "".join(self.chance.choices(syllables, k=self.chance.choice((2, 2, 3))))

    def of(self, topic: int) -> list[str]:
        start = COMMON + topic * TOPICAL % (len(self.all) - COMMON - TOPICAL)
        return self.all[start : start + TOPICAL]

    def text(self, topics: list[int]) -> list[str]:
        result = self.chance.choices(self.common, cum_weights=self.weights, k=LENGTH * 2 // 3)
        for topic in topics:
            share = LENGTH // 3 // len(topics)
            result += self.chance.choices(self.of(topic), cum_weights=self.topical_weights, k=share)
        self.chance.shuffle(result)
        return result


def make_texts(count: int) -> None:
    """That many live pieces, without the rows of the index: rebuild makes those."""
    chance = random.Random(20_000)
    vocabulary = Vocabulary(chance)
    kinds = list(Kind.objects.all())
    tags = Tag.objects.bulk_create(
        Tag(name=f"Topic {n}", slug=f"topic-{n}", kind=list(TagKind)[n % 2]) for n in range(TOPICS)
    )
    authors = Author.objects.bulk_create(
        Author(name=f"Author {n}", slug=f"author-{n}") for n in range(AUTHORS)
    )
    for numbers in itertools.batched(range(count), STEP):
        _write(numbers, chance, vocabulary, kinds, tags, authors)


def _write(numbers, chance, vocabulary, kinds, tags, authors) -> None:
    topics = {n: sorted(chance.sample(range(TOPICS), chance.choice((1, 2, 2, 3)))) for n in numbers}
    publications = Publication.objects.bulk_create(
        Publication(
            kind=kinds[n % len(kinds)], title=_title(n, chance, vocabulary, topics[n]), slug=f"text-{n}"
        )
        for n in numbers
    )
    texts = [
        (n, publication, vocabulary.text(topics[n]))
        for n, publication in zip(numbers, publications, strict=True)
    ]
    editions = Edition.objects.bulk_create(_edition(chance, *each) for each in texts)
    Address.objects.bulk_create(
        Address(locale="en", slug=publication.slug, publication=publication) for publication in publications
    )
    signed = {n: chance.sample(authors, chance.choice((1, 1, 2))) for n in numbers}
    EditionTag.objects.bulk_create(
        EditionTag(edition=edition, tag=tags[topic], **_copies(edition))
        for n, edition in zip(numbers, editions, strict=True)
        for topic in topics[n]
    )
    lines = [
        (edition, place, author)
        for n, edition in zip(numbers, editions, strict=True)
        for place, author in enumerate(signed[n])
    ]
    EditionByline.objects.bulk_create(
        EditionByline(edition=edition, author=author, position=place, role="author", name=author.name, **_copies(edition))
        for edition, place, author in lines
    )  # fmt: skip
    Byline.objects.bulk_create(
        Byline(publication_id=each.publication_id, author=by) for each, _n, by in lines
    )


def _title(number: int, chance: random.Random, vocabulary: Vocabulary, topics: list[int]) -> str:
    words = [*chance.sample(vocabulary.of(topics[0]), 3), *chance.sample(vocabulary.common, 3)]
    return f"{' '.join(words).capitalize()} {number}"


def _edition(chance: random.Random, number: int, publication: Publication, words: list[str]) -> Edition:
    if number % 25 < 2:
        words[chance.randrange(len(words))] = WORD
    paragraphs = [" ".join(part).capitalize() + "." for part in itertools.batched(words, 90)]
    text = "\n\n".join(paragraphs)
    at = timezone.now() - timedelta(days=chance.uniform(0, YEARS * 365))
    return Edition(
        publication=publication, family=publication.pk, number=1, kind_id=publication.kind_id, language="en", locale="en",
        title=publication.title, slug=publication.slug, type_line="Commentary", summary=paragraphs[0][:200], published_at=at,
        year=at.year, change="first", visible_from=at, body=text, text=text, words=len(words),
        html="".join(f"<p>{part}</p>" for part in paragraphs),
    )  # fmt: skip


def _copies(edition: Edition) -> dict[str, object]:
    return {name: getattr(edition, name) for name in EditionRow.COPIED}
