"""Filtering by facets: the editions of a list, and the rows that they are read from."""

from collections.abc import Mapping

from .edition import Edition
from .edition_queryset import ListQuerySet
from .facets import FACETS

Filters = Mapping[str, str]
"""Values that editions must have, by the names of their facets."""


def filter_by_facets[L: ListQuerySet](queryset: L, filters: Filters) -> L:
    """Return those of a queryset that have all these values."""
    for name, value in filters.items():
        queryset = FACETS[name].filter(queryset, value)
    return queryset


def select_for_list(filters: Filters) -> ListQuerySet:
    """Return what a list of the editions with all these values is read from, one row for each edition.

    Returns:
        The tags or bylines with the value of a facet that has such `rows`, whose index is in the order of lists; else
        editions. Both have the columns and the methods that lists use.
    """
    with_rows = next((facet for facet in FACETS.values() if facet.name in filters and facet.rows), None)
    if not with_rows:
        return filter_by_facets(Edition.objects.all(), filters)
    others = {name: value for name, value in filters.items() if name != with_rows.name}
    return filter_by_facets(with_rows.rows_with(filters[with_rows.name]), others)
