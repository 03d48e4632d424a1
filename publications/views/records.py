"""The record of a piece in the formats of others: it stands where its piece does, and answers as the piece does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from publications.metadata import FACES, REFERENCES, face_url, record_of
from publications.models import (
    Answer,
    Edition,
    EditionWithRows,
    Standing,
    answer,
    answer_for_edition,
    the_site,
)
from publications.presentation import current_tree, history, state_of_the_site, unless_fresh

from .pieces import elsewhere


def piece_face(request: HttpRequest, slug: str, face: str) -> HttpResponse:
    """The live edition as BibTeX, RIS, CSL-JSON or Markdown."""
    return _told(
        request,
        find_answer=lambda: answer(current_tree(), slug),
        address=lambda edition: face_url(edition, face),
        write=lambda edition: _written(edition, face),
    )


def edition_face(request: HttpRequest, slug: str, number: int, face: str) -> HttpResponse:
    """One edition likewise; once it is superseded, its record gives the address of that very edition."""
    own = history.edition_url_at(current_tree(), slug, number)
    return _told(
        request,
        find_answer=lambda: answer_for_edition(current_tree(), slug, number),
        address=lambda edition: face_url(edition, face, number),
        write=lambda edition: _written(edition, face, own),
    )


def _told(
    request: HttpRequest,
    *,
    find_answer: Callable[[], Answer],
    address: Callable[[Edition], str],
    write: Callable[[Edition], HttpResponse],
) -> HttpResponse:
    """The record, unless the reader has it. The state is read first, lest an old text get a new tag."""
    state, found = state_of_the_site(), find_answer()
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, address)
    return unless_fresh(request, lambda: write(found.edition), state=state)


def _written(edition: Edition, face: str, own_address: str = "") -> HttpResponse:
    address = "" if edition.is_live else own_address
    record = record_of(EditionWithRows.get(edition), site=the_site(), address=address)
    format = FACES[face]
    response = HttpResponse(format.write(record), content_type=f"{format.media_type}; charset=utf-8")
    disposition = content_disposition_header(face in REFERENCES, f"{edition.slug}.{face}")
    response.headers["Content-Disposition"] = disposition
    response.headers["Link"] = f'<{record.url}>; rel="canonical"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
