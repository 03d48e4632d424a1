"""Editions as pages show them: plain values for templates, which decide nothing.

Views hand over what they found; the desk's preview hands over an edition that is not stored. Both get
the same page from here.
"""

from publications.addresses import absolute, in_tree

from .feed_links import feeds_for
from .freshness import unless_fresh
from .page import breadcrumb, paths_in_locales, render_page
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
    "breadcrumb",
    "card",
    "card_of",
    "card_url",
    "cards",
    "current_tree",
    "edition_pdf_url",
    "feeds_for",
    "in_tree",
    "lead_card",
    "page_card",
    "paper_of",
    "paragraphs",
    "paths_in_locales",
    "pdf_url",
    "piece_context",
    "public_address",
    "render_page",
    "shelves",
    "site_page_context",
    "subjects",
    "subjects_by_kind",
    "topic_url",
    "unless_fresh",
    "writers",
]
