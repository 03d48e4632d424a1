"""The words by which categories, addresses and classes of old sites name a kind of publication."""

import re

KIND_WORDS = {
    "quick-comment": ("quick-comment", "quick-comments", "snabbkommentar", "snabbkommentarer"),
    "report": (
        "report", "reports", "rapport", "rapporter", "study", "studies", "studie", "studier", "paper", "papers",
        "policy-brief", "policy-briefs",
    ),
    "commentary": (
        "comment", "commentary", "commentaries", "kommentar", "kommentarer", "analysis", "analyses", "analys",
        "analyser", "opinion",
    ),
}  # fmt: skip
"""The words by the slug of one of the first kinds of a site; of two that are in a text the first kind counts."""
MIN_PART_LETTERS = 6
"""Shorter words are no part of longer ones: “newspaper” names no kind, “policyrapport” does."""


def kind_of_word(word: str) -> str:
    """Return the kind that a word names, or ""."""
    return next((kind for kind, words in KIND_WORDS.items() if word.casefold() in words), "")


def find_kind(text: str) -> str:
    """Return the kind that a word in a text names, also as a part of a longer word, or ""."""
    folded = text.casefold()
    return next((kind for kind, words in KIND_WORDS.items() if any(_has(folded, word) for word in words)), "")


def _has(text: str, word: str) -> bool:
    return word in text and (len(word) >= MIN_PART_LETTERS or bool(re.search(rf"\b{word}\b", text)))
