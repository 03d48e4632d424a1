"""Read the HTML of other systems as manuscripts: what exports and copies of their sites have in common.

Nothing here uses the database or imports models.
"""

from .article import SourceArticle
from .article_source import ArticleSource
from .reader import read_article, read_safely
from .source_tree import fragments_in, parse_html, visible_text

__all__ = [
    "ArticleSource",
    "SourceArticle",
    "fragments_in",
    "parse_html",
    "read_article",
    "read_safely",
    "visible_text",
]
