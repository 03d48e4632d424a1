"""One bibliographic record of a piece, and its faces: references, BibTeX, RIS, CSL-JSON, markup, Dublin Core.

Made of editions alone: what is not public has no record.
"""

from .faces import FACES, Face
from .names import Name, name_of
from .record import Record, record_of
from .references import Reference, references

__all__ = ["FACES", "Face", "Name", "Record", "Reference", "name_of", "record_of", "references"]
