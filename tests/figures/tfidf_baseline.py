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
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    vectors = make_vectors(texts)
    for index, vector in enumerate(vectors):
        for word, weight in vector.items():
            postings[word].append((index, weight))
    return [_find_nearest_to(index, vector, postings, count) for index, vector in enumerate(vectors)]


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


def _find_nearest_to(
    own: int, vector: dict[str, float], postings: dict[str, list[tuple[int, float]]], count: int
) -> list[int]:
    scores: dict[int, float] = defaultdict(float)
    for word, weight in vector.items():
        for index, other in postings[word]:
            scores[index] += weight * other
    scores.pop(own, None)
    return nlargest(count, scores, key=lambda index: scores[index])
