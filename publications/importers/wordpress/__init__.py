"""Read exports of WordPress (WXR): posts, pages and types of their own, with authors, topics, files and old addresses.

Nothing here uses the database or imports models.
"""

from .export_reader import is_export
from .source import WordPressSource, find_exports, find_site_key, open_wordpress_source

__all__ = ["WordPressSource", "find_exports", "find_site_key", "is_export", "open_wordpress_source"]
