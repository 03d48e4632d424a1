"""Files of a publication: its PDF and social image, images and attachments."""

import logging
from collections.abc import Callable
from functools import partial
from html import unescape
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.encoding import iri_to_uri
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from publications import metadata, renditions
from publications.locales import current_locale
from publications.models import (
    AddressStatus,
    Edition,
    EditionAttachment,
    EditionWithRows,
    Image,
    SiteSettings,
    is_public_image,
    original_exists,
    original_storage,
    resolve_address,
    resolve_edition_address,
)
from publications.pdf import PdfDocument, SocialImage
from publications.presentation import (
    absolute_url,
    edition_pdf_url,
    edition_url_at,
    pdf_document_of,
    pdf_url,
    social_image_of,
    social_image_url,
)

from .file_responses import FileContent, file_response
from .publications import redirect_or_gone, superseded_notice
from .unavailable import FallbackLink, try_again_link, unavailable_response

BUSY_RETRY_AFTER, FAILED_RETRY_AFTER, FILE_RETRY_AFTER = "5", "600", "600"  # seconds
SENT_STATUSES = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)
MAX_AGE = 60  # seconds, so that withdrawn or redacted files soon leave every cache
MIN_DIGEST, MAX_DIGEST = 32, 64  # characters of SHA-256 in a URL
logger = logging.getLogger(__name__)


def pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the PDF of the live edition."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, pdf_url)
    return _pdf_response(request, address.edition)


def edition_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send the PDF of an edition by its number."""
    address = resolve_edition_address(current_locale(), slug, number)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, lambda edition: edition_pdf_url(edition, number))
    response = _pdf_response(request, address.edition)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def social_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the image that messengers and social networks show for a publication."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, social_image_url)
    edition = address.edition
    source = renditions.RenditionSource.of_edition(
        edition, _social_image_content(edition), lambda: _social_image_content(_reload(edition))
    )
    return _edition_rendition_response(
        request, edition, lambda: renditions.get_social_image(source, edition.cover), "image/png"
    )


def _social_image_content(edition: Edition) -> SocialImage:
    return social_image_of(edition, renditions.cover_digest(edition.cover) if edition.cover else "")


def get_edition_pdf(edition: Edition) -> renditions.Rendition:
    """Return the PDF. Raises RenderingBusy or RenderingFailed."""
    rows = EditionWithRows.get(edition)
    images = [*rows.images, *([edition.cover] if edition.cover else [])]
    source = renditions.RenditionSource.of_edition(
        edition, _pdf_content(rows), lambda: _pdf_content(EditionWithRows.get(_reload(edition)))
    )
    return renditions.get_pdf(source, images)


def _pdf_response(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    response = _edition_rendition_response(
        request, edition, lambda: get_edition_pdf(edition), "application/pdf"
    )
    if response.status_code in SENT_STATUSES:
        response.headers["Content-Disposition"] = content_disposition_header(False, f"{edition.slug}.pdf")
        response.headers["Content-Language"] = edition.language
    canonical = absolute_url(iri_to_uri(edition.get_absolute_url()))
    page = canonical if edition.is_live else absolute_url(iri_to_uri(edition.permanent_url))
    response.headers["Link"] = (  # RFC 6596: one text, one address
        f'<{canonical}>; rel="canonical", <{page}>; rel="collection"; type="text/html"'
    )
    return response


def _pdf_content(rows: EditionWithRows) -> PdfDocument:
    edition, site = rows.edition, SiteSettings.current()
    own_address = "" if edition.is_live else edition_url_at(current_locale(), edition.slug, edition.number)
    record = metadata.build_record(rows, site=site, address=own_address)
    citation = unescape(strip_tags(metadata.chicago(record)))
    return pdf_document_of(rows, site=site, notice=superseded_notice(edition), citation=citation)


def _reload(edition: Edition) -> Edition:
    """Return the edition as the database has it now."""
    return Edition.objects.select_related("kind").get(pk=edition.pk)


def _edition_rendition_response(
    request: HttpRequest, edition: Edition, get: Callable[[], renditions.Rendition], media_type: str
) -> HttpResponseBase:
    page = FallbackLink(edition.get_absolute_url(), edition.marked_title, edition.language)
    return rendition_response(request, get, media_type, page)


def rendition_response(
    request: HttpRequest,
    get: Callable[[], renditions.Rendition],
    media_type: str,
    page: FallbackLink,
) -> HttpResponseBase:
    """Return a rendition, or the requested range of it, or a 503 page if it cannot be rendered now.

    Args:
        get: returns the rendition, rendering it if necessary.
        page: the page that it is a rendition of, linked from the 503 page.
    """
    try:
        rendition = get()
    except renditions.RenderingBusy:
        return _rendering_unavailable(request, page, BUSY_RETRY_AFTER, is_busy=True)
    except renditions.RenderingFailed:
        return _rendering_unavailable(request, page, FAILED_RETRY_AFTER, is_busy=False)
    return file_response(request, FileContent.of(rendition.content, rendition.digest), media_type)


def _rendering_unavailable(
    request: HttpRequest, page: FallbackLink, retry_after: str, *, is_busy: bool
) -> HttpResponse:
    if is_busy:
        text = _("Several PDFs are being made at this moment. Please try again in a few seconds.")
    else:
        text = _("The PDF of this text could not be made. The text itself is on its page, which prints well.")
    return unavailable_response(
        request,
        title=_("Not at hand just now"),
        text=text,
        links=[try_again_link(request), page] if is_busy else [page],
        retry_after=retry_after,
    )


def image_file(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponseBase:
    """Send an image of a live publication (in its text, as cover or portrait) in one of its sizes."""
    image = get_object_or_404(Image, key=key)
    content = renditions.get_image_file(image, size, extension) if is_public_image(image) else None
    if not content:
        raise Http404
    response = file_response(request, FileContent.of(content), renditions.media_type_of(extension))
    return _set_file_headers(response)


def attachment(request: HttpRequest, slug: str, digest: str, filename: str) -> HttpResponseBase:
    """Send a file of a live publication, also of its earlier editions."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(
            request, address, lambda edition: f"{edition.get_absolute_url()}files/{digest}/{filename}"
        )
    if not MIN_DIGEST <= len(digest) <= MAX_DIGEST:
        raise Http404
    file = (
        EditionAttachment.objects.filter(
            edition__publication=address.edition.publication_id,
            edition__in=Edition.objects.readable(),
            filename=filename,
            original__contains=f"/{digest}",
        )
        .order_by("-edition__number")
        .first()
    )
    if not file:
        raise Http404
    if not _is_available(file):
        return _file_unavailable(request, address.edition)
    content = FileContent(file.digest, file.size, partial(original_storage().open_range, file.original))
    response = _set_file_headers(file_response(request, content, file.media_type))
    _point_to_text(response, file, address.edition)
    return response


