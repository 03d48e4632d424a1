"""Intake: a manuscript becomes, or updates, a working copy. Nothing public changes here.

Authors, tags, pictures and files are found or made; whatever was made, guessed or dropped is told. For many
manuscripts in a row a `Register` remembers who and what is there, and `Standing` says what the desk has done
with a piece since it was last taken in. `word` takes in Word files, and joins later ones with the draft (`joining`).
"""

from .files import Bundle
from .joining import BOTH, CHOICES, OURS, THEIRS, Joint, Question
from .naming import Named, who
from .register import Register
from .since import Standing, since_import
from .taking import Report, Unknown, take_in, take_in_many
from .word import (
    accept_changes,
    forget,
    joint_of,
    offer,
    read_word,
    reject_changes,
    rejected,
    take_in_word,
    take_offered,
)

__all__ = [
    "BOTH",
    "CHOICES",
    "OURS",
    "THEIRS",
    "Bundle",
    "Joint",
    "Named",
    "Question",
    "Register",
    "Report",
    "Standing",
    "Unknown",
    "accept_changes",
    "forget",
    "joint_of",
    "offer",
    "read_word",
    "reject_changes",
    "rejected",
    "since_import",
    "take_in",
    "take_in_many",
    "take_in_word",
    "take_offered",
    "who",
]
