"""Names of people and organisations in bylines, split for citations.

Citations sort people by their family names ("Berg, Ann"), but a byline has one line of text. The family name is the
stored one of the author, or else a guess that is right for most European names.
"""

import re
import unicodedata
from dataclasses import dataclass

from publications.name_particles import NAME_PARTICLES

SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}


@dataclass(frozen=True)
class Name:
    """A person or an organisation. Without a family name it is never inverted."""

    full: str
    family: str = ""
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        """The name as "Berg, Ann"."""
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part) or self.full

    @property
    def initials(self) -> str:
        """The initials of the given names: "A.-C. B." for Ann-Charlotte Britt."""
        return " ".join(
            "-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in self.given.split()
        )


def parse_name(full: str, family: str = "", *, is_organisation: bool = False) -> Name:
    """Return the name in a byline, split by the stored family name of its author, or else by a guess."""
    full = " ".join(full.split())
    if is_organisation:
        return Name(full)
    words, family_words = full.split(" "), family.split()
    if family_words == words:
        return Name(full)
    if family_words and (start := _find_last(family_words, words)) is not None:
        rest = words[:start] + words[start + len(family_words) :]
        return Name(full, " ".join(family_words), " ".join(rest))
    return _guess_name(full)


def _find_last(part: list[str], words: list[str]) -> int | None:
    """Return the last position of consecutive words among those of a name, or None."""
    starts = range(len(words) - len(part), -1, -1)
    return next((start for start in starts if words[start : start + len(part)] == part), None)


def _guess_name(full: str) -> Name:
    main, _comma, suffix = full.partition(", ")
    words = main.split(" ")
    if not suffix and len(words) > 2 and words[-1].lower() in SUFFIXES:
        suffix = words.pop()
    if len(words) < 2:
        return Name(full)
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in NAME_PARTICLES:
        first -= 1
    return Name(full, " ".join(words[first:]), " ".join(words[:first]), suffix)


def ascii_letters(family: str) -> str:
    """Return "akesson" for Åkesson, without letters that have no ASCII base."""
    letters = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", letters)
