"""The ways from one page to another, by what they lead to."""

from django.urls import reverse

from publications.models import Author, Tag


def topic_url(tag: Tag) -> str:
    return reverse("publications:topic", kwargs={"slug": tag.slug})


def author_url(author: Author) -> str:
    """Where an author is told of; a pen name is told of nowhere."""
    return "" if author.pseudonymous else reverse("publications:author", kwargs={"slug": author.slug})
