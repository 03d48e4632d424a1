"""Terms of the index: the stems of words, without case, accents and apostrophes. Reads no database.

Texts are stemmed by their own language where a query can be stemmed the same way: English, Swedish, and languages that
have a script to themselves. All others are kept as spelled. A query may be in any language, so each of its words
expands to every stem that its script allows.

Other terms refer to rows of the database. No reader can type them: each starts with a private use character.
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

MAX_TERM_LENGTH = 40
CACHED_TERMS = 1 << 16
MAX_TEXT_CHARACTERS = 60_000
"""How much of a text snippets and similarity read, in characters."""

STEMMERS = {
    "en": EnglishStemmer, "sv": SwedishStemmer, "ru": RussianStemmer, "el": GreekStemmer, "ar": ArabicStemmer,
    "hy": ArmenianStemmer,
}  # fmt: skip
LANGUAGES_BY_SCRIPT = {
    "LATIN": ("en", "sv"),
    "CYRILLIC": ("ru",),
    "GREEK": ("el",),
    "ARABIC": ("ar",),
    "ARMENIAN": ("hy",),
}

IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_INNER_CHARACTERS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200d\u2060"
    + "".join(sorted(MARKS))
)
_LETTER = rf"[^\W_{IDEOGRAPHS}]"
_LETTERS = rf"{_LETTER}++(?:[{_INNER_CHARACTERS}]++{_LETTER}*+)*+"
WORD = re.compile(rf"{_LETTERS}(?:['’ʼ]{_LETTERS})*+|[{IDEOGRAPHS}]")
"""A word of a text in any alphabet; in scripts without spaces each character is one."""

POSSESSIVE = re.compile(r"['’ʼ]s$")
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
_TRANSLITERATED = str.maketrans({
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
"""Words that a query ignores unless it has no others."""

_thread_local = threading.local()


def index_terms(text: str, language: str) -> list[str]:
    """Return the terms of a text in this language, in order."""
    return [index_term(word, language) for word in WORD.findall(text)]


def term_spans(text: str, language: str, start: int = 0) -> Iterator[tuple[int, int, str]]:
    """Yield the start, the end and the term of each word of a text."""
    for match in WORD.finditer(text, start):
        yield match.start(), match.end(), index_term(match[0], language)


@lru_cache(CACHED_TERMS)
def index_term(word: str, language: str) -> str:
    """Return the term of one word, as WORD matches it."""
    return _build_term(_strip_accents(_stem(_normalize(word), language)), word)


@lru_cache(CACHED_TERMS)
def fold(word: str) -> str:
    """Return a word without case and accents, not stemmed."""
    return _build_term(_strip_accents(_normalize(word)), word)


@lru_cache(4096)
def query_terms(word: str) -> tuple[str, ...]:
    """Return all terms that a typed word may have in texts of any language, the unstemmed one first."""
    terms = dict.fromkeys((fold(word), *(index_term(word, language) for language in languages_of(word))))
    return tuple(terms)


def languages_of(word: str) -> tuple[str, ...]:
    """Return the languages whose stemmers apply to the script of a word."""
    script = unicodedata.name(word[0], "").partition(" ")[0]
    return LANGUAGES_BY_SCRIPT.get(script, ())


def is_stop_word(word: str) -> bool:
    return unicodedata.normalize("NFC", word).casefold().translate(_APOSTROPHES) in STOP_WORDS


def title_key(title: str) -> str:
    """Return a hash of the words of a title in order, or "" if it has none."""
    folded = " ".join(fold(word) for word in WORD.findall(title))
    return blake2s(folded.encode(), digest_size=8).hexdigest() if folded else ""


def _build_term(folded: str, word: str) -> str:
    """Return a term without spaces, never empty: for a lone apostrophe or the like its code point."""
    return "".join(folded.split())[:MAX_TERM_LENGTH] or f"u{ord(word[0]):x}"


def _normalize(word: str) -> str:
    lowered = unicodedata.normalize("NFKC", POSSESSIVE.sub("", word.casefold())).translate(_APOSTROPHES)
    if lowered.isascii():
        return lowered
    return "".join(character for character in lowered if not _is_ignored(character))


def _stem(word: str, language: str) -> str:
    """Return the stem of a word. Stemmers keep state, so each thread has its own."""
    if language not in STEMMERS or any(character.isdigit() for character in word):
        return word
    stemmers = _thread_local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = STEMMERS[language]()
    return stemmers[language].stemWord(word)


@lru_cache(CACHED_TERMS)
def _strip_accents(word: str) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word.translate(_TRANSLITERATED))
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not _is_ignored(char)))


def _is_ignored(character: str) -> bool:
    """Whether it only decorates a word, as stress marks, vowel points and soft hyphens do."""
    return unicodedata.category(character) in ("Mn", "Me", "Cf") and character not in MARKS


FACET_PREFIX, ENTITY_PREFIX, TITLE_PREFIX = "\ue000", "\ue001", "\ue002"
"""The first character of terms for filters, for the topics and authors of an edition, and for its whole title."""

ROW_KEY_PREFIXES = {Tag: "t", Author: "a", Synonym: "s"}


def row_key(instance: Tag | Author | Synonym) -> str:
    """Return the short key of a topic, author or synonym, such as "t5"."""
    return f"{ROW_KEY_PREFIXES[type(instance)]}{instance.pk}"


def facet_term(prefix: str, value: object) -> str:
    return f"{FACET_PREFIX}{prefix}{value}"


def entity_term(key: str) -> str:
    """Return the term of a topic or author, by its row key."""
    return f"{ENTITY_PREFIX}{key}"


def title_term(key: str) -> str:
    return f"{TITLE_PREFIX}{key}"
