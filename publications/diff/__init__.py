"""Word-level comparison of two texts for readers, and the three-way merge of two changes to one text or record.

`blocks` reads texts and stored HTML as blocks of tokens; `compare` finds the blocks that stayed, then the words within
a block that changed; `matching` finds what is the same within a budget of steps, so that no text takes long, however it
is made; `text_merge` merges two changed texts by paragraph, `field_merge` two changed records. Knows no database, no
language and no page.
"""

from .blocks import DiffBlock, blocks_of_html, blocks_of_text, join_paragraphs, split_paragraphs, tokens_of
from .compare import Difference, DiffOperation, DiffPassage, DiffRun, compare, compare_texts
from .field_merge import (
    BOTH,
    INCOMING,
    STORED,
    BaseValues,
    FieldConflict,
    FieldMerge,
    Fingerprints,
    MergeGuard,
    NoBase,
    RowField,
    Values,
    merge_fields,
    merge_set,
    shared_paragraphs,
)
from .matching import Budget, longest_in_order, match
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
    "Values",
    "blocks_of_html",
    "blocks_of_text",
    "compare",
    "compare_texts",
    "join_paragraphs",
    "longest_in_order",
    "match",
    "merge_fields",
    "merge_set",
    "merge_texts",
    "shared_paragraphs",
    "split_paragraphs",
    "tokens_of",
]
