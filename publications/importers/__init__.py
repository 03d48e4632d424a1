"""Importers: texts of other programs become manuscripts of ours, and whatever changed on the way is told.

They touch no database, and no file makes them fail: what cannot be read is refused in a sentence. First a
`survey` looks over all files and gives each its uid and address; then `read` takes one file after another,
in whatever process, and gives an Arrival.
"""

from . import docx
from .ahead import read_all
from .arrival import Arrival, Line, Refusal, Share, Sort
from .card import NAME_PLACEHOLDERS, SLUG_PLACEHOLDERS, Card
from .images import Found, Gallery, name_of
from .markdown import Ground, read
from .people import People, Person
from .people import read as read_people
from .survey import Survey, survey
from .taxonomies import Taxonomies, Topic

__all__ = [
    "NAME_PLACEHOLDERS",
    "SLUG_PLACEHOLDERS",
    "Arrival",
    "Card",
    "Found",
    "Gallery",
    "Ground",
    "Line",
    "People",
    "Person",
    "Refusal",
    "Share",
    "Sort",
    "Survey",
    "Taxonomies",
    "Topic",
    "docx",
    "name_of",
    "read",
    "read_all",
    "read_people",
    "survey",
]
