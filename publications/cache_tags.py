"""The `Cache-Tag` of a response: which publication its page belongs to.

Without a tag a response may show anything that is public, so that every action outdates it. With one it changes only
when an action names the publication among its changed pages, or every page.
"""

CACHE_TAG = "Cache-Tag"
_PREFIX = "publication-"


def cache_tag(publication_pk: int) -> str:
    """Return the value of the header for the pages of a publication."""
    return f"{_PREFIX}{publication_pk}"


def parse_cache_tag(value: str) -> int | None:
    """Return the primary key of the publication in a value of the header, or None without one."""
    number = value.removeprefix(_PREFIX)
    return int(number) if number != value and number.isdecimal() else None
