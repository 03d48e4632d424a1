"""Search: one API over live editions, on SQLite and on PostgreSQL.

`find(understood("words, “phrases”, -exclusions"), tree=…, filters=…)` gives editions in order with counts; `Marker`
shows where in them the words stand. Deeds keep the index in step (`keep_up`, `store`, `anew`, `learn`);
`rebuild` makes it anew. Nobody else writes it. Every query costs little, whatever it is: terms, pieces ranked and
searches at a time are limited.
"""

from .advice import Advice, advise
from .asking import MOST_SIGNS, MOST_WORDS, Query, understood
from .excerpts import Excerpt, Marker
from .filing import FILTERS
from .finding import MOST, Found, find
from .gate import Busy
from .index import anew, keep_up, store
from .naming import forget as unlearn
from .naming import learn
from .rebuilding import is_outdated, rebuild

__all__ = [
    "FILTERS",
    "MOST",
    "MOST_SIGNS",
    "MOST_WORDS",
    "Advice",
    "Busy",
    "Excerpt",
    "Found",
    "Marker",
    "Query",
    "advise",
    "anew",
    "find",
    "is_outdated",
    "keep_up",
    "learn",
    "rebuild",
    "store",
    "understood",
    "unlearn",
]
