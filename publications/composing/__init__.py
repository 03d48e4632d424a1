"""A draft as the edition that it would be: the one place where text becomes a page. Nothing here is stored.

`editions` renders a working copy; `sketches` makes a working copy that is not stored, of a manuscript or of what is
being typed, so that both are shown as they would be published.
"""

from .editions import Prepared, carried_paragraphs, compose, rendered
from .sketches import sketch, with_rows

__all__ = ["Prepared", "carried_paragraphs", "compose", "rendered", "sketch", "with_rows"]
