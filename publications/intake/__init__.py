"""Word files become drafts, and later versions are merged with the draft."""

from .word import (
    accept_changes,
    accept_version,
    answer_key,
    discard_version,
    merge_version,
    merge_without_changes,
    offer_version,
    read_word,
    reject_changes,
    take_in_word,
)

__all__ = [
    "accept_changes",
    "accept_version",
    "answer_key",
    "discard_version",
    "merge_version",
    "merge_without_changes",
    "offer_version",
    "read_word",
    "reject_changes",
    "take_in_word",
]
