"""Why a text was not public on its old site, by its fields; `hidden_places` has the reasons of its place.

Such a text becomes a draft, whatever the import publishes. In doubt it does too: an editor publishes it with a click,
but nobody takes back what readers have seen.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from ..access_rules import field_hides, is_public_flag, is_secret, is_understood, rules_of
from ..access_values import NO_VALUES, hides_unless_no, hides_unless_public
from ..access_words import fold_value, join_name, join_names
from ..embargo import EMBARGO_DATES, EMBARGO_WORDS, PUBLISHING_DATES, PUBLISHING_WORDS
from .dates import parse_date
from .front_matter import as_flag, as_text, as_texts, has_value

HIDING_FLAGS = join_names("headless", "eleventy exclude from collections")
"""Flags of Hugo and Eleventy that hide a text unless they say no."""
STATUSES = join_names("status", "post status")
"""Fields that hide a text unless all their values are open; other names with `status` may be those of a project."""
BUILD_OPTIONS = join_names("build")
"""Options of Hugo for a page: `render` and `list` (gohugo.io/content-management/build-options)."""
BUILD_DEFAULTS = frozenset({"always", "true", ""})
CUSTOM_FIELDS = join_names("params", "extra", "meta")
"""Fields in which Hugo, Zola and themes keep fields of the site's own, which count as if they stood beside them."""
MAX_DEPTH = 3
"""How deeply fields are read within others: aliases may be circular."""
TEXT_DATES = join_names("date", "posted")
EXPIRY_DATES = join_names(
    "expiry date", "expires", "expires at", "expires on", "expire date", "unpublish date", "unpublished on"
)
"""Fields that hide a text from their date on, and also if they have none that can be read."""
EXPIRY_WORDS = NO_VALUES | frozenset({"aldrig", "never"})
WORDS_WITHOUT_DATE = {
    **dict.fromkeys(PUBLISHING_DATES, PUBLISHING_WORDS),
    **dict.fromkeys(EMBARGO_DATES, EMBARGO_WORDS),
    **dict.fromkeys(EXPIRY_DATES, EXPIRY_WORDS),
}
"""What the fields for dates may say instead of one, and hide nothing."""
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def reasons_in_fields(fields: Mapping[str, Any], *, is_dated: bool = True) -> list[str]:
    """Return the fields that say that a text was not public, with their values, as the file has them.

    Args:
        fields: the front matter, with what the text inherits.
        is_dated: whether dates in the future count here; that of the publication itself counts elsewhere.
    """
    return list(dict.fromkeys(_find_reasons(fields, is_dated=is_dated)))


def access_keys(fields: Mapping[str, Any]) -> set[str]:
    """Return the keys of fields that say whether a text is public; they are not reported as unread."""
    return {key for key, value in fields.items() if _is_about_access(key, value)}


def expiry_in(fields: Mapping[str, Any]) -> tuple[datetime | None, str]:
    """Return when a text expires, the first if there are several, and a value that is no date, or ""."""
    values = [
        as_text(value) for key, value in fields.items() if join_name(key) in EXPIRY_DATES and has_value(value)
    ]
    dates = [date for value in values if (date := parse_date(value))]
    unread = (value for value in values if not parse_date(value) and fold_value(value) not in EXPIRY_WORDS)
    return min(dates, default=None), next(unread, "")


def _is_about_access(key: str, value: Any) -> bool:
    if join_name(key) in HIDING_FLAGS | BUILD_OPTIONS | EXPIRY_DATES:
        return True
    texts = as_texts(value, max_items=None)
    return any(rules_of(key)) and (is_understood(texts) or field_hides(key, texts))


def _find_reasons(fields: Mapping[str, Any], *, is_dated: bool, depth: int = 0) -> Iterator[str]:
    for key, value in fields.items():
        name = join_name(key)
        if not has_value(value):
            if str(value).casefold() == "none" and value is not None and is_public_flag(key):
                yield f"{key}: {value}"
            continue
        if name in BUILD_OPTIONS and isinstance(value, dict):
            yield from _reasons_in_build(key, value)
        elif _hides(key, value) or _has_no_date(name, value) or (is_dated and _lies_ahead(name, value)):
            yield key if is_secret(key) else f"{key}: {as_text(value) or '…'}"
        elif isinstance(value, dict) and depth < MAX_DEPTH and name != "cascade":
            yield from _find_reasons(_fields_within(key, value), is_dated=is_dated, depth=depth + 1)


def _fields_within(key: str, values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the fields within another; their names say of what they are, such as `cover.hidden`."""
    prefix = "" if join_name(key) in CUSTOM_FIELDS else f"{key}."
    return {f"{prefix}{name}": value for name, value in values.items()}


def _hides(key: str, value: Any) -> bool:
    name, texts = join_name(key), as_texts(value, split_commas=True, max_items=None)
    if name == "permalink":  # a text of Eleventy without an address
        return as_flag(value) is False
    if name in HIDING_FLAGS:
        return hides_unless_no(texts)
    if name in STATUSES:
        return hides_unless_public(texts)
    return field_hides(key, texts)


def _has_no_date(name: str, value: Any) -> bool:
    """Whether a field for a date has neither one nor a word that says that there is none."""
    text = as_text(value)
    if name not in WORDS_WITHOUT_DATE or fold_value(text) in WORDS_WITHOUT_DATE[name] or parse_date(text):
        return False
    return name in EXPIRY_DATES or not _is_of_past_year(text)


def _is_of_past_year(text: str) -> bool:
    """Whether a text such as `March 2019` names a year, and only years before this one."""
    years = [int(year) for year in _YEAR.findall(text)]
    return bool(years) and max(years) < timezone.localdate().year


def _lies_ahead(name: str, value: Any) -> bool:
    is_date = name in TEXT_DATES | PUBLISHING_DATES | EMBARGO_DATES
    date = parse_date(as_text(value)) if is_date else None
    return bool(date) and date > timezone.now()


def _reasons_in_build(key: str, options: Mapping[str, Any]) -> Iterator[str]:
    for option in ("render", "list"):
        value = as_text(options.get(option)).casefold()
        if value not in BUILD_DEFAULTS:
            yield f"{key}.{option}: {value}"
