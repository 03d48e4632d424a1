"""Which parameters of a query each page reads. All others, as marks of campaigns, make no other page."""

from functools import lru_cache

from django.urls import Resolver404, resolve
from django.utils import translation

from publications.languages import tree_of_path

from .filters import FILTERS

ALL = {
    "publications:list": frozenset({*FILTERS, "q", "order", "page"}),
    "publications:authors": frozenset({"page"}),
    "publications:author": frozenset({"page"}),
    "publications:changes": frozenset({"from"}),
    "publications:mastodon": frozenset({"server"}),
}
NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def parameters_of(path: str) -> frozenset[str] | None:
    """The names that the page of the path reads; None where there is no page.

    The sections of a tree are named in its own language.
    """
    try:
        with translation.override(tree_of_path(path)):
            name = resolve(path).view_name
    except Resolver404:
        return None
    return ALL.get(name, NONE)
