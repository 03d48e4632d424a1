"""Editions as pages show them: plain values for templates, which decide nothing.

Views hand over what they found; the desk's preview hands over an edition that is not stored. Both get
the same page from here.
"""

from publications.addresses import absolute, in_tree

from .feed_links import feeds_for
from .frame import everywhere, page, way_here
from .freshness import state_of_the_site, unless_fresh
from .papers import card_of, card_url, edition_pdf_url, paper_of, pdf_url
from .parts import Card, Link, card, cards, lead_card, paragraphs, public_address
from .piece import piece_context
from .site_pages import address_of, site_page_context
from .social_images import page_card
from .subjects import (
    Shelf,
    Subject,
    Writer,
    shelves,
    subjects,
    subjects_by_kind,
    writers,
)
from .ways import author_url, current_tree, topic_url

__all__ = [
    "Card",
    "Link",
    "Shelf",
    "Subject",
    "Writer",
    "absolute",
    "address_of",
    "author_url",
    "card",
    "card_of",
    "card_url",
    "cards",
    "current_tree",
    "edition_pdf_url",
    "everywhere",
    "feeds_for",
    "in_tree",
    "lead_card",
    "page",
    "page_card",
    "paper_of",
    "paragraphs",
    "pdf_url",
    "piece_context",
    "public_address",
    "shelves",
    "site_page_context",
    "state_of_the_site",
    "subjects",
    "subjects_by_kind",
    "topic_url",
    "unless_fresh",
    "way_here",
    "writers",
]
