"""Compare two texts by word, and merge two changes of one text or record (three-way merge).

`blocks` reads text and stored HTML as blocks of tokens; `compare` pairs unchanged and similar blocks and compares the
words of similar ones; `matching` finds common subsequences within a budget of steps, which bounds the time for any
input; `text_merge` merges two versions of a text by paragraph, `field_merge` two versions of a record. The package does
not use the database, translations or templates.
"""

from .blocks import (
    DiffBlock,
    Token,
    blocks_by_element,
    blocks_of_html,
    blocks_of_text,
    join_paragraphs,
    split_paragraphs,
    tokens_of,
)
from .compare import Difference, DiffOperation, DiffPassage, DiffRun, compare, compare_texts
from .field_merge import (
    BOTH,
    INCOMING,
    STORED,
    FieldConflict,
    FieldMerge,
    MergeGuard,
    RowField,
    Values,
    merge_fields,
    merge_set,
    shared_paragraphs,
)
from .matching import Budget, longest_increasing_subsequence, match
from .merge_base import BaseValues, Fingerprints, NoBase
from .text_merge import TextConflict, TextMerge, TextSide, merge_texts

__all__ = [
    "BOTH",
    "INCOMING",
    "STORED",
    "BaseValues",
    "Budget",
    "DiffBlock",
    "DiffOperation",
    "DiffPassage",
    "DiffRun",
    "Difference",
    "FieldConflict",
    "FieldMerge",
    "Fingerprints",
    "MergeGuard",
    "NoBase",
    "RowField",
    "TextConflict",
    "TextMerge",
    "TextSide",
    "Token",
    "Values",
    "blocks_by_element",
    "blocks_of_html",
    "blocks_of_text",
    "compare",
    "compare_texts",
    "join_paragraphs",
    "longest_increasing_subsequence",
    "match",
    "merge_fields",
    "merge_set",
    "merge_texts",
    "shared_paragraphs",
    "split_paragraphs",
    "tokens_of",
]
