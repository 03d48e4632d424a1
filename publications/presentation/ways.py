"""The ways from one page to another, by what they lead to."""

from django.urls import reverse
from django.utils import translation

from publications.models import Author, Tag


def topic_url(tag: Tag) -> str:
    return reverse("publications:topic", kwargs={"slug": tag.slug})


def author_url(author: Author) -> str:
    """Where an author is told of; a pen name is told of nowhere."""
    return "" if author.pseudonymous else reverse("publications:author", kwargs={"slug": author.slug})


def in_tree(tree: str, name: str, **parts) -> str:
    """The path of a named page in a tree."""
    with translation.override(tree):
        return reverse(name, kwargs=parts or None)
