"""Feeds in Atom, RSS and JSON Feed: of the site, and of each kind, topic, author and language, in both trees.

Feeds read live editions alone, one entry for each piece. What is not public has no feed.
"""

from .views import author_feed, kind_feed, language_feed, site_feed, topic_feed

__all__ = ["author_feed", "kind_feed", "language_feed", "site_feed", "topic_feed"]
