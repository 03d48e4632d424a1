"""Counts of database queries of pages."""

from collections.abc import Iterable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return len(captured)


def count_queries_of_each(client, paths: Iterable[str]) -> dict[str, int]:
    """Return the counts by path."""
    return {path: count_queries(client, path) for path in paths}
