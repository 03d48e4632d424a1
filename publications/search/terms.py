"""Terms of the index: words: their stems, without case, accents and apostrophes. It knows no database.

Texts are stemmed by their own language where readers' words can be stemmed alike: English and Swedish, and
languages with a script to themselves. All others are kept as spelled. What a reader types may be of any
language, so it stands for every stem that its script allows.

Other terms stand for rows of the database. No reader can type one: each opens with a private character.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2s

from snowballstemmer.arabic_stemmer import ArabicStemmer
from snowballstemmer.armenian_stemmer import ArmenianStemmer
from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.greek_stemmer import GreekStemmer
from snowballstemmer.russian_stemmer import RussianStemmer
from snowballstemmer.swedish_stemmer import SwedishStemmer

from publications.models import Author, Synonym, Tag
from publications.slugs import MARKS

LONGEST = 40
REMEMBERED = 1 << 16

STEMMERS = {
    "en": EnglishStemmer, "sv": SwedishStemmer, "ru": RussianStemmer, "el": GreekStemmer, "ar": ArabicStemmer,
    "hy": ArmenianStemmer,
}  # fmt: skip
BY_SCRIPT = {
    "LATIN": ("en", "sv"),
    "CYRILLIC": ("ru",),
    "GREEK": ("el",),
    "ARABIC": ("ar",),
    "ARMENIAN": ("hy",),
}

IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_INSIDE = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200d\u2060"
    + "".join(sorted(MARKS))
)
_LETTER = rf"[^\W_{IDEOGRAPHS}]"
WORD = re.compile(
    rf"[{IDEOGRAPHS}]|{_LETTER}(?:{_LETTER}|[{_INSIDE}])*(?:['’ʼ]{_LETTER}(?:{_LETTER}|[{_INSIDE}])*)*"
)
"""A word as it stands in a text, whatever the alphabet; where none divides words, each sign is one."""

_POSSESSIVE = re.compile(r"['’ʼ]s$")
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
_SPELLED_OTHERWISE = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n", "ə": "a",
})  # fmt: skip

_ENGLISH = """
a about after all also an and any are as at be been but by can could did do does for from had has have he her his how
i if in into is it its more most no not of on one or our she so some such than that the their them then there these
they this those to was we were what when where which who why will with would you your
"""
_SWEDISH = """
alla att av de dem den denna deras dess det detta du där efter ej eller en er ett från för ha hade han har henne hon
hur här i in inte jag kan man med men mot mycket ni nu när och om oss på sig sin ska som så till under upp ut utan vad
var vara vem vi vid vilka vilken är över
"""
STOP_WORDS = frozenset([*_ENGLISH.split(), *_SWEDISH.split()])
"""Words that say so little that they are looked for only where nothing else is."""

_own = threading.local()


def index_terms(text: str, language: str) -> list[str]:
    """The words of a text in this language, in their order, as the index holds them."""
    return [index_term(word, language) for word in WORD.findall(text)]


def term_spans(text: str, language: str, start: int = 0) -> Iterator[tuple[int, int, str]]:
    """Where each word stands in a text, and its term."""
    for found in WORD.finditer(text, start):
        yield found.start(), found.end(), index_term(found[0], language)


@lru_cache(REMEMBERED)
def index_term(word: str, language: str) -> str:
    """One word, as WORD finds it, as the index holds it."""
    return _as_term(_folded(_stem(_plain(word), language)), word)


@lru_cache(REMEMBERED)
def fold(word: str) -> str:
    """One word without case and accents, not stemmed."""
    return _as_term(_folded(_plain(word)), word)


@lru_cache(4096)
def query_terms(word: str) -> tuple[str, ...]:
    """All terms that a word which a reader typed may stand for in texts of any language, as typed first."""
    known = dict.fromkeys((fold(word), *(index_term(word, language) for language in languages_of(word))))
    return tuple(known)


def languages_of(word: str) -> tuple[str, ...]:
    """The languages whose stems a word of this script may have."""
    script = unicodedata.name(word[0], "").partition(" ")[0]
    return BY_SCRIPT.get(script, ())


@lru_cache(REMEMBERED)
def is_stop_word(word: str) -> bool:
    return unicodedata.normalize("NFC", word).casefold().translate(_APOSTROPHES) in STOP_WORDS


def title_key(title: str) -> str:
    """A sign for a whole title: alike for titles of the same words in the same order; empty where it has none."""
    spelled = " ".join(fold(word) for word in WORD.findall(title))
    return blake2s(spelled.encode(), digest_size=8).hexdigest() if spelled else ""


def _as_term(folded: str, word: str) -> str:
    """Without blanks, and never empty: a sign that spells nothing, as an apostrophe alone, is found by its number."""
    return "".join(folded.split())[:LONGEST] or f"u{ord(word[0]):x}"


def _plain(word: str) -> str:
    lowered = unicodedata.normalize("NFKC", _POSSESSIVE.sub("", word.casefold())).translate(_APOSTROPHES)
    if lowered.isascii():
        return lowered
    return "".join(sign for sign in lowered if not _is_passed_over(sign))


def _stem(word: str, language: str) -> str:
    """Numbers have no stem; a stemmer keeps the word it works on, so each thread has its own."""
    if language not in STEMMERS or any(sign.isdigit() for sign in word):
        return word
    known = _own.__dict__.setdefault("stemmers", {})
    if language not in known:
        known[language] = STEMMERS[language]()
    return known[language].stemWord(word)


@lru_cache(REMEMBERED)
def _folded(word: str) -> str:
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word.translate(_SPELLED_OTHERWISE))
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not _is_passed_over(sign)))


def _is_passed_over(sign: str) -> bool:
    """Stress, vowel points, soft hyphens: what spells no word of its own."""
    return unicodedata.category(sign) in ("Mn", "Me", "Cf") and sign not in MARKS


FACET, NAMED, TITLE = "\ue000", "\ue001", "\ue002"
"""What a row is filed under, for filters; whom and what it is about, for words that name them; its whole title."""

ROW_LETTERS = {Tag: "t", Author: "a", Synonym: "s"}


def row_key(thing: Tag | Author | Synonym) -> str:
    """A topic, person or row of spellings, in a few letters."""
    return f"{ROW_LETTERS[type(thing)]}{thing.pk}"


def facet_term(letter: str, value: object) -> str:
    return f"{FACET}{letter}{value}"


def name_term(sign: str) -> str:
    return f"{NAMED}{sign}"


def title_term(key: str) -> str:
    return f"{TITLE}{key}"
