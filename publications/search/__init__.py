"""Search: one API over live editions, on SQLite and on PostgreSQL.

`search(parse_query("words, “phrases”, -exclusions"), locale=…, filters=…)` returns editions in order with counts, and
`SnippetBuilder` highlights the words in their texts. Actions keep the index in step (`sync_publication`,
`index_editions`, `reindex_after`, `index_names`, `delete_names`); `rebuild` builds it anew; nothing else writes it. The
cost of a query is bounded: its terms, the editions that it ranks and the searches at a time are limited.
`similarity` finds similar editions; the same actions keep its rows in step.
"""

from . import similarity
from .index import is_outdated, rebuild
from .names import delete_names, index_names, name_terms_of
from .query import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, ParsedQuery, parse_query, truncate_query
from .results import MAX_RESULTS, ResultCount, SearchBusy, SearchResults, count_results, is_match, search
from .snippets import Snippet, SnippetBuilder
from .spelling import SpellingSuggestion, edit_distance, suggest_spelling
from .terms import index_terms, is_stop_word, row_key
from .updates import index_editions, merge_segments, reindex_after, sync_publication
from .verification import differing_editions, differing_words, expected_editions, indexed_editions

__all__ = [
    "MAX_QUERY_CHARACTERS",
    "MAX_QUERY_WORDS",
    "MAX_RESULTS",
    "ParsedQuery",
    "ResultCount",
    "SearchBusy",
    "SearchResults",
    "Snippet",
    "SnippetBuilder",
    "SpellingSuggestion",
    "count_results",
    "delete_names",
    "differing_editions",
    "differing_words",
    "edit_distance",
    "expected_editions",
    "index_editions",
    "index_names",
    "index_terms",
    "indexed_editions",
    "is_match",
    "is_outdated",
    "is_stop_word",
    "merge_segments",
    "name_terms_of",
    "parse_query",
    "rebuild",
    "reindex_after",
    "row_key",
    "search",
    "similarity",
    "suggest_spelling",
    "sync_publication",
    "truncate_query",
]
