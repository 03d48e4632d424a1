"""Likeness: what a piece is like, by its words, topics, authors and date, with the grounds in words.

`nearest` gives what stands beside a piece on its page, `suggest` what may stand beside a draft, `reasons` the grounds
of either as sentences. Deeds keep the rows in step through the index (`add`, `forget`, `fill_up`), `rebuild` makes
them anew. What a deed costs here is bounded, whatever the size of the site: see docs/decisions/0013.
"""

from publications.models import nearest

from .keeping import add, fill_up, forget, towards
from .rebuilding import is_due, is_outdated, mark_due, rebuild
from .suggesting import reasons, suggest
from .verification import LEAST_AGREEMENT, compare_with_rebuild, differing_editions

__all__ = [
    "LEAST_AGREEMENT",
    "add",
    "compare_with_rebuild",
    "differing_editions",
    "fill_up",
    "forget",
    "is_due",
    "is_outdated",
    "mark_due",
    "nearest",
    "reasons",
    "rebuild",
    "suggest",
    "towards",
]
