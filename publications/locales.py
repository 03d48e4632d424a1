"""Locales of the site and languages of texts: codes, names, the locale of a path, paths within a locale.

A locale is a language version of the site (`/en/`, `/sv/`); a text may be in any language of `LANGUAGE_NAMES`.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

LOCALES = ("en", "sv")
"""The locales, which are the languages of the interface; the first is the default."""

LANGUAGE_NAMES = {
    "en": "English", "sv": "Svenska", "uk": "Українська", "ru": "Русский", "be": "Беларуская", "pl": "Polski",
    "de": "Deutsch", "fr": "Français", "es": "Español", "ka": "ქართული", "hy": "Հայերեն",
    "az": "Azərbaycanca", "ro": "Română", "et": "Eesti", "lv": "Latviešu", "lt": "Lietuvių", "fi": "Suomi",
    "da": "Dansk", "no": "Norsk", "cs": "Čeština", "sk": "Slovenčina", "hu": "Magyar", "bg": "Български",
    "el": "Ελληνικά", "tr": "Türkçe", "ar": "العربية", "he": "עברית", "fa": "فارسی",
    "zh": "中文", "ja": "日本語",
}  # fmt: skip
"""The languages of texts, each with its own name for itself."""

LANGUAGE_LABELS = {
    "en": _("English"), "sv": _("Swedish"), "uk": _("Ukrainian"), "ru": _("Russian"), "be": _("Belarusian"),
    "pl": _("Polish"), "de": _("German"), "fr": _("French"), "es": _("Spanish"), "ka": _("Georgian"),
    "hy": _("Armenian"), "az": _("Azerbaijani"), "ro": _("Romanian"), "et": _("Estonian"), "lv": _("Latvian"),
    "lt": _("Lithuanian"), "fi": _("Finnish"), "da": _("Danish"), "no": _("Norwegian"), "cs": _("Czech"),
    "sk": _("Slovak"), "hu": _("Hungarian"), "bg": _("Bulgarian"), "el": _("Greek"), "tr": _("Turkish"),
    "ar": _("Arabic"), "he": _("Hebrew"), "fa": _("Persian"), "zh": _("Chinese"), "ja": _("Japanese"),
}  # fmt: skip
"""The names of the same languages in the language of the page."""

LANGUAGE_CODES = {
    **{code: code for code in LANGUAGE_NAMES},
    **{name.lower(): code for code, name in LANGUAGE_NAMES.items()},
    "nb": "no", "nn": "no", "iw": "he",
}  # fmt: skip
"""Language codes by the codes and names, in lower case, that imported files use."""

RIGHT_TO_LEFT = frozenset({"ar", "he", "fa"})
MAX_CACHED_PATHS, MAX_CACHED_DAYS = 4_096, 4_096  # some hundred bytes each
ANY_SLUG = "any-slug"


def locale_of(language: str) -> str:
    """Return the locale of a text in this language: its own, or the first for a third language."""
    return language if language in LOCALES else LOCALES[0]


def locale_of_path(path: str) -> str:
    """Return the locale of a path, or the first for a path without one."""
    segment = path.lstrip("/").partition("/")[0]
    return segment if segment in LOCALES else LOCALES[0]


def current_locale(language: str | None = None) -> str:
    """Return the locale of the page being rendered, or that of the language given."""
    return locale_of(language or translation.get_language() or LOCALES[0])


def language_label(code: str) -> str:
    """Return the name of a language in the current locale: "Swedish" or "Svenska"."""
    return str(LANGUAGE_LABELS[code])


def other_language_label(code: str) -> str:
    """Return the name of a language, "" for that of the current locale, in which readers expect a text."""
    return "" if code == current_locale() else language_label(code)


def language_in_sentence(code: str) -> str:
    """Return the name of a language within a sentence: "the Swedish text", "texten på svenska"."""
    label = language_label(code)
    return label.lower() if current_locale() == "sv" else label


def language_code(text: str) -> str:
    """Return the code of the language in `es-PR`, `sv_SE`, `EN` or `Svenska`, or "" for an unknown one."""
    lowered = text.strip().lower()
    return LANGUAGE_CODES.get(lowered) or LANGUAGE_CODES.get(re.split(r"[-_.]", lowered)[0], "")


def text_direction(language: str) -> str:
    """Return the text direction of a language as a value of the `dir` attribute."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def datetime_with_zone(at: datetime) -> str:
    """Return a time with its zone in the current language: "9 June 2026 07:00 CEST"."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def format_day(day: date | datetime, format: str = "DATE_FORMAT") -> str:
    """Return a day, or that of a time in the time zone of the site, in the current language: "9 June 2026"."""
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return _format_day_in_language(day, format, translation.get_language())


@lru_cache(maxsize=MAX_CACHED_DAYS)
def _format_day_in_language(day: date, format: str, language: str | None) -> str:
    """Cached, as a list formats twenty days and many publications have the same one."""
    return date_format(day, format)


def localized_path(locale: str, name: str, *, slug: str | None = None, **kwargs: str | int) -> str:
    """Return the path of a URL name in a locale. The slug is one that the URL patterns accept."""
    if slug is None:
        return _reverse_in_locale(locale, name, **kwargs)
    return _reverse_in_locale(locale, name, slug=ANY_SLUG, **kwargs).replace(ANY_SLUG, quote(slug), 1)


@lru_cache(maxsize=MAX_CACHED_PATHS)
def _reverse_in_locale(locale: str, name: str, **kwargs: str | int) -> str:
    """Cached, as the site is at the root of its host: for each name once, not for each slug."""
    with translation.override(locale):
        return reverse(name, kwargs=kwargs or None)


def absolute_url(path: str) -> str:
    """Return the absolute URL of a path, for canonical links, sharing, feeds and citations."""
    return f"{settings.SITE_URL}{path}"
