"""The faces of a record that can be fetched, by the ending of their address."""

from collections.abc import Callable
from dataclasses import dataclass

from publications.addresses import in_tree
from publications.models import Edition

from . import bibtex, csl, markdown, ris
from .record import Record


@dataclass(frozen=True)
class Face:
    """A format: what it is called among people and on the wire, and how a record is written in it."""

    name: str
    media_type: str
    write: Callable[[Record], str]


def face_url(edition: Edition, face: str, number: int | None = None) -> str:
    """The path of a piece, or of one edition of it, in a format."""
    one = {"number": number} if number else {}
    name = "publications:edition_face" if number else "publications:face"
    return in_tree(edition.tree, name, slug=edition.slug, face=face, **one)


REFERENCES = {
    "bib": Face("BibTeX", bibtex.MEDIA_TYPE, bibtex.document),
    "ris": Face("RIS", ris.MEDIA_TYPE, ris.document),
    "csl.json": Face("CSL-JSON", csl.MEDIA_TYPE, csl.document),
}
"""Those that programs for references read."""
FACES = REFERENCES | {"md": Face("Markdown", markdown.MEDIA_TYPE, markdown.document)}
