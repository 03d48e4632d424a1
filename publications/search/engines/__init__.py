"""The two search engines: SQLite's FTS5 and PostgreSQL's full text search, chosen by the database in use.

Both modules have the same functions and store the same ready-made terms, so both find the same editions; neither stems.
"""

from types import ModuleType

from django.db import connection

from . import postgres, sqlite
from .rows import Hit, IndexRow

ENGINES = {"sqlite": sqlite, "postgresql": postgres}


def engine() -> ModuleType:
    """Return the engine of the database in use."""
    return ENGINES[connection.vendor]


__all__ = ["Hit", "IndexRow", "engine"]
