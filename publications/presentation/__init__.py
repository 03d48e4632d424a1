"""Editions as pages show them: plain values for templates, which decide nothing.

Views hand over what they found; the desk's preview hands over an edition that is not stored. Both get
the same page from here.
"""

from publications.locales import absolute_url, localized_path

from .authors import AuthorSummary, author_summaries, paragraphs
from .conditional import conditional_response
from .links import (
    NamedLink,
    author_url,
    edition_pdf_url,
    feeds_for,
    pdf_url,
    public_address,
    social_image_url,
    topic_url,
)
from .page import breadcrumb, paths_in_locales, render_page
from .pdf_document import page_social_image_of, pdf_document_of, social_image_of
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
    "NamedLink",
    "Teaser",
    "TeaserGroup",
    "TopicSummary",
    "absolute_url",
    "address_of",
    "author_summaries",
    "author_url",
    "breadcrumb",
    "build_lead_teaser",
    "build_teaser",
    "build_teasers",
    "conditional_response",
    "edition_pdf_url",
    "feeds_for",
    "localized_path",
    "page_social_image_of",
    "paragraphs",
    "paths_in_locales",
    "pdf_document_of",
    "pdf_url",
    "public_address",
    "publication_context",
    "render_page",
    "site_page_context",
    "social_image_of",
    "social_image_url",
    "teaser_groups",
    "topic_summaries",
    "topic_summaries_by_kind",
    "topic_url",
]
