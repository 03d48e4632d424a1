"""Word files (.docx, ECMA-376): read whole, in this order.

`package` opens the file within limits and refuses what is none; `tree` reads its parts without entities; `tracked`
finds changes that nobody has accepted and settles them; `reading`, with `passages`, `fields`, `drawings`, `styles`
and `notes`, makes blocks of them (`parts`); `opening` takes title, byline and summary off; `layout` makes a tree of
HTML of the rest, which is written as Markdown. Whatever is other than in Word goes to the `findings` and is told.
`labels` names the notes of a later file as the earlier one did, so that the two can be compared.
"""

from .around import all_words
from .comments import Comment
from .labels import relabelled
from .outcome import Count, Tracked, Wanted, Word
from .package import LARGEST_FILE, too_large
from .tracked import MOST_TOLD, Change, Sort
from .word import read

__all__ = [
    "LARGEST_FILE",
    "MOST_TOLD",
    "Change",
    "Comment",
    "Count",
    "Sort",
    "Tracked",
    "Wanted",
    "Word",
    "all_words",
    "read",
    "relabelled",
    "too_large",
]
