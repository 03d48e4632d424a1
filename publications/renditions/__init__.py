"""Files made from what is stored: found on the shelf or made, and safe to throw away at any time."""

from .picture import SIZES, make_all, picture

__all__ = ["SIZES", "make_all", "picture"]
