"""The few words that a rendered text has beside the author's own, in the language of the text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    table: str
    notes: str
    back: str


ENGLISH = Wording(table="Table", notes="Footnotes", back="Back to note {} in the text")
WORDINGS = {
    "en": ENGLISH,
    "sv": Wording(table="Tabell", notes="Fotnoter", back="Tillbaka till not {} i texten"),
}


def wording_for(language: str) -> Wording:
    """The words in a language; English where we have none."""
    return WORDINGS.get(primary(language), ENGLISH)


def primary(language: str) -> str:
    """The language of a tag, without script and region: `sv` of `sv-FI`."""
    return language.replace("_", "-").partition("-")[0].lower()
