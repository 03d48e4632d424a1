"""Preflight: checks of a draft before it is published, as blocking issues, issues to confirm, and advice.

`report` reads a publication into a `PreflightDraft` of plain values and runs the checks of `blocking`, `confirm`
and `advice`. Nothing here writes to the database; callers decide what to do with the issues.
"""

from .broken_links import broken_link_reasons, find_draft_at
from .confirm import HIDDEN, PENDING_LINK
from .draft import DraftImage, PreflightDraft, PreflightIssue, TextLink
from .dropped_markup import find_dropped_markup
from .new_tags import describe_new_tag, similar_tag_names
from .placeholders import PLACEHOLDER, find_placeholders
from .report import (
    PreflightReport,
    build_preflight_draft,
    find_broken_links,
    find_images_without_alt,
    list_hidden_items,
    run_preflight,
)
from .translations import describe_outdated

__all__ = [
    "HIDDEN",
    "PENDING_LINK",
    "PLACEHOLDER",
    "DraftImage",
    "PreflightDraft",
    "PreflightIssue",
    "PreflightReport",
    "TextLink",
    "broken_link_reasons",
    "build_preflight_draft",
    "describe_new_tag",
    "describe_outdated",
    "find_broken_links",
    "find_draft_at",
    "find_dropped_markup",
    "find_images_without_alt",
    "find_placeholders",
    "list_hidden_items",
    "run_preflight",
    "similar_tag_names",
]
