"""Similarity: which editions are similar, by its words, topics, authors and date, with the grounds in words.

`nearest` gives what stands beside a piece on its page, `suggest` what may stand beside a draft, `reasons` the grounds
of either as sentences. Actions keep the rows in step through the index (`add_rows`, `remove_rows`, `fill_up`),
`rebuild` makes them anew. What an action costs here is bounded, whatever the size of the site: see docs/decisions/0013.
"""

from publications.models import similar_publications

from .matching import reasons, suggest
from .rows import add_rows, editions_similar_to, fill_up, is_due, is_outdated, mark_due, rebuild, remove_rows
from .verification import LEAST_AGREEMENT, compare_with_rebuild, differing_editions

__all__ = [
    "LEAST_AGREEMENT",
    "add_rows",
    "compare_with_rebuild",
    "differing_editions",
    "editions_similar_to",
    "fill_up",
    "is_due",
    "is_outdated",
    "mark_due",
    "reasons",
    "rebuild",
    "remove_rows",
    "similar_publications",
    "suggest",
]
