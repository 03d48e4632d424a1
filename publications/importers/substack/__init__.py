"""Read the export of Substack: an archive, or the folder that it was unpacked to, with `posts.csv` and `posts/`.

Nothing here uses the database or imports models. The lists of subscribers are not read.
"""

from .source import SubstackSource, is_substack, open_substack_source

__all__ = ["SubstackSource", "is_substack", "open_substack_source"]
