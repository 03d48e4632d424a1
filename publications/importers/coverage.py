"""Compare the words of a source with those of its page, to report every word that is lost."""

import html
import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator

from .imported_file import TextCoverage

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # each is a word
WORD = re.compile(rf"[^\W_{IDEOGRAPHS}]+|[{IDEOGRAPHS}]")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
MAX_JOINED_CHARACTERS = 200
"""Longer words of a page are not taken apart."""
MARK_WITHIN_WORD = re.compile(r"[*`\[\\\u00ad\u200b-\u200d\ufeff]")


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case and composed (NFC), without tags and marks within words."""
    without_tags = TAG.sub("", unicodedata.normalize("NFC", html.unescape(text)))
    return WORD.findall(MARK_WITHIN_WORD.sub("", without_tags).casefold())


def compare_plain_text(source: str, page: str) -> TextCoverage:
    """Return the number of words of a plain text, and those that its page does not contain."""
    return compare_words(split_words(source), page)


def compare_words(words: list[str], page: str, *, neighbours: Iterable[str] = ()) -> TextCoverage:
    """Return the number of words, and those that a page does not contain as often as they are given.

    Args:
        words: the words of the source, in lower case.
        page: the text of the page.
        neighbours: further words that may be joined with them in the page; read only if words are missing.
    """
    remaining = Counter(split_words(page))
    missing: list[str] = []
    for word in words:
        if remaining[word] > 0:
            remaining[word] -= 1
        else:
            missing.append(word)
    if not missing:
        return TextCoverage(len(words))
    unmatched = Counter({word: count for word, count in remaining.items() if count > 0})
    return TextCoverage(len(words), tuple(_unmatched_words(missing, unmatched, {*words, *neighbours})))


def _unmatched_words(
    missing: list[str], unmatched: Counter[str], known_words: Container[str]
) -> Iterator[str]:
    """Yield the missing words, except those that the page joins with another word, such as `endThis`, or divides."""
    joined_words = _JoinedWords(frozenset(missing), known_words)
    for word, count in unmatched.items():
        joined_words.add(word, count)
    return (word for word in missing if not joined_words.take(word) and not joined_words.take_parts(word))


class _JoinedWords:
    """Words of a page by the words that they may be, or that they begin or end with, of those that are missing."""

    def __init__(self, missing: Container[str], known_words: Container[str]) -> None:
        self.missing, self.known_words = missing, known_words
        self.counts: Counter[str] = Counter()
        self.remainders: dict[str, deque[tuple[str, str]]] = defaultdict(deque)

    def add(self, joined: str, count: int = 1) -> None:
        """Add a word of the page as often as it is there."""
        self.counts[joined] += count
        if joined in self.missing:
            self.remainders[joined].append((joined, ""))
        for end in range(1, len(joined) if len(joined) <= MAX_JOINED_CHARACTERS else 0):
            first, second = joined[:end], joined[end:]
            if second in self.missing and first in self.known_words:
                self.remainders[second].append((joined, first))
            if first in self.missing and second in self.known_words:
                self.remainders[first].append((joined, second))

    def take(self, word: str) -> bool:
        """Return whether the page has a word within another, of which the remainder is another word from now on."""
        places = self.remainders.get(word, deque())
        while places:
            joined, remainder = places[0]
            if self.counts[joined] > 0:
                self.counts[joined] -= 1
                if remainder:
                    self.add(remainder)
                return True
            places.popleft()
        return False

    def take_parts(self, word: str) -> bool:
        """Return whether the page has a word as several, as where a block begins within it; they are used then."""
        if len(word) > MAX_JOINED_CHARACTERS:
            return False
        parts: Counter[str] = Counter()
        start = 0
        while start < len(word):
            ends = (word[start:end] for end in range(len(word), start, -1))
            part = next((part for part in ends if self.counts.get(part, 0) > parts[part]), "")
            if not part:
                return False
            parts[part] += 1
            start += len(part)
        self.counts -= parts
        return True
