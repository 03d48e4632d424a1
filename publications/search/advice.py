"""Advice for a query that finds nothing: the nearest spelling, and which of its words find something alone.

Nothing is offered but what a live edition holds at this moment: a candidate comes from the words of the index, but
only a search that finds something with it makes it an offer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from publications.models import Edition, Word

from . import words
from .asking import Part, Query, understood
from .excerpts import Marker
from .expressions import Term
from .finding import MOST, Found, find
from .nearness import distance, edits
from .wording import Wording

MOST_PARTS = 6
MOST_TRIED = 6
MOST_RESPELLED = 4
SHORTEST = 3
LONG = 6  # letters from which a word may be two letters off
LONGEST = 24
MOST_COMPARED = 400


@dataclass(frozen=True)
class Advice:
    """`instead` is the query with other spellings; `alone` are its parts that find something, and how much."""

    instead: str = ""
    alone: tuple[tuple[str, Found], ...] = ()


def advise(query: Query, *, tree: str) -> Advice:
    """What to ask for instead, in all of the site. Raises Busy."""
    parts = query.parts[:MOST_PARTS]
    each = [(part, find(_only(query, part), tree=tree, counted=False, most=MOST + 1)) for part in parts]
    missed = [part for part, found in each if not found.total]
    instead = _respelled(query, missed, tree) if missed else ""
    alone = tuple((written(part), found) for part, found in each if found.total)
    return Advice(instead, alone if len(parts) > 1 else ())


def written(part: Part) -> str:
    """As a reader would type it."""
    text = " ".join(part.words)
    return f'"{text}"' if part.is_phrase or part.is_quoted else text


def _only(query: Query, part: Part) -> Query:
    half_typed = part == query.parts[-1] and query.half_typed
    return Query(part.words[-1] if half_typed else written(part), (part,))


def _respelled(query: Query, missed: list[Part], tree: str) -> str:
    """The query with every word that is nowhere spelled as one that is; empty where that finds nothing."""
    text = query.text
    missed_words = dict.fromkeys(word for part in missed for word in part.words)
    for word in islice(missed_words, MOST_RESPELLED):
        if spelling := _nearest(word, tree):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _found, new=spelling: new, text)
    return (
        text if text != query.text and find(understood(text), tree=tree, counted=False, most=1).total else ""
    )


def _nearest(word: str, tree: str) -> str:
    """The nearest word that a live edition holds, as it is written there; empty where none is near."""
    if _found(Part((word,)), tree).total:
        return ""
    for term in _candidates(word):
        found = _found(Part((term,)), tree)
        if found.total and (spelling := _as_written(term, found.editions[0])):
            return spelling
    return ""


def _found(part: Part, tree: str) -> Found:
    return find(Query("", (replace(part, is_quoted=True),)), tree=tree, counted=False, most=1)


def _candidates(word: str) -> Iterator[str]:
    """Terms of the index near the word, the nearest and most usual first."""
    readings = [reading for reading in words.readings(word) if SHORTEST <= len(reading) <= LONGEST]
    near: dict[str, tuple[int, int]] = {}
    for reading in readings:
        for known in _near(reading):
            apart = distance(reading, known.term)
            if apart <= (2 if len(reading) >= LONG else 1):
                near[known.term] = min(near.get(known.term, (9, 0)), (apart, -known.pieces))
    yield from sorted(near, key=near.__getitem__)[:MOST_TRIED]


def _near(term: str) -> Iterable[Word]:
    yield from Word.objects.filter(term__in=edits(term))
    if len(term) >= LONG:
        alike = Word.objects.filter(opening=term[: Word.OPENING]).order_by("-pieces", "term")
        yield from alike[:MOST_COMPARED]


def _as_written(term: str, edition: int) -> str:
    """The word in the letters of the edition; not with a capital where it also stands without."""
    found = Edition.objects.live().filter(pk=edition).first()
    if not found:
        return ""
    marker = Marker(Wording((Term(term),)))
    bylines = (line.name for line in found.bylines.all())
    texts = (found.title, found.summary, found.key_points, found.text, *bylines)
    there = [text[start:end] for text in texts for start, end, _part in marker.places(text, found.language)]
    return min(there, key=lambda word: not word.islower(), default="")
