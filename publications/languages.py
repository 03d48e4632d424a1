"""Languages of texts and of the two trees of addresses; addresses made from words of any alphabet."""

import re
import unicodedata

TREES = ("en", "sv")
"""The interface languages, in the order of the site; a tree of addresses for each."""

NAMES = {
    "en": "English", "sv": "Svenska", "uk": "Українська", "ru": "Русский", "be": "Беларуская", "pl": "Polski",
    "de": "Deutsch", "fr": "Français", "es": "Español", "ka": "ქართული", "hy": "Հայերեն", "az": "Azərbaycanca",
    "ro": "Română", "et": "Eesti", "lv": "Latviešu", "lt": "Lietuvių", "fi": "Suomi", "da": "Dansk",
    "no": "Norsk", "cs": "Čeština", "sk": "Slovenčina", "hu": "Magyar", "bg": "Български", "el": "Ελληνικά",
    "tr": "Türkçe", "ar": "العربية", "he": "עברית", "fa": "فارسی", "zh": "中文", "ja": "日本語",
}  # fmt: skip
"""The languages a text may be in, each by its own name."""

RIGHT_TO_LEFT = frozenset({"ar", "he", "fa"})
LONGEST = 100

_WORD = r"[^\W_A-Z]+"
SLUG = rf"{_WORD}(?:-{_WORD})*"
"""What slugify gives: letters of any alphabet and digits, words joined by single hyphens; never a dot."""


def tree_of(language: str) -> str:
    """The tree a text stands in: its own language's where there is one, else the first."""
    return language if language in TREES else TREES[0]


def direction(language: str) -> str:
    """The direction the language is written in, as the `dir` attribute has it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def slugify(text: str) -> str:
    """An address of at most 100 characters, cut at a hyphen; empty where the text has no letter or digit.

    Letters stay in their alphabet (å, Ж, ا); marks that no letter carries in composed form are left out.
    """
    composed = unicodedata.normalize("NFC", text).lower()
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", _without_marks(composed)))
    slug = "-".join(words)
    if len(slug) <= LONGEST:
        return slug
    cut = slug[: LONGEST + 1].rpartition("-")[0]
    return cut or slug[:LONGEST]


def _without_marks(text: str) -> str:
    """Leave out combining marks (vowel signs, stress marks) and apostrophes inside words."""
    kept = (sign for sign in text if not unicodedata.category(sign).startswith("M"))
    return re.sub(r"(?<=\w)['’](?=\w)", "", "".join(kept))
