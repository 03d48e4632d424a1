"""The record of a piece in the formats of others: it stands where its piece does, and answers as the piece does."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from publications.metadata import FACES, REFERENCES, face_url, record_of
from publications.models import Edition, Site, Standing, answer, answer_for_edition
from publications.presentation import current_tree, find, history, unless_fresh

from .pieces import elsewhere


def piece_face(request: HttpRequest, slug: str, face: str) -> HttpResponse:
    """The live edition as BibTeX, RIS, CSL-JSON or Markdown."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: face_url(edition, face))
    return unless_fresh(request, lambda: _written(found.edition, face))


def edition_face(request: HttpRequest, slug: str, number: int, face: str) -> HttpResponse:
    """One edition likewise; once it is superseded, its record gives the address of that very edition."""
    found = answer_for_edition(current_tree(), slug, number)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: face_url(edition, face, number))
    own = history.edition_url_at(current_tree(), slug, number)
    return unless_fresh(request, lambda: _written(found.edition, face, own))


def _written(edition: Edition, face: str, own_address: str = "") -> HttpResponse:
    address = "" if edition.is_live else own_address
    record = record_of(find(edition), site=Site.objects.first() or Site(), address=address)
    format = FACES[face]
    response = HttpResponse(format.write(record), content_type=f"{format.media_type}; charset=utf-8")
    disposition = content_disposition_header(face in REFERENCES, f"{edition.slug}.{face}")
    response.headers["Content-Disposition"] = disposition
    response.headers["Link"] = f'<{record.url}>; rel="canonical"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
