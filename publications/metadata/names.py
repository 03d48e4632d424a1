"""Names as references need them: what they are sorted by, and the rest.

A byline is one line of text, as readers see it. References turn names round ("Berg, Ann"), so the family name
must be known: the author's own word for it, else a guess, which is right for most names of Europe.
"""

from dataclasses import dataclass

PARTICLES = {
    "af", "al", "av", "bin", "da", "dal", "de", "dei", "del", "della", "den", "der", "des", "di", "do", "dos", "du",
    "el", "ibn", "la", "le", "lo", "ten", "ter", "van", "von", "zu", "zum", "zur",
}  # fmt: skip
"""Small words that belong to the family name behind them."""
SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}


@dataclass(frozen=True)
class Name:
    """A person or an organisation. Without a family name it is always written as it is read."""

    full: str
    family: str = ""
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        """Berg, Ann"""
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part) or self.full

    @property
    def initials(self) -> str:
        """A.-C. B. for Ann-Charlotte Britt"""
        return " ".join(
            "-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in self.given.split()
        )


def name_of(full: str, family: str = "", *, is_organisation: bool = False) -> Name:
    """A name as its byline has it, with the family name where its author has told it; an organisation has none."""
    full = " ".join(full.split())
    if is_organisation:
        return Name(full)
    words, told = full.split(" "), family.split()
    if told == words:
        return Name(full)
    if told and (place := _place(told, words)) is not None:
        rest = words[:place] + words[place + len(told) :]
        return Name(full, " ".join(told), " ".join(rest))
    return _guessed(full)


def _place(told: list[str], words: list[str]) -> int | None:
    """Where the words told stand among those of the name, the last such place."""
    places = range(len(words) - len(told), -1, -1)
    return next((place for place in places if words[place : place + len(told)] == told), None)


def _guessed(full: str) -> Name:
    main, _comma, behind = full.partition(", ")
    words = main.split(" ")
    suffix = behind
    if not suffix and len(words) > 2 and words[-1].lower() in SUFFIXES:
        suffix = words.pop()
    if len(words) < 2:
        return Name(full)
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in PARTICLES:
        first -= 1
    return Name(full, " ".join(words[first:]), " ".join(words[:first]), suffix)