def _point_to_text(response: HttpResponseBase, file: EditionAttachment, edition: Edition) -> None:
    """Name the page of the text in the headers, and mark the name of a file whose text is retracted or doubted.

    The file is sent as it was uploaded, so that nothing in it says so; who stores it has the mark in its name.
    """
    name = f"{edition.notice.prefix} {file.filename}" if edition.notice else file.filename
    response.headers["Content-Disposition"] = content_disposition_header(file.extension != "pdf", name)
    page = absolute_url(iri_to_uri(edition.get_absolute_url()))
    response.headers["Link"] = f'<{page}>; rel="describedby", <{page}>; rel="collection"; type="text/html"'


def _is_available(file: EditionAttachment) -> bool:
    """Return whether the storage has the whole file; the reason why not is logged."""
    try:
        if original_exists(file.original, size=file.size):
            return True
        logger.error("The original %s of the file %s is missing or damaged.", file.original, file.filename)
    except Exception:  # each storage backend has errors of its own
        logger.exception("The store does not give the original %s.", file.original)
    return False


def _file_unavailable(request: HttpRequest, edition: Edition) -> HttpResponse:
    return unavailable_response(
        request,
        title=_("Not at hand just now"),
        text=_(
            "This file cannot be sent just now; those who run the site have been told. Please try again later. "
            "The text that it belongs to is on its page."
        ),
        links=[FallbackLink(edition.get_absolute_url(), edition.marked_title, edition.language)],
        retry_after=FILE_RETRY_AFTER,
    )


def _set_file_headers(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
