"""Search: one API over live editions, on SQLite and on PostgreSQL.

`search(parse_query("words, “phrases”, -exclusions"), locale=…, filters=…)` returns editions in order with counts;
`SnippetBuilder` shows where in them the words stand. Actions keep the index in step (`sync_publication`,
`index_editions`, `reindex_after`, `index_names`); `rebuild` makes it anew; nobody else writes it. Every query costs
little, whatever it is: terms, editions ranked and searches at a time are limited. `similarity` says which editions are
similar; the same actions keep it in step.
"""

from . import similarity
from .index import forget_names, index_names, is_outdated, rebuild
from .query import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, ParsedQuery, first_words, parse_query
from .results import MAX_RESULTS, SearchBusy, SearchResults, search
from .snippets import Snippet, SnippetBuilder
from .spelling import SpellingSuggestion, suggest_spelling
from .updates import index_editions, reindex_after, sync_publication
from .verification import differing_editions, differing_words, indexed_editions, wanted_editions

__all__ = [
    "MAX_QUERY_CHARACTERS",
    "MAX_QUERY_WORDS",
    "MAX_RESULTS",
    "ParsedQuery",
    "SearchBusy",
    "SearchResults",
    "Snippet",
    "SnippetBuilder",
    "SpellingSuggestion",
    "differing_editions",
    "differing_words",
    "first_words",
    "forget_names",
    "index_editions",
    "index_names",
    "indexed_editions",
    "is_outdated",
    "parse_query",
    "rebuild",
    "reindex_after",
    "search",
    "similarity",
    "suggest_spelling",
    "sync_publication",
    "wanted_editions",
]
