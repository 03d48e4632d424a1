"""The faces of a record that can be fetched, by the ending of their address."""

from collections.abc import Callable
from dataclasses import dataclass

from . import bibtex, csl, ris
from .record import Record


@dataclass(frozen=True)
class Face:
    """A format: what it is called among people and on the wire, and how a record is written in it."""

    name: str
    media_type: str
    write: Callable[[Record], str]


FACES = {
    "bib": Face("BibTeX", bibtex.MEDIA_TYPE, bibtex.document),
    "ris": Face("RIS", ris.MEDIA_TYPE, ris.document),
    "csl.json": Face("CSL-JSON", csl.MEDIA_TYPE, csl.document),
}
