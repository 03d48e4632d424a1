"""The language of a text, English or Swedish, by the frequency of common words."""

import re
from collections import Counter

COMMON_WORDS = {
    "en": {
        "the",
        "and",
        "of",
        "to",
        "in",
        "that",
        "is",
        "for",
        "with",
        "was",
        "this",
        "from",
        "which",
        "have",
        "been",
    },
    "sv": {
        "och",
        "att",
        "det",
        "som",
        "är",
        "för",
        "inte",
        "på",
        "av",
        "den",
        "till",
        "med",
        "ett",
        "men",
        "från",
    },
}
MIN_COMMON_WORDS = 40
MIN_WORD_RATIO = 3
WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str) -> str:
    """Return English or Swedish if the frequency of common words is conclusive, otherwise an empty string."""
    word_counts = Counter(WORD.findall(text.casefold()))
    counts = {code: sum(word_counts[word] for word in common) for code, common in COMMON_WORDS.items()}
    (language, highest), (_other, lowest) = sorted(counts.items(), key=lambda count: -count[1])
    required = min(MIN_COMMON_WORDS, max(3, len(word_counts) // 10))
    return language if highest >= required and highest >= MIN_WORD_RATIO * lowest else ""
