"""Intake: a manuscript becomes, or updates, a working copy. Nothing public changes here.

Authors, tags, pictures and files are found or made; whatever was made, guessed or dropped is told. For many
manuscripts in a row a `Register` remembers who and what is there, and `Standing` says what the desk has done
with a piece since it was last taken in. `word` takes in Word files, and merges later ones with the draft.
"""

from .files import Bundle
from .naming import Named, who
from .register import Register
from .since import Standing, since_import
from .taking import Report, Unknown, take_in, take_in_many
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
    "Bundle",
    "Named",
    "Register",
    "Report",
    "Standing",
    "Unknown",
    "accept_changes",
    "accept_version",
    "answer_key",
    "discard_version",
    "merge_version",
    "merge_without_changes",
    "offer_version",
    "read_word",
    "reject_changes",
    "since_import",
    "take_in",
    "take_in_many",
    "take_in_word",
    "who",
]
