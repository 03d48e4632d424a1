"""The `Cache-Tag` of a response: which publication its page belongs to. Those at its address and below have one.

Without a tag a response may show anything that is public, so that every action outdates it. With one it changes only
when an action names the publication among its changed pages, or every page.
"""

from django.conf import settings
from django.http import HttpResponse

CACHE_TAG = "Cache-Tag"
_PREFIX = "publication-"


def cache_tag(publication_pk: int) -> str:
    """Return the value of the header for the pages of a publication."""
    return f"{_PREFIX}{publication_pk}"


def tag_response(response: HttpResponse, publication_pk: int) -> HttpResponse:
    """Mark a response as a page of a publication. Without a page cache, which takes the header off, there is none."""
    if settings.PAGES_IN_MEMORY:
        response.headers[CACHE_TAG] = cache_tag(publication_pk)
    return response


def parse_cache_tag(value: str) -> int | None:
    """Return the primary key of the publication in a value of the header, or None without one."""
    number = value.removeprefix(_PREFIX)
    return int(number) if number != value and number.isdecimal() else None
