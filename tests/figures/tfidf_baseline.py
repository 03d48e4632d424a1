"""Plain TF-IDF with cosine similarity, as scikit-learn's TfidfVectorizer computes it: what similarity is compared with."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import nlargest
from math import log, sqrt

from publications.search.terms import STOP_WORDS

WORD = re.compile(r"\b\w\w+\b")


def find_nearest(texts: Sequence[str], count: int) -> list[list[int]]:
    """Return the indexes of the most similar texts of each, the nearest first."""
    scores = _score_pairs(make_vectors(texts))
    return [_highest(row, own, count) for own, row in enumerate(scores)]


def _score_pairs(vectors: Sequence[dict[str, float]]) -> list[list[float]]:
    """Return the cosine similarity of each text to each; that to itself is 0."""
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for index, vector in enumerate(vectors):
        for word, weight in vector.items():
            postings[word].append((index, weight))
    scores = [[0.0] * len(vectors) for _vector in vectors]
    for entries in postings.values():
        for place, (index, weight) in enumerate(entries, start=1):
            row = scores[index]
            for later, other in entries[place:]:
                row[later] += weight * other
    for index, row in enumerate(scores):
        row[:index] = [scores[earlier][index] for earlier in range(index)]
    return scores


def _highest(row: Sequence[float], own: int, count: int) -> list[int]:
    """Return the indexes of the texts with the highest scores, of those that share a word."""
    others = (index for index, score in enumerate(row) if score and index != own)
    return nlargest(count, others, key=row.__getitem__)


def make_vectors(texts: Sequence[str]) -> list[dict[str, float]]:
    """Return the words of each text with their weights; stop words are left out, idf is smoothed, each length is 1."""
    counted = [
        Counter(word for word in WORD.findall(text.lower()) if word not in STOP_WORDS) for text in texts
    ]
    document_counts = Counter(word for words in counted for word in words)
    rarity = {word: log((1 + len(texts)) / (1 + count)) + 1 for word, count in document_counts.items()}
    return [_normalize({word: times * rarity[word] for word, times in words.items()}) for words in counted]


def _normalize(vector: dict[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in vector.values())) or 1
    return {word: weight / length for word, weight in vector.items()}
