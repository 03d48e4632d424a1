"""Editions as pages show them: plain values for templates, which decide nothing.

Views hand over what they found; the desk's preview hands over an edition that is not stored. Both get
the same page from here.
"""

from publications.locales import absolute, in_tree

from .authors import AuthorSummary, author_summaries, paragraphs
from .conditional import conditional_response
from .links import (
    Link,
    author_url,
    card_url,
    current_tree,
    edition_pdf_url,
    feeds_for,
    pdf_url,
    public_address,
    topic_url,
)
from .page import breadcrumb, paths_in_locales, render_page
from .pdf_document import card_of, page_card, paper_of
from .publication_page import address_of, publication_context, site_page_context
from .teasers import (
    Teaser,
    TeaserGroup,
    TopicSummary,
    build_lead_teaser,
    build_teaser,
    build_teasers,
    teaser_groups,
    topic_summaries,
    topic_summaries_by_kind,
)

__all__ = [
    "AuthorSummary",
    "Link",
    "Teaser",
    "TeaserGroup",
    "TopicSummary",
    "absolute",
    "address_of",
    "author_summaries",
    "author_url",
    "breadcrumb",
    "build_lead_teaser",
    "build_teaser",
    "build_teasers",
    "card_of",
    "card_url",
    "conditional_response",
    "current_tree",
    "edition_pdf_url",
    "feeds_for",
    "in_tree",
    "page_card",
    "paper_of",
    "paragraphs",
    "paths_in_locales",
    "pdf_url",
    "public_address",
    "publication_context",
    "render_page",
    "site_page_context",
    "teaser_groups",
    "topic_summaries",
    "topic_summaries_by_kind",
    "topic_url",
]
