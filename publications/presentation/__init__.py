"""Editions as plain values for templates, which decide nothing.

Views pass stored editions, the preview of the desk passes unsaved ones. Both get the same page.
"""

from publications.locales import absolute_url, localized_path

from .authors import AuthorSummary, author_summaries, byline_parts, byline_text, paragraphs_html
from .comparison import compare_editions, comparison_context
from .conditional import conditional_response
from .history import (
    CHANGE_LABELS,
    ChangeNote,
    announced_date_text,
    build_change_notes,
    edition_label,
    history_entries,
)
from .images import body_html, portrait_image, responsive_image
from .links import (
    SOCIAL_IMAGE_NAME,
    SOCIAL_IMAGE_SIZE,
    LabelledLink,
    absolutize_urls,
    author_url,
    changes_url,
    edition_pdf_url,
    edition_url,
    edition_url_at,
    editions_url,
    external_link_html,
    feeds_for,
    pdf_url,
    public_image_url,
    social_image_url,
    topic_url,
)
from .page import breadcrumb, breadcrumb_step, is_long_title, paths_in_locales, render_page
from .pdf_document import pdf_document_of, social_image_of, social_image_of_page
from .publication_page import editorial_notice_context, publication_context, site_page_context, site_page_url
from .teasers import (
    Teaser,
    TeaserGroup,
    TopicSummary,
    build_lead_teaser,
    build_teasers,
    teaser_groups,
    topic_summaries,
    topic_summaries_by_kind,
)
from .text_verification import (
    MAX_TEXT_CHARACTERS,
    compare_with_edition,
    find_edition,
    is_excerpt,
    passages_of_edition,
    passages_of_text,
)

__all__ = [
    "CHANGE_LABELS",
    "MAX_TEXT_CHARACTERS",
    "SOCIAL_IMAGE_NAME",
    "SOCIAL_IMAGE_SIZE",
    "AuthorSummary",
    "ChangeNote",
    "LabelledLink",
    "Teaser",
    "TeaserGroup",
    "TopicSummary",
    "absolute_url",
    "absolutize_urls",
    "announced_date_text",
    "author_summaries",
    "author_url",
    "body_html",
    "breadcrumb",
    "breadcrumb_step",
    "build_change_notes",
    "build_lead_teaser",
    "build_teasers",
    "byline_parts",
    "byline_text",
    "changes_url",
    "compare_editions",
    "compare_with_edition",
    "comparison_context",
    "conditional_response",
    "edition_label",
    "edition_pdf_url",
    "edition_url",
    "edition_url_at",
    "editions_url",
    "editorial_notice_context",
    "external_link_html",
    "feeds_for",
    "find_edition",
    "history_entries",
    "is_excerpt",
    "is_long_title",
    "localized_path",
    "paragraphs_html",
    "passages_of_edition",
    "passages_of_text",
    "paths_in_locales",
    "pdf_document_of",
    "pdf_url",
    "portrait_image",
    "public_image_url",
    "publication_context",
    "render_page",
    "responsive_image",
    "site_page_context",
    "site_page_url",
    "social_image_of",
    "social_image_of_page",
    "social_image_url",
    "teaser_groups",
    "topic_summaries",
    "topic_summaries_by_kind",
    "topic_url",
]
