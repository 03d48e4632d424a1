"""Frozen for migration 0048: the names of `publications.markup` that it uses."""

from .anchors import TextRange, anchor_text, anchor_text_of_html, find_quote, move_ranges
from .render import render_markdown
from .source import Unrenderable

__all__ = [
    "TextRange",
    "Unrenderable",
    "anchor_text",
    "anchor_text_of_html",
    "find_quote",
    "move_ranges",
    "render_markdown",
]
