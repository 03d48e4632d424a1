"""Languages of texts and of the two trees; addresses made from words of any alphabet."""

import re
import unicodedata

TREES = ("en", "sv")
NAMES = {"en": "English", "sv": "Svenska", "ru": "Русский", "uk": "Українська", "ar": "العربية"}
RIGHT_TO_LEFT = {"ar", "fa", "he"}
SLUG = r"[^\W_A-Z]+(?:-[^\W_A-Z]+)*"


def tree_of(language: str) -> str:
    return "sv" if language == "sv" else "en"


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def slugify(text: str) -> str:
    text = unicodedata.normalize("NFC", text.lower())
    slug = "-".join(re.findall(r"[^\W_]+", text))
    return slug if len(slug) <= 100 else slug[:101].rpartition("-")[0]
