"""Search: one API over live editions, on SQLite and on PostgreSQL.

`find(understood("words, “phrases”, -exclusions"), tree=…, filters=…)` gives editions in order with counts; `Marker`
shows where in them the words stand. Deeds keep the index in step (`keep_up`, `store`, `anew`, `learn`);
`rebuild` makes it anew; nobody else writes it. Every query costs little, whatever it is: terms, pieces ranked and
searches at a time are limited. `likeness` says what a piece is like; the same deeds keep it in step.
"""

from . import likeness
from .advice import Advice, advise
from .asking import MOST_SIGNS, MOST_WORDS, Query, first_words, understood
from .excerpts import Excerpt, Marker
from .finding import MOST, Found, find
from .gate import Busy
from .in_step import anew, keep_up, store
from .naming import forget as unlearn
from .naming import learn
from .rebuilding import is_outdated, rebuild
from .verification import differing_editions, differing_words, indexed_editions, wanted_editions

__all__ = [
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
    "differing_editions",
    "differing_words",
    "find",
    "first_words",
    "indexed_editions",
    "is_outdated",
    "keep_up",
    "learn",
    "likeness",
    "rebuild",
    "store",
    "understood",
    "unlearn",
    "wanted_editions",
]
