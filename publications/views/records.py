"""The record of a publication in its output formats, which answer as the page of the publication does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from publications.metadata import FORMATS, build_record, format_url
from publications.models import (
    Answer,
    Edition,
    EditionWithRows,
    Standing,
    answer,
    answer_for_edition,
    last_change,
    the_site,
)
from publications.presentation import conditional_response, current_tree
from publications.presentation.links import edition_url_at

from .pieces import elsewhere


def publication_record(request: HttpRequest, slug: str, record_format: str) -> HttpResponse:
    """The live edition as BibTeX, RIS, CSL-JSON or Markdown."""
    return _respond(
        request,
        find_answer=lambda: answer(current_tree(), slug),
        address=lambda edition: format_url(edition, record_format),
        render=lambda edition: _render(edition, record_format),
    )


def edition_record(request: HttpRequest, slug: str, number: int, record_format: str) -> HttpResponse:
    """One edition likewise; once it is superseded, its record gives the address of that very edition."""
    own = edition_url_at(current_tree(), slug, number)
    return _respond(
        request,
        find_answer=lambda: answer_for_edition(current_tree(), slug, number),
        address=lambda edition: format_url(edition, record_format, number),
        render=lambda edition: _render(edition, record_format, own),
    )


def _respond(
    request: HttpRequest,
    *,
    find_answer: Callable[[], Answer],
    address: Callable[[Edition], str],
    render: Callable[[Edition], HttpResponse],
) -> HttpResponse:
    """The record, unless the reader has it. The state is read first, lest an old text get a new tag."""
    change, found = last_change(), find_answer()
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, address)
    return conditional_response(request, lambda: render(found.edition), change=change)


def _render(edition: Edition, extension: str, own_address: str = "") -> HttpResponse:
    address = "" if edition.is_live else own_address
    record = build_record(EditionWithRows.get(edition), site=the_site(), address=address)
    format = FORMATS[extension]
    response = HttpResponse(format.render(record), content_type=f"{format.media_type}; charset=utf-8")
    disposition = content_disposition_header(format.is_reference, f"{edition.slug}.{extension}")
    response.headers["Content-Disposition"] = disposition
    response.headers["Link"] = f'<{record.url}>; rel="canonical"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
