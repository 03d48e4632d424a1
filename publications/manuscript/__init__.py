"""Serialize a publication as plain text and files, and read it back without loss.

A manuscript is YAML front matter followed by Markdown; with its files it is a folder whose text is `index.md`. Import,
archive, revisions, comparison and restore use this one format (version 1). Text fields keep their spelling: `no`, `1.0`
and `2024-04-09` are valid titles. Invalid input raises `ManuscriptError` with the line and the remedy. The package does
not use the database.
"""

from .bundle import INDEX_NAME, read, write
from .parse import loads
from .records import (
    FIELD_ALIASES,
    FRONT_MATTER_FIELDS,
    HOME_ZONE,
    Manuscript,
    ManuscriptByline,
    ManuscriptError,
    ManuscriptFile,
    ManuscriptImage,
)
from .serialize import FORMAT, dumps

__all__ = [
    "FIELD_ALIASES",
    "FORMAT",
    "FRONT_MATTER_FIELDS",
    "HOME_ZONE",
    "INDEX_NAME",
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
