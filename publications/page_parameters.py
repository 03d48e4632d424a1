"""The query parameters that each page reads. All others are ignored: such addresses share one cached page."""

from functools import lru_cache

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from publications.locales import locale_of_path
from publications.models import FACETS

PARAMETERS = {
    "publications:list": ("q", "order", "page"),
    "publications:authors": ("page",),
    "publications:author": ("page",),
    "publications:changes": ("from",),
    "publications:mastodon": ("server",),
}
"""By name of the page; the list also reads the facets."""
LIST_NAMES = (
    "home", "list", "topics", "authors", "feed", "kind_feed", "language_feed", "verify", "other_addresses",
)  # fmt: skip
LIST_ROUTES = frozenset(("root", *(f"publications:{name}" for name in LIST_NAMES)))
"""Pages without a row, which old addresses may lead to."""
FEED_FACETS = {"publications:kind_feed": ("kind", "kind"), "publications:language_feed": ("language", "code")}
"""The facets of feeds that are no row's, each with the argument of the route that holds its value."""


def resolve_page(path: str) -> ResolverMatch | None:
    """Return what the URL patterns make of a decoded path, in the locale that it begins with, or None."""
    try:
        with translation.override(locale_of_path(path)):  # sections are translated
            return resolve(path)
    except Resolver404:
        return None


@lru_cache(maxsize=4096)
def parameters_of(path: str) -> frozenset[str] | None:
    """Return the parameters that the page at a path reads, or None if no page is there."""
    match = resolve_page(path)
    return parameters_of_view(match.view_name) if match else None


def parameters_of_view(name: str) -> frozenset[str]:
    """Return the parameters that the page with this URL name reads."""
    facets = FACETS if name == "publications:list" else ()
    return frozenset((*PARAMETERS.get(name, ()), *facets))


def is_lasting_parameter(page: str, name: str, value: str) -> bool:
    """Return whether a lasting link to a page may have this value of a parameter.

    The page has to read it, and it may not be malformed, nor the number of a page, whose texts change.

    Args:
        page: the URL name.
    """
    if "\0" in value or name == "page" or name not in parameters_of_view(page):
        return False
    return name not in FACETS or FACETS[name].accepts(value)


def read_feed_facet(match: ResolverMatch) -> tuple[str, str] | None:
    """Return the name of the facet that a feed is of, and its value; None for any other page."""
    if match.view_name not in FEED_FACETS:
        return None
    facet, argument = FEED_FACETS[match.view_name]
    return facet, match.kwargs[argument]
