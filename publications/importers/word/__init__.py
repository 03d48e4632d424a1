"""Read Word files (.docx, ECMA-376) as manuscripts.

The steps: `ooxml` opens the file within limits; `tracked_changes` lists and resolves open changes; `body`, with
`paragraphs`, `fields`, `images` and `styles`, converts the text and its notes to `blocks`, while `annotations` tracks
comments; `title_block` extracts title, byline and summary; `layout` builds an HTML tree from the rest, which is
converted to Markdown. Differences from Word are collected in `losses` and reported. `drafts` stores the result.
"""

from .annotations import WordComment
from .note_labels import align_note_labels
from .reader import Count, TrackedChangesPolicy, WordDocument, WordReadOptions, read_word
from .tracked_changes import MAX_REPORTED_CHANGES, TrackedChange, TrackedChangeKind

__all__ = [
    "MAX_REPORTED_CHANGES",
    "Count",
    "TrackedChange",
    "TrackedChangeKind",
    "TrackedChangesPolicy",
    "WordComment",
    "WordDocument",
    "WordReadOptions",
    "align_note_labels",
    "read_word",
]
