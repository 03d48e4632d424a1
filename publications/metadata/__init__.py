"""One bibliographic record of a piece, and its faces: references, BibTeX, RIS, CSL-JSON, markup, Dublin Core.

Made of editions alone: what is not public has no record.
"""

from . import dublincore, linked
from .faces import FACES, REFERENCES, Face, face_url
from .names import Name, name_of
from .record import Record, record_of
from .references import Reference, chicago, references
from .showing import head_of, shown
from .tags import Picture

__all__ = [
    "FACES",
    "REFERENCES",
    "Face",
    "Name",
    "Picture",
    "Record",
    "Reference",
    "chicago",
    "dublincore",
    "face_url",
    "head_of",
    "linked",
    "name_of",
    "record_of",
    "references",
    "shown",
]
