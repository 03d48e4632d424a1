"""The sitemap: every public address of both trees, when each last changed, and its translations.

It tells of nothing that is not live, and of no page that asks not to be indexed.
"""

from .views import sitemap, sitemap_part

__all__ = ["sitemap", "sitemap_part"]
