"""Checks of a draft before it is published: what forbids publishing, what has to be confirmed, and advice.

`report` reads the draft from the database as a `draft` of plain values and runs all `checks`. Nothing here writes, and
nothing here decides: the desk does.
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
