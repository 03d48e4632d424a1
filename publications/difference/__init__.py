"""The difference of two texts, for people who never saw a diff; and the merge of two hands on one text.

Blocks are compared first (`blocks`, `reading`), then the words within a block that changed (`words`,
`comparing`); `matching` finds what is the same within a budget of steps, so that no text, however it is made,
takes long. `merging` joins two changed texts by paragraph, `field_merge` two changed records. Knows no
database, no language and no page.
"""

from .blocks import Block, blocks_of_text, joined, paragraphs_of
from .comparing import compare, compare_texts
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
from .merging import Conflict, Merge, Side, merge
from .parts import Change, Difference, Passage, Run
from .reading import blocks_of_html
from .words import tokens_of

__all__ = [
    "BOTH",
    "INCOMING",
    "STORED",
    "BaseValues",
    "Block",
    "Budget",
    "Change",
    "Conflict",
    "Difference",
    "FieldConflict",
    "FieldMerge",
    "Fingerprints",
    "Merge",
    "MergeGuard",
    "NoBase",
    "Passage",
    "RowField",
    "Run",
    "Side",
    "Values",
    "blocks_of_html",
    "blocks_of_text",
    "compare",
    "compare_texts",
    "joined",
    "longest_in_order",
    "match",
    "merge",
    "merge_fields",
    "merge_set",
    "paragraphs_of",
    "shared_paragraphs",
    "tokens_of",
]
