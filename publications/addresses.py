"""Addresses of pages: in which tree, and as others store them."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def in_tree(tree: str, name: str, **parts) -> str:
    """The path of a named page in a tree."""
    with translation.override(tree):
        return reverse(name, kwargs=parts or None)


def absolute(path: str) -> str:
    """A path as the address that others store: canonical links, shares, feeds, references."""
    return f"{settings.SITE_URL}{path}"
