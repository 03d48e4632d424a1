"""Connections beside that of a test, on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.db import connection

LOCK_SUBSCRIBERS = "SELECT id FROM subscriptions_subscriber FOR NO KEY UPDATE"
"""As a sender locks them while it talks to a relay."""


@contextmanager
def locked_by_another(statement: str) -> Iterator[None]:
    """Let another connection have the locks of a statement."""
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        other.cursor().execute(statement)
        yield
