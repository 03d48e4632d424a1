"""People in the order of a register: by family name, as the language of the page has its alphabet, and by letter."""

from collections.abc import Iterable
from dataclasses import dataclass

from publications.languages import without_marks
from publications.metadata import parse_name

OTHERS = "#"
"""Stands for names that begin with no letter."""
SWEDISH = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})  # the three signs behind z


@dataclass(frozen=True, order=True)
class Entry:
    """A person in the register, comparable by what they are sorted by."""

    family: str
    name: str
    pk: int
    letter: str = ""


def register(people: Iterable[tuple[int, str, str, bool]], tree: str) -> list[Entry]:
    """Authors, each a number, a name, the family name if it was told, and whether it is an organisation, in order."""
    return sorted(_entry(*person, tree) for person in people)


def _entry(pk: int, name: str, told: str, is_organisation: bool, tree: str) -> Entry:
    family = parse_name(name, told, is_organisation=is_organisation).family or name
    key = _sorted_as(family, tree)
    return Entry(key, _sorted_as(name, tree), pk, _letter(family, key, tree))


def _sorted_as(name: str, tree: str) -> str:
    lowered = name.casefold()
    return "".join(map(without_marks, lowered.translate(SWEDISH))) if tree == "sv" else without_marks(lowered)


def _letter(family: str, key: str, tree: str) -> str:
    """The letter it stands under: Å of its own in Swedish, beneath A in English."""
    first = family[:1] if tree == "sv" and key[:1] in "{|}" else key[:1]
    return first.upper() if first.isalpha() else OTHERS
