"""What stands between a draft and its readers: checks that forbid publishing, questions to confirm, and advice.

Each check is a function of one `Proof`, the draft as plain values, and says what it found in a sentence that names the
thing and the remedy. `gathering` reads the proof from the database; `reading` takes a rendered text apart; `documents`
looks into attached files. Nothing here writes, and nothing here decides: the desk does.
"""

from .findings import Findings, check
from .gathering import dead_links_of, proof_of
from .placeholders import find_placeholders
from .proof import Finding, Picture, Proof

__all__ = [
    "Finding",
    "Findings",
    "Picture",
    "Proof",
    "check",
    "dead_links_of",
    "find_placeholders",
    "proof_of",
]
