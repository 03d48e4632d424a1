"""How often pages ask the database."""

from collections.abc import Iterable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return len(captured)


def queries_of_each(client, paths: Iterable[str]) -> dict[str, int]:
    """Of several at once, since a thousand pieces to ask them of take longer to make than to ask of."""
    return {path: queries(client, path) for path in paths}
