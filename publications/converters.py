"""Path converters: the values of a path that the resolver passes to views."""

import re

from django.urls import register_converter
from django.urls.converters import StringConverter

from publications import slugs
from publications.metadata import FEED_FORMATS, RECORD_FORMATS


class UnicodeSlugConverter(StringConverter):
    """Letters of any alphabet, digits and single hyphens: never a dot, so that extensions cannot clash."""

    regex = slugs.SLUG


class NumberConverter:
    """An integer that fits every database, without leading zeros."""

    regex = "0|[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class RecordFormatConverter(StringConverter):
    """The extension of an output format of the record."""

    regex = "|".join(map(re.escape, RECORD_FORMATS))


class FeedFormatConverter(StringConverter):
    """The extension of a feed."""

    regex = "|".join(map(re.escape, FEED_FORMATS))


class RestConverter(StringConverter):
    """The rest of a path, which may be empty or hold line breaks."""

    regex = r"[\s\S]*"


def register() -> None:
    """Register the converters. Call it before any URL pattern is loaded."""
    register_converter(UnicodeSlugConverter, "unicode_slug")
    register_converter(NumberConverter, "number")
    register_converter(RecordFormatConverter, "record_format")
    register_converter(FeedFormatConverter, "feed_format")
    register_converter(RestConverter, "rest")
