"""A draft as the edition that it would be: the one place where text becomes a page. Nothing here is stored."""

from .editions import Prepared, carried_paragraphs, compose, rendered

__all__ = ["Prepared", "carried_paragraphs", "compose", "rendered"]
