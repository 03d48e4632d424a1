"""Check the spellings of a name that is to be removed, and what is to stand in its place.

A removal changes published texts without a new edition and a second person. So it removes names, and puts a mark or
another name there, and is no way to write anything else.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from publications.name_particles import NAME_PARTICLES
from publications.search import is_stop_word

from .redact import MAX_PASSAGE_CHARACTERS, MIN_PASSAGE_CHARACTERS
from .redaction_marks import FIXED_MARKS, quote_marks
from .transaction import ActionRefused

MAX_NAME_CHARACTERS = 60
HYPHENS, APOSTROPHES = "-\u2010\u2011", "'’ʼ"
SIGNS = frozenset(f" .{HYPHENS}{APOSTROPHES}")

_LETTER = r"[^\W\d_]"
_DIGRAPHS = "Shch|Dzh|Ch|Dz|Ia|Ie|Iu|Ja|Je|Jo|Ju|Kh|Sh|Ts|Ya|Ye|Yi|Yo|Yu|Zh"
"""Initials that are one letter in Cyrillic: “Yu. Lotman”."""
_INITIALS_THEN_LETTERS = re.compile(rf"(?:(?:{_DIGRAPHS}|{_LETTER})\.)*+(?:{_LETTER}|[{APOSTROPHES}])*+")
MAX_SMALL_PART = 4
"""Letters of a part after a hyphen that may begin with a small one: “Kim Jong-un”."""
_ELISION = re.compile(rf"{_LETTER}{{0,4}}[{APOSTROPHES}]")
"""What is elided before a name: “d’Estaing”, “dell’Acqua”."""


def check_spelling(spelling: str) -> None:
    """Check that a spelling can be removed from all texts: it is a name, and no other word is one.

    Raises:
        ActionRefused: it is too short or too long, has no capital letter, or has stop words alone.
    """
    if sum(map(str.isalnum, spelling)) < MIN_PASSAGE_CHARACTERS or len(spelling) > MAX_PASSAGE_CHARACTERS:
        message = _(
            "“%(name)s” is too short or too long to be removed safely: a name has 3 to 500 characters."
        )
    elif "@" not in spelling and not any(map(_is_capital, spelling)):
        message = _(
            "“%(name)s” has no capital letter: spell the name with its capitals. Small letters are found too."
        )
    elif all(map(is_stop_word, re.findall(r"\w+", spelling))):
        message = _("“%(name)s” consists of words that stand in every text. Give more of the name.")
    else:
        return
    raise ActionRefused(message % {"name": spelling})


def check_replacement(replacement: str) -> None:
    """Check that a fixed mark or the name of a person is to stand in place of a name.

    Raises:
        ActionRefused: it is another text.
    """
    if replacement not in FIXED_MARKS and not is_person_name(replacement):
        raise ActionRefused(
            _(
                "“%(text)s” cannot stand in its place, as it does not look like the name of a person: at most "
                "%(limit)d characters; letters, spaces, hyphens and apostrophes, and full stops after initials; each "
                "word capitalized except particles such as “von”. Give such a name, one of %(marks)s, or nothing."
            )
            % {"text": replacement, "limit": MAX_NAME_CHARACTERS, "marks": quote_marks(FIXED_MARKS)}
        )


def is_person_name(text: str) -> bool:
    """Return whether a text looks like the name of a person, in any script."""
    return (
        len(text) <= MAX_NAME_CHARACTERS
        and all(unicodedata.category(char)[0] in "LM" or char in SIGNS for char in text)
        and any(map(_is_capital, text))
        and all(map(_is_name_word, text.split(" ")))
    )


def _is_name_word(word: str) -> bool:
    first, *others = re.split(f"[{HYPHENS}]", word)
    return all(part in NAME_PARTICLES or _is_name_part(part) for part in [first, *others]) or (
        _is_name_part(first) and all(part.isalpha() and len(part) <= MAX_SMALL_PART for part in others)
    )


def _is_name_part(part: str) -> bool:
    """Return whether it has full stops after initials alone, and a capital letter first or after an elision."""
    letters = "".join(char for char in part if unicodedata.category(char)[0] != "M")
    if not _INITIALS_THEN_LETTERS.fullmatch(letters):
        return False
    return any(map(_is_capital, (letters[:1], _ELISION.sub("", letters, count=1)[:1])))


def _is_capital(char: str) -> bool:
    """Return whether a letter is a capital one, or of a script or alphabet whose names are written without."""
    return unicodedata.category(char) in ("Lu", "Lt", "Ll", "Lo") and char.title() == char if char else False
