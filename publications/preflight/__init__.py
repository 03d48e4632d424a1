"""Preflight: checks of a draft before it is published, as blocking issues, issues to confirm, and advice.

`report` reads a publication into a `PreflightDraft` of plain values and runs all `checks`. Nothing here writes to the
database; callers decide what to do with the issues.
"""

from .attached_pdfs import has_structure
from .draft import DraftImage, PreflightDraft, PreflightIssue, TextLink
from .dropped_markup import find_dropped_markup
from .new_tags import describe_new_tag, similar_tag_names
from .placeholders import find_placeholders
from .report import PreflightReport, build_preflight_draft, find_broken_links, run_preflight

__all__ = [
    "DraftImage",
    "PreflightDraft",
    "PreflightIssue",
    "PreflightReport",
    "TextLink",
    "build_preflight_draft",
    "describe_new_tag",
    "find_broken_links",
    "find_dropped_markup",
    "find_placeholders",
    "has_structure",
    "run_preflight",
    "similar_tag_names",
]
