"""Languages of texts and of the two trees of addresses; addresses made from words of any alphabet."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from itertools import chain, groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

TREES = ("en", "sv")
"""The interface languages, in the order of the site; a tree of addresses for each."""

NAMES = {
    "en": "English", "sv": "Svenska", "uk": "Українська", "ru": "Русский", "be": "Беларуская", "pl": "Polski",
    "de": "Deutsch", "fr": "Français", "es": "Español", "ka": "ქართული", "hy": "Հայերեն",
    "az": "Azərbaycanca", "ro": "Română", "et": "Eesti", "lv": "Latviešu", "lt": "Lietuvių", "fi": "Suomi",
    "da": "Dansk", "no": "Norsk", "cs": "Čeština", "sk": "Slovenčina", "hu": "Magyar", "bg": "Български",
    "el": "Ελληνικά", "tr": "Türkçe", "ar": "العربية", "he": "עברית", "fa": "فارسی",
    "zh": "中文", "ja": "日本語",
}  # fmt: skip
"""The languages a text may be in, each by its own name."""

LANGUAGE_LABELS = {
    "en": _("English"), "sv": _("Swedish"), "uk": _("Ukrainian"), "ru": _("Russian"), "be": _("Belarusian"),
    "pl": _("Polish"), "de": _("German"), "fr": _("French"), "es": _("Spanish"), "ka": _("Georgian"),
    "hy": _("Armenian"), "az": _("Azerbaijani"), "ro": _("Romanian"), "et": _("Estonian"), "lv": _("Latvian"),
    "lt": _("Lithuanian"), "fi": _("Finnish"), "da": _("Danish"), "no": _("Norwegian"), "cs": _("Czech"),
    "sk": _("Slovak"), "hu": _("Hungarian"), "bg": _("Bulgarian"), "el": _("Greek"), "tr": _("Turkish"),
    "ar": _("Arabic"), "he": _("Hebrew"), "fa": _("Persian"), "zh": _("Chinese"), "ja": _("Japanese"),
}  # fmt: skip
"""The same in the language of the page."""

LANGUAGE_CODES = {
    **{code: code for code in NAMES},
    **{name.lower(): code for code, name in NAMES.items()},
    "nb": "no", "nn": "no", "iw": "he",
}  # fmt: skip
"""The languages by all that files and programs call them, in lower case."""

RIGHT_TO_LEFT = frozenset({"ar", "he", "fa"})
LONGEST = 100

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
SLUG = rf"(?=[^\W_])(?:[^\W_{_CAPITALS}]|{_MARK}|-(?=[^\W_])){{1,{LONGEST}}}"
"""What slugify gives: lower-case letters of any alphabet and digits, words joined by single hyphens, at most
100 characters; never a dot. It is kept short, as every address made is tried against it: rarer capitals (Ő)
and letters not composed (NFC) pass, though slugify never gives them."""


def tree_of(language: str) -> str:
    """The tree a text stands in: its own language's where there is one, else the first."""
    return language if language in TREES else TREES[0]


def tree_of_path(path: str) -> str:
    """The tree that a path of the site stands in; the first where it stands in none."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in TREES else TREES[0]


def language_label(code: str) -> str:
    """What the language is called in that of the page: "Swedish" on an English page, "Svenska" on a Swedish one."""
    return str(LANGUAGE_LABELS[code])


def language_code(text: str) -> str:
    """Return the language that `es-PR`, `sv_SE`, `EN` or `Svenska` means; "" for one that the site does not know."""
    plain = text.strip().lower()
    return LANGUAGE_CODES.get(plain) or LANGUAGE_CODES.get(re.split(r"[-_.]", plain)[0], "")


def direction(language: str) -> str:
    """The direction the language is written in, as the `dir` attribute has it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def datetime_with_zone(at: datetime) -> str:
    """Return a moment with its zone in the language of whoever reads it: "9 June 2026 07:00 CEST"."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def slugify(text: str) -> str:
    """An address of at most 100 characters, cut at a hyphen; empty where the text has no letter or digit.

    Letters stay in their alphabet (å, Ж, ا), with the marks that spell a word (हिन्दी) but without stress.
    """
    slug = "-".join(_WORD.findall(_lowered(text)))
    if len(slug) <= LONGEST:
        return slug
    return slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]


def _lowered(text: str) -> str:
    """Lower-case and composed, without what is passed over."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return unicodedata.normalize("NFC", "".join(sign for sign in lowered if not _is_passed_over(sign)))


def _is_passed_over(sign: str) -> bool:
    """Stress marks, vowel points, apostrophes, soft hyphens and their like part no word and are not kept."""
    return sign in APOSTROPHES or (unicodedata.category(sign) in PASSED_OVER and sign not in MARKS)


def without_marks(text: str) -> str:
    """The letters that people type who have no others on their keyboard: "Răchitaru" as "rachitaru"."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(WITHOUT_STROKES))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def spellings_without_marks(text: str) -> tuple[str, str]:
    """The two ways in which people write letters without their marks: "Jörg" as "jorg" and as "joerg"."""
    two_letters = unicodedata.normalize("NFC", text.casefold()).translate(TWO_LETTERS)
    return without_marks(text), without_marks(two_letters)


WITHOUT_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
