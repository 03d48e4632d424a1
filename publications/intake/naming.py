"""Whom the names of a byline mean: one whom the site knows, somebody of nearly that name, or nobody yet."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from publications.models import Author

from .register import Register

ALIKE = 0.82
MOST_OFFERED = 3


@dataclass(frozen=True)
class Named:
    """A name as written, whom it means, and who is called nearly so."""

    name: str
    author: Author | None = None
    near: tuple[Author, ...] = ()


def who(names: Iterable[str], register: Register) -> list[Named]:
    """Whom each name means, by name or alias; for a name that nobody has, those with names much like it."""
    found = []
    for name in names:
        author = register.author("", name)
        found.append(Named(name, author, () if author else _near(name, register)))
    return found


def _near(name: str, register: Register) -> tuple[Author, ...]:
    rated: dict[int, tuple[float, Author]] = {}
    for spelling, author in register.spellings.items():
        likeness = _likeness(_plain(name), _plain(spelling))
        if likeness >= ALIKE and likeness > rated.get(author.pk, (0.0, author))[0]:
            rated[author.pk] = (likeness, author)
    best = sorted(rated.values(), key=lambda each: (-each[0], each[1].name))
    return tuple(author for _likeness, author in best[:MOST_OFFERED])


def _likeness(name: str, other: str) -> float:
    """From 0 to 1. A name may have its last word first, and an initial stands for its name."""
    words, others = name.split(), other.split()
    if _is_abbreviated(words, others):
        return 0.9
    turned = " ".join([*words[-1:], *words[:-1]]), " ".join([*words[1:], *words[:1]])
    return max(SequenceMatcher(None, each, other, autojunk=False).ratio() for each in (name, *turned))


def _is_abbreviated(words: list[str], others: list[str]) -> bool:
    """“A. Berg” and “Anna Maria Berg”: one last name, and first names that begin alike."""
    if len(words) < 2 or len(others) < 2 or words[-1] != others[-1]:
        return False
    return words[0][0] == others[0][0] and (len(words[0]) == 1 or len(others[0]) == 1)


def _plain(name: str) -> str:
    """Lower-case, without accents and dots."""
    letters = unicodedata.normalize("NFD", name.casefold().replace(".", " "))
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).split())
