"""Signs: terms that stand for rows of the database. No reader can type one: each opens with a private character."""

from publications.models import Author, Synonym, Tag

FILED, NAMED, TITLED = "\ue000", "\ue001", "\ue002"
"""What a row is filed under, for filters; whom and what it is about, for words that name them; its whole title."""

LETTERS = {Tag: "t", Author: "a", Synonym: "s"}


def sign_of(thing: Tag | Author | Synonym) -> str:
    """A topic, person or row of spellings, in a few letters."""
    return f"{LETTERS[type(thing)]}{thing.pk}"


def filed(letter: str, value: object) -> str:
    return f"{FILED}{letter}{value}"


def named(sign: str) -> str:
    return f"{NAMED}{sign}"


def titled(key: str) -> str:
    return f"{TITLED}{key}"
