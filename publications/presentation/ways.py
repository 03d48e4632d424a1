"""The ways from one page to another, by what they lead to."""

from django.utils.translation import get_language

from publications.addresses import in_tree
from publications.languages import TREES
from publications.models import Author, Tag


def current_tree() -> str:
    """The tree that the address of this page stands in."""
    language = get_language() or TREES[0]
    return language if language in TREES else TREES[0]


def way_to(name: str, **parts: str | int) -> str:
    """The path of a named page in the tree of this one."""
    return in_tree(current_tree(), f"publications:{name}", **parts)


def topic_url(tag: Tag) -> str:
    return way_to("topic", slug=tag.slug)


def author_url(author: Author) -> str:
    """Where an author is told of; a pen name is told of nowhere."""
    return "" if author.pseudonymous else way_to("author", slug=author.slug)
