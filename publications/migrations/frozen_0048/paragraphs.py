"""Frozen for migration 0048: what it needs of `publications.markup.paragraphs`."""

import re
from base64 import b32encode
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b

from .html_tree import Element
from .links import UniqueIds
from .matching import longest_increasing_subsequence
from .plain_text import inline_text

ANCHOR = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?")
MIN_SIMILARITY = 0.5
MAX_SHIFT = 20  # number of places by which a changed paragraph may have moved within its gap
MAX_COMPARED_WORDS = 100  # of one paragraph
MAX_PAIRS = 50_000  # pairs of paragraphs in one text whose word counts are compared
MAX_COMPARISONS = 2_000  # pairs of paragraphs in one text whose words are compared in order, which is slower


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body; its id (`anchor`) stays the same from edition to edition."""

    anchor: str
    text: str


def assign_paragraph_ids(root: Element, previous: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Give every paragraph of the body its id from the previous edition, or a new one, and return the paragraphs."""
    earlier = list({old.anchor: old for old in previous if ANCHOR.fullmatch(old.anchor)}.values())
    paragraphs = [(element, text) for element in _find_paragraphs(root) if (text := inline_text(element))]
    matches = match_paragraphs([text for _node, text in paragraphs], [old.text for old in earlier])
    anchors = UniqueIds(old.anchor for old in earlier)
    result = []
    for index, (element, text) in enumerate(paragraphs):
        anchor = earlier[matches[index]].anchor if index in matches else anchors.claim(_new_id(text))
        element.attributes = {"id": ""} | element.attributes | {"id": anchor}  # the id comes first
        result.append(Paragraph(anchor, text))
    return tuple(result)


def _find_paragraphs(element: Element) -> Iterator[Element]:
    """Yield the paragraphs of the text and of its quotations."""
    for child in element.children:
        if isinstance(child, Element) and child.tag == "p":
            yield child
        elif isinstance(child, Element) and child.tag == "blockquote":
            yield from _find_paragraphs(child)


def _new_id(text: str) -> str:
    digest = blake2b(text.encode(), digest_size=5).digest()
    return f"p-{b32encode(digest).decode().lower()[:6]}"


def match_paragraphs(texts: Sequence[str], previous_texts: Sequence[str]) -> dict[int, int]:
    """Return the index in `previous_texts` of each paragraph in `texts` that has an earlier version."""
    matches = _match_equal(texts, previous_texts)
    matcher = ParagraphMatcher(texts, previous_texts)
    for new, old in list(_find_gaps(matches, len(texts), len(previous_texts))):
        matches |= matcher.most_similar(new, old)
    return matches


def _match_equal(texts: Sequence[str], previous_texts: Sequence[str]) -> dict[int, int]:
    indexes: dict[str, deque[int]] = defaultdict(deque)
    for index, text in enumerate(previous_texts):
        indexes[text].append(index)
    return {index: indexes[text].popleft() for index, text in enumerate(texts) if indexes.get(text)}


def _find_gaps(
    matches: dict[int, int], new_length: int, old_length: int
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the indexes of unmatched paragraphs, new and old, between matches that kept their order."""
    used = set(matches.values())
    last_new = last_old = -1
    for new, old in [*longest_increasing_subsequence(sorted(matches.items())), (new_length, old_length)]:
        yield (
            [index for index in range(last_new + 1, new) if index not in matches],
            [index for index in range(last_old + 1, old) if index not in used],
        )
        last_new, last_old = new, old


class ParagraphWords:
    """The first words of a paragraph, in order and counted."""

    def __init__(self, text: str) -> None:
        self.order = text.split()[:MAX_COMPARED_WORDS]
        self.counts = Counter(self.order)

    def may_be_similar(self, other: "ParagraphWords") -> bool:
        shared = (self.counts & other.counts).total()
        return 2 * shared >= MIN_SIMILARITY * (len(self.order) + len(other.order))

    def similarity(self, other: "ParagraphWords") -> float:
        """Return the share of words that two paragraphs have in common in the same order, from 0 to 1."""
        return SequenceMatcher(None, self.order, other.order, autojunk=False).ratio()


class ParagraphMatcher:
    """Finds similar paragraphs, within limits for the whole text."""

    def __init__(self, texts: Sequence[str], previous_texts: Sequence[str]) -> None:
        self.texts = texts
        self.previous_texts = previous_texts
        self.remaining_pairs = MAX_PAIRS
        self.remaining_comparisons = MAX_COMPARISONS

    def most_similar(self, new: list[int], old: list[int]) -> dict[int, int]:
        """Return the pairs of one gap, new index to old, the most similar first."""
        matches: dict[int, int] = {}
        used: set[int] = set()
        for _dissimilarity, new_index, other in sorted(self._rate_pairs(new, old)):
            if new_index not in matches and other not in used:
                matches[new_index] = other
                used.add(other)
        return matches

    def _rate_pairs(self, new: list[int], old: list[int]) -> Iterator[tuple[float, int, int]]:
        words = [ParagraphWords(self.texts[index]) for index in new if old]
        others = [ParagraphWords(self.previous_texts[index]) for index in old if new]
        for shift in sorted(range(-MAX_SHIFT, MAX_SHIFT + 1), key=abs):
            for position in range(max(-shift, 0), min(len(words), len(others) - shift)):
                similarity = self._similarity(words[position], others[position + shift])
                if similarity >= MIN_SIMILARITY:
                    yield 1 - similarity, new[position], old[position + shift]

    def _similarity(self, words: ParagraphWords, other: ParagraphWords) -> float:
        self.remaining_pairs -= 1
        if self.remaining_pairs < 0 or not words.may_be_similar(other):
            return 0.0
        self.remaining_comparisons -= 1
        return words.similarity(other) if self.remaining_comparisons >= 0 else 0.0
