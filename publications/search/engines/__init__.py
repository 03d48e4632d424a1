"""The two engines behind one door: SQLite's FTS5 and PostgreSQL's full text, chosen by the database in use.

Both hold the same rows: terms that `terms` has made, and marks. So they find the same, and neither stems.
"""

from django.db import connection

from . import postgres, sqlite
from .rows import Hit, IndexRow

ENGINES = {"sqlite": sqlite, "postgresql": postgres}


def engine():
    """The engine of the database in use."""
    return ENGINES[connection.vendor]


__all__ = ["Hit", "IndexRow", "engine"]
