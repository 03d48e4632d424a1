"""The parts of addresses: what the resolver lets through to a page, so that no page is asked for nonsense."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from publications import languages


class Words(StringConverter):
    """Letters of any alphabet, digits and single hyphens: never a dot, so that suffixes cannot clash."""

    regex = languages.SLUG


class Number:
    """A whole number that every database holds, written in one way."""

    regex = "0|[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Face(StringConverter):
    """The ending of an address at which the record of a piece stands in a format of others."""

    regex = r"bib|ris|csl\.json|md"


class FeedFormat(StringConverter):
    """The ending of the address of a feed in a format besides Atom."""

    regex = r"rss|json"


class Rest(StringConverter):
    """Whatever is left of an address, were it nothing, or what no text holds."""

    regex = r"[\s\S]*"


def register() -> None:
    """Make them known to routes, before any is read."""
    register_converter(Words, "words")
    register_converter(Number, "number")
    register_converter(Face, "face")
    register_converter(FeedFormat, "feed_format")
    register_converter(Rest, "rest")
