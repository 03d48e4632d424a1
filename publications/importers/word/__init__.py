"""Word files (.docx, ECMA-376): read whole, in this order.

`ooxml` opens the file within limits and refuses what is none; `tracked_changes` finds changes that nobody has accepted
and resolves them; `body`, with `paragraphs`, `fields`, `images` and `styles`, makes `blocks` of the text and its notes,
while `annotations` follow comments; `title_block` takes title, byline and summary off; `layout` makes a tree of HTML of
the rest, which is written as Markdown. Whatever is other than in Word goes to the `losses` and is reported.
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
