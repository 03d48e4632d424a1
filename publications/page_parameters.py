"""The query parameters that each page reads. All others are ignored: such addresses share one cached page."""

from functools import lru_cache

from django.urls import Resolver404, resolve
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


@lru_cache(maxsize=4096)
def parameters_of(path: str) -> frozenset[str] | None:
    """Return the parameters that the page at a path reads, or None if no page is there."""
    try:
        with translation.override(locale_of_path(path)):  # sections are translated
            name = resolve(path).view_name
    except Resolver404:
        return None
    return parameters_of_view(name)


def parameters_of_view(name: str) -> frozenset[str]:
    """Return the parameters that the page with this URL name reads."""
    facets = FACETS if name == "publications:list" else ()
    return frozenset((*PARAMETERS.get(name, ()), *facets))
