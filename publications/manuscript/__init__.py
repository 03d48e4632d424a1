"""A publication as plain text and files, both ways and without loss: the one format of import, archive,
revision, comparison and restore. Knows no database.

A manuscript is YAML front matter, then Markdown; with its files it is a folder whose text is `index.md`.
Format 1. Its fields are read as they were typed: `no`, `1.0` and `2024-04-09` are titles like any other.
What it cannot carry, or does not understand, it refuses in a sentence that says where and what to do.
"""

from .bundle import INDEX, read, write
from .reading import loads
from .records import (
    ALSO_CALLED,
    HOME_ZONE,
    IN_FRONT,
    Manuscript,
    ManuscriptByline,
    ManuscriptError,
    ManuscriptFile,
    ManuscriptImage,
)
from .writing import FORMAT, dumps

__all__ = [
    "ALSO_CALLED",
    "FORMAT",
    "HOME_ZONE",
    "INDEX",
    "IN_FRONT",
    "Manuscript",
    "ManuscriptByline",
    "ManuscriptError",
    "ManuscriptFile",
    "ManuscriptImage",
    "dumps",
    "loads",
    "read",
    "write",
]
