"""Fields that hide a text until a day: by their names, and what they may say instead of a date and hide nothing."""

from .access_values import NO_VALUES, PUBLIC_VALUES, YES_VALUES
from .access_words import inflect, join_names

PUBLISHING_DATES = join_names(
    "publish", "published", "publish date", "published date", "published at", "published on", "pub date", "publish on",
    "publish at", "publish after", "release date", "release at", "release on", "publication date", "visible from",
    "public from", "go live", "go live at", "go live date", "go live on", *inflect("publicerad"), "publiceras",
    "publiceringsdatum", "synlig från",
)  # fmt: skip
"""Fields that hide a text until their date; in Markdown also if none can be read, as in `publishOn: later`."""
PUBLISHING_WORDS = YES_VALUES | PUBLIC_VALUES
EMBARGO_DATES = join_names(
    "embargo", "embargo date", "embargoed until", "embargo until", "embargo end", "embargo end date", "scheduled",
    "scheduled at", "scheduled for", "scheduled on", "schedule date", "scheduled date",
)  # fmt: skip
"""Fields that do so too, and if they have no date that can be read, unless their words say that it is over."""
EMBARGO_WORDS = NO_VALUES | frozenset({"ended", "expired", "hävt", "lifted", "over", "released", "upphävt"})
