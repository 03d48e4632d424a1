"""Editions as pages show them: plain values for templates, which decide nothing.

Views hand over what they found; the desk's preview hands over an edition that is not stored. Both get
the same page from here.
"""

from .frame import current_tree, everywhere, in_tree, page
from .parts import Card, Link, absolute, card, cards, public_address, rows_by_kind
from .piece import Piece, find, piece_context

__all__ = [
    "Card",
    "Link",
    "Piece",
    "absolute",
    "card",
    "cards",
    "current_tree",
    "everywhere",
    "find",
    "in_tree",
    "page",
    "piece_context",
    "public_address",
    "rows_by_kind",
]
