"""Read the HTML of other systems as manuscripts: what exports and copies of their sites have in common.

Nothing here uses the database or imports models.
"""

from .article import SourceArticle

__all__ = ["SourceArticle"]
