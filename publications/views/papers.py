"""The PDF of a piece or an edition, and the card of a piece: each answers as its page does."""

from collections.abc import Callable
from html import unescape
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.encoding import iri_to_uri
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from publications import metadata, renditions
from publications.models import Edition, EditionWithRows, Site, Standing, answer, answer_for_edition
from publications.pdf import PdfDocument, SocialImage
from publications.presentation import (
    absolute,
    card_of,
    card_url,
    current_tree,
    edition_pdf_url,
    paper_of,
    pdf_url,
    render_page,
)
from publications.presentation.links import edition_url_at

from .file_responses import FileContent, file_response
from .pieces import elsewhere, superseded_line

SOON, LATER = "5", "600"  # seconds
SENT = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)


def pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, pdf_url)
    return _send_pdf(request, found.edition)


def edition_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    found = answer_for_edition(current_tree(), slug, number)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: edition_pdf_url(edition, number))
    response = _send_pdf(request, found.edition)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def social_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The picture that messengers show beside the address of a piece."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, card_url)
    edition = found.edition
    told = renditions.RenditionSource.of_edition(edition, _card(edition), lambda: _card(_anew(edition)))
    return _answer(request, edition, lambda: renditions.get_social_image(told, edition.cover), "image/png")


def _card(edition: Edition) -> SocialImage:
    return card_of(edition, renditions.cover_digest(edition.cover) if edition.cover else "")


def _send_pdf(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    piece = EditionWithRows.get(edition)
    images = [*piece.images, *([edition.cover] if edition.cover else [])]
    told = renditions.RenditionSource.of_edition(
        edition, _paper(piece), lambda: _paper(EditionWithRows.get(_anew(edition)))
    )
    response = _answer(
        request, edition, lambda: renditions.get_pdf(told, images, number=edition.number), "application/pdf"
    )
    if response.status_code in SENT:
        response.headers["Content-Disposition"] = content_disposition_header(False, f"{edition.slug}.pdf")
        response.headers["Content-Language"] = edition.language
    canonical = absolute(iri_to_uri(edition.get_absolute_url()))
    response.headers["Link"] = f'<{canonical}>; rel="canonical"'  # RFC 6596: one text, one address
    return response


def _paper(piece: EditionWithRows) -> PdfDocument:
    edition, site = piece.edition, Site.objects.first() or Site()
    own = "" if edition.is_live else edition_url_at(current_tree(), edition.slug, edition.number)
    record = metadata.build_record(piece, site=site, address=own)
    reference = strip_tags(metadata.chicago(record))
    return paper_of(piece, site=site, notice=superseded_line(edition), citation=unescape(reference))


def _anew(edition: Edition) -> Edition:
    """The edition as the database has it now."""
    return Edition.objects.select_related("kind").get(pk=edition.pk)


def _answer(
    request: HttpRequest, edition: Edition, make: Callable[[], renditions.Rendition], media_type: str
) -> HttpResponseBase:
    shown = {"label": edition.title, "url": edition.get_absolute_url(), "language": edition.language}
    return answer_with_made(request, make, media_type, shown)


def answer_with_made(
    request: HttpRequest, make: Callable[[], renditions.Rendition], media_type: str, shown: dict[str, str]
) -> HttpResponseBase:
    """The made file, or as much of it as the reader wants, or a page that says why there is none now.

    `shown` is the page that the file is of: its label, url and language.
    """
    try:
        made = make()
    except renditions.RenderingBusy:
        return _unmade(request, shown, SOON, is_busy=True)
    except renditions.RenderingFailed:
        return _unmade(request, shown, LATER, is_busy=False)
    return file_response(request, FileContent.of(made.content, made.digest), media_type)


def _unmade(request: HttpRequest, shown: dict[str, str], seconds: str, *, is_busy: bool) -> HttpResponse:
    response = render_page(
        request,
        "pages/unmade.html",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title=_("Not at hand just now"),
        robots="noindex",
        is_busy=is_busy,
        shown=shown,
        again_url=request.get_full_path(),
    )
    response.headers["Retry-After"] = seconds
    return response
