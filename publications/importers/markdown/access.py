"""Why a text was not public on its old site, by its fields; `hidden_places` has the reasons of its place.

Such a text becomes a draft, whatever the import publishes. In doubt it does too: an editor publishes it with a click,
but nobody takes back what readers have seen.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from publications.editorial_status import NOTICES

from ..public_values import PUBLIC_VALUES
from .dates import parse_date
from .front_matter import as_flag, as_text, as_texts, has_value

HIDING_FLAGS = frozenset(
    {
        "draft", "isdraft", "unlisted", "isunlisted", "private", "isprivate", "hidden", "ishidden", "headless",
        "unpublished", "membersonly", "subscribersonly", "eleventyexcludefromcollections", "embargoed", "isembargoed",
        "confidential", "isconfidential", "premium", "ispremium", "members", "paid", "ispaid", "internal", "isinternal",
        "restricted", "isrestricted", "paywall", "utkast", "opublicerad", "dold", "intern", "konfidentiell", "hemlig",
    }
)  # fmt: skip
"""Fields that hide a text unless they say no; names are without case, `-` and `_`, as `_plain_name` has them."""
SHOWING_FLAGS = frozenset(
    {"published", "ispublished", "publish", "public", "ispublic", "listed", "permalink"}
)
"""Fields that hide a text if they say no: `permalink: false` is a text of Eleventy without an address."""
SECRETS = frozenset({"password", "passphrase", "protected", "encrypted", "encrypt"})
"""Fields that hide a text if they have a value, which is never reported."""
STATUSES = frozenset({"status", "poststatus", "visibility", "access"})
"""Fields that hide a text unless all their values are open."""
OPEN_STATUSES = PUBLIC_VALUES | {"final", "live", "visible", "slutlig", "synlig"}
OTHER_STATUSES = frozenset({"audience", "stage", "state", "workflow"})
"""Fields that hide a text by a word of HIDDEN_STATUSES: `state: DC` is a place, and an audience are people."""
HIDDEN_STATUSES = frozenset(
    {
        "draft", "drafts", "private", "pending", "scheduled", "future", "sent", "trash", "unpublished", "unlisted",
        "hidden", "embargoed", "in review", "review", "wip", "password", "protected", "inherit", "auto-draft",
        "members", "paid", "tiers", "subscribers", "only_free", "only_paid", "founding", "internal",
        "confidential", "rejected", "restricted", "secret", "unreviewed", "utkast", "privat", "opublicerad", "dold",
        "granskning", "intern", "internt", "medlemmar", "prenumeranter", "hemlig",
        *(definition.work_status.lower() for definition in NOTICES.values()),  # a mark is set by an action
    }
)  # fmt: skip
BUILD_OPTIONS = frozenset({"build"})
"""Options of Hugo for a page: `render` and `list` (gohugo.io/content-management/build-options)."""
BUILD_DEFAULTS = frozenset({"always", "true", ""})
PUBLISHING_DATES = frozenset(
    {
        "date", "publishdate", "publisheddate", "publishedat", "publishedon", "pubdate", "published", "posted",
        "publish", "publishon", "publishat", "publishafter", "releasedate", "releaseat", "releaseon", "publiceras",
        "publiceringsdatum",
    }
)  # fmt: skip
EMBARGO_DATES = frozenset({"embargo", "embargodate", "embargoeduntil", "embargountil"})
"""Fields that hide a text until their date, and also if they have none that can be read."""
EXPIRY_DATES = frozenset(
    {"expirydate", "expires", "expiresat", "expireson", "expiredate", "unpublishdate", "unpublishedon"}
)


def reasons_in_fields(fields: Mapping[str, Any], *, is_dated: bool = True) -> list[str]:
    """Return the fields that say that a text was not public, with their values, as the file has them.

    Args:
        fields: the front matter, with what the text inherits.
        is_dated: whether dates in the future count here; that of the publication itself counts elsewhere.
    """
    return list(_find_reasons(fields, is_dated=is_dated))


def access_keys(fields: Mapping[str, Any]) -> set[str]:
    """Return the keys of fields that say whether a text is public; they are not reported as unread."""
    names = (
        HIDING_FLAGS | SECRETS | BUILD_OPTIONS | EXPIRY_DATES | (SHOWING_FLAGS - {"published", "permalink"})
    )
    return {key for key in fields if _plain_name(key) in names}


def expiry_in(fields: Mapping[str, Any]) -> tuple[datetime | None, str]:
    """Return when a text expires, the first if there are several, and a value that is no date, or ""."""
    values = [
        as_text(value)
        for key, value in fields.items()
        if _plain_name(key) in EXPIRY_DATES and has_value(value)
    ]
    dates = [date for value in values if (date := parse_date(value))]
    return min(dates, default=None), next((value for value in values if not parse_date(value)), "")


def _plain_name(key: str) -> str:
    return re.sub(r"[-_ ]", "", key).casefold()


def _find_reasons(fields: Mapping[str, Any], *, is_dated: bool) -> Iterator[str]:
    for key, value in fields.items():
        if not has_value(value):
            continue
        name = _plain_name(key)
        if name in SECRETS and as_flag(value) is not False:
            yield key
        elif name in BUILD_OPTIONS and isinstance(value, dict):
            yield from _reasons_in_build(key, value)
        elif any(hides(name, value) for hides in (_hides, *((_lies_ahead,) if is_dated else ()))):
            yield f"{key}: {as_text(value) or '…'}"


def _hides(name: str, value: Any) -> bool:
    """Whether a field hides a text. A value that cannot be read does so in a field for it."""
    flag, text = as_flag(value), as_text(value)
    if name in HIDING_FLAGS:
        return flag is not False
    if name == "permalink":
        return flag is False
    if name in SHOWING_FLAGS:
        return not flag and text.casefold() not in PUBLIC_VALUES and not parse_date(text)
    if name in STATUSES:
        statuses = [status.casefold() for status in as_texts(value, split_commas=True)]
        return not statuses or not OPEN_STATUSES.issuperset(statuses)
    if name in OTHER_STATUSES:
        return any(_has_hidden_word(status) for status in as_texts(value, split_commas=True))
    if name in EMBARGO_DATES:
        return flag is not False and not parse_date(text)
    return name in EXPIRY_DATES and not parse_date(text)


def _has_hidden_word(status: str) -> bool:
    words = re.findall(r"[^\W\d]+", status.casefold())
    return status.casefold() in HIDDEN_STATUSES or not HIDDEN_STATUSES.isdisjoint(words)


def _lies_ahead(name: str, value: Any) -> bool:
    date = parse_date(as_text(value)) if name in PUBLISHING_DATES | EMBARGO_DATES else None
    return bool(date) and date > timezone.now()


def _reasons_in_build(key: str, options: Mapping[str, Any]) -> Iterator[str]:
    for option in ("render", "list"):
        value = as_text(options.get(option)).casefold()
        if value not in BUILD_DEFAULTS:
            yield f"{key}.{option}: {value}"
