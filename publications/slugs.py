"""Slugs made from words of any alphabet, and old paths in the one spelling that they are stored in."""

import re
import unicodedata
from collections.abc import Container, Iterable
from itertools import chain, count, groupby
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

MAX_SLUG_CHARACTERS = 100
APOSTROPHES = "'’‘ʼ"
PASSED_OVER = ("Mn", "Mc", "Me", "Cf")

SPELLED_WITH_MARKS = (range(0x0780, 0x1AB0), range(0xA800, 0xAC00))
"""Where vowels are written as marks (Indic scripts, Thai, Khmer …): without them a word is another word."""


def _runs(signs: Iterable[str]) -> str:
    """Signs as the inside of a character class of a regular expression: each run by its first and last."""
    runs = groupby(enumerate(sorted(signs)), key=lambda pair: ord(pair[1]) - pair[0])
    ordered = [[sign for _place, sign in run] for _offset, run in runs]
    return "".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ordered)


MARKS = frozenset(
    sign for sign in map(chr, chain(*SPELLED_WITH_MARKS)) if unicodedata.category(sign) in ("Mn", "Mc")
)
_MARK = f"[{_runs(MARKS)}]"
_CAPITALS = "A-ZÀ-ÞΑ-ΫЀ-ЯԱ-Ֆ"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|{_MARK})*")

SLUG = rf"(?=[^\W_])(?:[^\W_{_CAPITALS}]|{_MARK}|-(?=[^\W_])){{1,{MAX_SLUG_CHARACTERS}}}"
"""What slugify gives: lower-case letters of any alphabet and digits, words joined by single hyphens, at most
100 characters; never a dot. It is kept short, as every address made is tried against it: rarer capitals (Ő)
and letters not composed (NFC) pass, though slugify never gives them."""

MAX_REDIRECT_PATH = 500
PAGE_FILE = re.compile(r"(?:(?:^|/)index)?\.html?\Z")

WITHOUT_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def slugify(text: str) -> str:
    """An address of at most 100 characters, cut at a hyphen; empty where the text has no letter or digit.

    Letters stay in their alphabet (å, Ж, ا), with the marks that spell a word (हिन्दी) but without stress.
    """
    slug = "-".join(_WORD.findall(_lowered(text)))
    if len(slug) <= MAX_SLUG_CHARACTERS:
        return slug
    return slug[: MAX_SLUG_CHARACTERS + 1].rpartition("-")[0] or slug[:MAX_SLUG_CHARACTERS]


def slug_stem(slug: str) -> str:
    """Return a slug cut to leave room for a hyphen and a number of up to five digits, or the code of a language."""
    return slug[: MAX_SLUG_CHARACTERS - 6].rstrip("-")


def numbered_slug(slug: str, taken: Container[str]) -> str:
    """Return a slug with the lowest number from 2 that makes it one that is not taken: "grain-2"."""
    stem = slug_stem(slug)
    return next(numbered for number in count(2) if (numbered := f"{stem}-{number}") not in taken)


def _lowered(text: str) -> str:
    """Lower-case and composed, without what is passed over."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return unicodedata.normalize("NFC", "".join(sign for sign in lowered if not _is_passed_over(sign)))


def _is_passed_over(sign: str) -> bool:
    """Stress marks, vowel points, apostrophes, soft hyphens and their like part no word and are not kept."""
    return sign in APOSTROPHES or (unicodedata.category(sign) in PASSED_OVER and sign not in MARKS)


def strip_marks(text: str) -> str:
    """The letters that people type who have no others on their keyboard: "Răchitaru" as "rachitaru"."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(WITHOUT_STROKES))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def strip_marks_both_ways(text: str) -> tuple[str, str]:
    """The two ways in which people write letters without their marks: "Jörg" as "jorg" and as "joerg"."""
    two_letters = unicodedata.normalize("NFC", text.casefold()).translate(TWO_LETTERS)
    return strip_marks(text), strip_marks(two_letters)


def normalize_redirect_path(address: str) -> str:
    """The one spelling of an address of another time, by which it is stored, looked for and linked to.

    Decoded, lower-case, without host, query, `index.html`, `.html` and closing slash: servers of static sites answer
    to all of these. The root is "/"; what is no address, or too long to be kept, is "".
    """
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    plain = "/" + PAGE_FILE.sub("", normalize("NFC", path.lower()).strip("/")).strip("/")
    return plain if len(plain) <= MAX_REDIRECT_PATH and "\0" not in plain else ""
