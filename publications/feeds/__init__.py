"""Feeds in Atom, RSS and JSON Feed, in each locale: of the site, and of each kind, topic, author and language.

Feeds read live editions, with one entry for each publication. A subject without a live edition has no feed. Beside
them is a feed for legal deposit.
"""

from .legal_deposit import deposit_feed
from .views import author_feed, kind_feed, language_feed, site_feed, topic_feed

__all__ = ["author_feed", "deposit_feed", "kind_feed", "language_feed", "site_feed", "topic_feed"]
