"""Similarity: which editions are similar, by their words, topics, authors and dates, and the reasons in words.

`similar_publications` returns what is shown beside a publication on its page, `suggest` what may be linked to a draft,
`build_reasons` a sentence for each. Actions keep the rows in step through the index (`add_rows`, `remove_rows`,
`refill_rows`); `rebuild` builds them anew. The cost of an action is bounded, whatever the size of the site: see
docs/decisions/0013.
"""

from publications.models import similar_publications

from .rebuilds import complete, is_incomplete, is_outdated, mark_incomplete, rebuild
from .rows import add_rows, editions_similar_to, refill_rows, remove_rows
from .suggestions import build_reasons, suggest
from .verification import MIN_AGREEMENT, compare_with_rebuild, differing_editions

__all__ = [
    "MIN_AGREEMENT",
    "add_rows",
    "build_reasons",
    "compare_with_rebuild",
    "complete",
    "differing_editions",
    "editions_similar_to",
    "is_incomplete",
    "is_outdated",
    "mark_incomplete",
    "rebuild",
    "refill_rows",
    "remove_rows",
    "similar_publications",
    "suggest",
]
