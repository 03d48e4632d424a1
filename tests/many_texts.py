"""Many generated texts of usual length, distributed like real ones: few words are frequent, each topic has words of its own.

They are the same every time and are written directly into the tables, so that twenty thousand take a minute.
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
"""This word is in 8 % of the texts."""

STEP = 500
YEARS = 12


class Vocabulary:
    """Made-up words, the most frequent first, and those of each topic."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        words = dict.fromkeys(self._words(COMMON + TOPICS * TOPICAL))
        words.pop(WORD, None)
        self.all = list(words)
        self.common = self.all[:COMMON]
        self.weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(self.common))))
        self.topical_weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(TOPICAL)))

    def _words(self, count: int) -> Iterator[str]:
        syllables = [a + b + c for a in "bdfgklmnprstv" for b in "aeiou" for c in ("", "n", "r", "s", "l")]
        for _n in range(2 * count):
            yield "".join(self.rng.choices(syllables, k=self.rng.choice((2, 2, 3))))

    def of(self, topic: int) -> list[str]:
        start = COMMON + topic * TOPICAL % (len(self.all) - COMMON - TOPICAL)
        return self.all[start : start + TOPICAL]

    def text(self, topics: list[int]) -> list[str]:
        words = self.rng.choices(self.common, cum_weights=self.weights, k=LENGTH * 2 // 3)
        for topic in topics:
            share = LENGTH // 3 // len(topics)
            words += self.rng.choices(self.of(topic), cum_weights=self.topical_weights, k=share)
        self.rng.shuffle(words)
        return words


def make_texts(count: int) -> None:
    """Store `count` live publications without the search index, which `rebuild` makes."""
    rng = random.Random(20_000)
    vocabulary = Vocabulary(rng)
    kinds = list(Kind.objects.all())
    tags = Tag.objects.bulk_create(
        Tag(name=f"Topic {n}", slug=f"topic-{n}", kind=list(TagKind)[n % 2]) for n in range(TOPICS)
    )
    authors = Author.objects.bulk_create(
        Author(name=f"Author {n}", slug=f"author-{n}") for n in range(AUTHORS)
    )
    for numbers in itertools.batched(range(count), STEP):
        _write(numbers, rng, vocabulary, kinds, tags, authors)


def _write(numbers, rng, vocabulary, kinds, tags, authors) -> None:
    topics = {n: sorted(rng.sample(range(TOPICS), rng.choice((1, 2, 2, 3)))) for n in numbers}
    publications = Publication.objects.bulk_create(
        Publication(
            kind=kinds[n % len(kinds)], title=_build_title(n, rng, vocabulary, topics[n]), slug=f"text-{n}"
        )
        for n in numbers
    )
    texts = [
        (n, publication, vocabulary.text(topics[n]))
        for n, publication in zip(numbers, publications, strict=True)
    ]
    editions = Edition.objects.bulk_create(_build_edition(rng, *text) for text in texts)
    Address.objects.bulk_create(
        Address(locale="en", slug=publication.slug, publication=publication) for publication in publications
    )
    authors_of = {n: rng.sample(authors, rng.choice((1, 1, 2))) for n in numbers}
    EditionTag.objects.bulk_create(
        EditionTag(edition=edition, tag=tags[topic], **_copied_columns(edition))
        for n, edition in zip(numbers, editions, strict=True)
        for topic in topics[n]
    )
    bylines = [
        (edition, position, author)
        for n, edition in zip(numbers, editions, strict=True)
        for position, author in enumerate(authors_of[n])
    ]
    EditionByline.objects.bulk_create(
        EditionByline(edition=edition, author=author, position=position, role="author", name=author.name, **_copied_columns(edition))
        for edition, position, author in bylines
    )  # fmt: skip
    Byline.objects.bulk_create(
        Byline(publication_id=edition.publication_id, author=author) for edition, _position, author in bylines
    )


def _build_title(number: int, rng: random.Random, vocabulary: Vocabulary, topics: list[int]) -> str:
    words = [*rng.sample(vocabulary.of(topics[0]), 3), *rng.sample(vocabulary.common, 3)]
    return f"{' '.join(words).capitalize()} {number}"


def _build_edition(rng: random.Random, number: int, publication: Publication, words: list[str]) -> Edition:
    if number % 25 < 2:
        words[rng.randrange(len(words))] = WORD
    paragraphs = [" ".join(part).capitalize() + "." for part in itertools.batched(words, 90)]
    text = "\n\n".join(paragraphs)
    at = timezone.now() - timedelta(days=rng.uniform(0, YEARS * 365))
    return Edition(
        publication=publication, translation_group=publication.pk, number=1, kind_id=publication.kind_id, language="en", locale="en",
        title=publication.title, slug=publication.slug, type_line="Commentary", summary=paragraphs[0][:200], published_at=at,
        year=at.year, change="first", visible_from=at, body=text, plain_text=text, word_count=len(words),
        html="".join(f"<p>{part}</p>" for part in paragraphs),
    )  # fmt: skip


def _copied_columns(edition: Edition) -> dict[str, object]:
    return {name: getattr(edition, name) for name in EditionRow.COPIED_COLUMNS}
