"""Texts that read as another language: English or Swedish by the frequency of common words, others by their script."""

import re
import unicodedata
from collections import Counter

from publications.locales import LANGUAGE_NAMES

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
SIMILAR = {"sv": frozenset({"da", "no"})}
"""Languages that have many of the common words of another one."""
SHARED_WORDS = frozenset({"for", "in", "is", "of", "to", "was"})
"""Common words that are words of other languages too, such as Dutch, German, Danish and Polish."""
MIN_DISTINCT_WORDS, MIN_WORD_SHARE = 4, 0.05
"""How many of the other common words a text has that reads as another language, and their share of its words: names and
titles in that language have fewer."""
MIN_COMMON_WORDS = 40
MIN_WORD_RATIO = 3
MIN_SCRIPT_SHARE = 0.4
"""Of all letters: quotations in another script are fewer."""
MIN_SCRIPT_LETTERS = 200
MIXED_SCRIPTS = frozenset({"zh", "ja"})
WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str) -> str:
    """Return English or Swedish if the frequency of common words is conclusive, otherwise an empty string."""
    word_counts = Counter(WORD.findall(text.casefold()))
    counts = {code: sum(word_counts[word] for word in common) for code, common in COMMON_WORDS.items()}
    (language, highest), (_other, lowest) = sorted(counts.items(), key=lambda count: -count[1])
    required = min(MIN_COMMON_WORDS, max(3, len(word_counts) // 10))
    return language if highest >= required and highest >= MIN_WORD_RATIO * lowest else ""


def detect_other_language(text: str, language: str) -> str:
    """Return English or Swedish if a text reads as that and as no text in its own language, otherwise ""."""
    detected = detect_language(text)
    if not detected or detected == language or language in SIMILAR.get(detected, ()):
        return ""
    words, own_words = WORD.findall(text.casefold()), COMMON_WORDS[detected] - SHARED_WORDS
    own = [word for word in words if word in own_words]
    is_conclusive = len({*own}) >= MIN_DISTINCT_WORDS and len(own) >= MIN_WORD_SHARE * len(words)
    return detected if is_conclusive else ""


def find_other_script(text: str, language: str) -> str:
    """Return the first word in another script than that of a language, if much of its text is in it, otherwise ""."""
    if language in MIXED_SCRIPTS:
        return ""
    letters = Counter(letter for letter in text if letter.isalpha())
    counts: Counter[str] = Counter()
    for letter, count in letters.items():
        counts[_script_of(letter)] += count
    own = _script_of(LANGUAGE_NAMES[language][0])
    script, count = max(
        ((script, count) for script, count in counts.items() if script != own),
        default=("", 0),
        key=lambda item: item[1],
    )
    if count < max(MIN_SCRIPT_LETTERS, MIN_SCRIPT_SHARE * counts.total()):
        return ""
    return next((word for word in WORD.findall(text) if script in map(_script_of, word)), "")


def _script_of(letter: str) -> str:
    """Return the script in the Unicode name of a letter, such as GREEK."""
    return unicodedata.name(letter, "").partition(" ")[0]
