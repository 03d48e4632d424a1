"""Files of a publication: its PDF and social image, its record in other formats, images and attachments."""

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
from publications.metadata import FORMATS, build_record, format_url
from publications.models import (
    AddressStatus,
    Edition,
    EditionAttachment,
    EditionWithRows,
    Image,
    ResolvedAddress,
    SiteSettings,
    is_original_there,
    last_change,
    originals,
    resolve_address,
    resolve_edition_address,
    site_settings,
)
from publications.pdf import PdfDocument, SocialImage
from publications.presentation import (
    absolute_url,
    conditional_response,
    edition_pdf_url,
    pdf_document_of,
    pdf_url,
    social_image_of,
    social_image_url,
)
from publications.presentation.links import edition_url_at

from .file_responses import FileContent, file_response
from .publications import redirect_or_gone, superseded_notice
from .unavailable import UnavailableLink, try_again_link, unavailable_response

SOON, LATER = "5", "600"  # seconds
SENT_STATUSES = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)
MAX_AGE = 60  # seconds: what is withdrawn, or amended, is soon so everywhere
FILE_RETRY_AFTER = "600"  # seconds
MIN_DIGEST, MAX_DIGEST = 32, 64  # characters of SHA-256 in an address
log = logging.getLogger(__name__)


def pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = resolve_address(current_locale(), slug)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, pdf_url)
    return _send_pdf(request, found.edition)


def edition_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    found = resolve_edition_address(current_locale(), slug, number)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, lambda edition: edition_pdf_url(edition, number))
    response = _send_pdf(request, found.edition)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def social_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The picture that messengers show beside the address of a piece."""
    found = resolve_address(current_locale(), slug)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, social_image_url)
    edition = found.edition
    told = renditions.RenditionSource.of_edition(
        edition, _social_image(edition), lambda: _social_image(_reload(edition))
    )
    return _respond_with(
        request, edition, lambda: renditions.get_social_image(told, edition.cover), "image/png"
    )


def _social_image(edition: Edition) -> SocialImage:
    return social_image_of(edition, renditions.cover_digest(edition.cover) if edition.cover else "")


def _send_pdf(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    piece = EditionWithRows.get(edition)
    images = [*piece.images, *([edition.cover] if edition.cover else [])]
    told = renditions.RenditionSource.of_edition(
        edition, _paper(piece), lambda: _paper(EditionWithRows.get(_reload(edition)))
    )
    response = _respond_with(
        request, edition, lambda: renditions.get_pdf(told, images, number=edition.number), "application/pdf"
    )
    if response.status_code in SENT_STATUSES:
        response.headers["Content-Disposition"] = content_disposition_header(False, f"{edition.slug}.pdf")
        response.headers["Content-Language"] = edition.language
    canonical = absolute_url(iri_to_uri(edition.get_absolute_url()))
    response.headers["Link"] = f'<{canonical}>; rel="canonical"'  # RFC 6596: one text, one address
    return response


def _paper(piece: EditionWithRows) -> PdfDocument:
    edition, site = piece.edition, SiteSettings.current()
    own = "" if edition.is_live else edition_url_at(current_locale(), edition.slug, edition.number)
    record = metadata.build_record(piece, site=site, address=own)
    reference = strip_tags(metadata.chicago(record))
    return pdf_document_of(piece, site=site, notice=superseded_notice(edition), citation=unescape(reference))


def _reload(edition: Edition) -> Edition:
    """The edition as the database has it now."""
    return Edition.objects.select_related("kind").get(pk=edition.pk)


def _respond_with(
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
        return _rendering_unavailable(request, shown, SOON, is_busy=True)
    except renditions.RenderingFailed:
        return _rendering_unavailable(request, shown, LATER, is_busy=False)
    return file_response(request, FileContent.of(made.content, made.digest), media_type)


def _rendering_unavailable(
    request: HttpRequest, shown: dict[str, str], seconds: str, *, is_busy: bool
) -> HttpResponse:
    page = UnavailableLink(shown["url"], shown["label"], shown["language"])
    if is_busy:
        text = _("Several PDFs are being made at this moment. Please try again in a few seconds.")
    else:
        text = _("The PDF of this text could not be made. The text itself is on its page, which prints well.")
    return unavailable_response(
        request,
        title=_("Not at hand just now"),
        text=text,
        links=[try_again_link(request), page] if is_busy else [page],
        retry_after=seconds,
    )


def publication_record(request: HttpRequest, slug: str, record_format: str) -> HttpResponse:
    """The live edition as BibTeX, RIS, CSL-JSON or Markdown."""
    return _respond_with_record(
        request,
        find_answer=lambda: resolve_address(current_locale(), slug),
        address=lambda edition: format_url(edition, record_format),
        render=lambda edition: _render_record(edition, record_format),
    )


def edition_record(request: HttpRequest, slug: str, number: int, record_format: str) -> HttpResponse:
    """One edition likewise; once it is superseded, its record gives the address of that very edition."""
    own = edition_url_at(current_locale(), slug, number)
    return _respond_with_record(
        request,
        find_answer=lambda: resolve_edition_address(current_locale(), slug, number),
        address=lambda edition: format_url(edition, record_format, number),
        render=lambda edition: _render_record(edition, record_format, own),
    )


def _respond_with_record(
    request: HttpRequest,
    *,
    find_answer: Callable[[], ResolvedAddress],
    address: Callable[[Edition], str],
    render: Callable[[Edition], HttpResponse],
) -> HttpResponse:
    """The record, unless the reader has it. The state is read first, lest an old text get a new tag."""
    change, found = last_change(), find_answer()
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, address)
    return conditional_response(request, lambda: render(found.edition), change=change)


def _render_record(edition: Edition, extension: str, own_address: str = "") -> HttpResponse:
    address = "" if edition.is_live else own_address
    record = build_record(EditionWithRows.get(edition), site=site_settings(), address=address)
    format = FORMATS[extension]
    response = HttpResponse(format.render(record), content_type=f"{format.media_type}; charset=utf-8")
    disposition = content_disposition_header(format.is_reference, f"{edition.slug}.{extension}")
    response.headers["Content-Disposition"] = disposition
    response.headers["Link"] = f'<{record.url}>; rel="canonical"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def picture(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponseBase:
    """A picture of a live piece (as its text, cover or an author's portrait), in one of its sizes."""
    image = get_object_or_404(Image, key=key)
    pixels = renditions.get_image_file(image, size, extension) if _is_public(image) else None
    if not pixels:
        raise Http404
    response = file_response(request, FileContent.of(pixels), renditions.media_type_of(extension))
    return _with_headers(response)


def attachment(request: HttpRequest, slug: str, digest: str, filename: str) -> HttpResponseBase:
    """A file of a live piece, or of an earlier edition of it; elsewhere it answers as its piece does."""
    found = resolve_address(current_locale(), slug)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(
            request, found, lambda edition: f"{edition.get_absolute_url()}files/{digest}/{filename}"
        )
    if not MIN_DIGEST <= len(digest) <= MAX_DIGEST:
        raise Http404
    file = (
        EditionAttachment.objects.filter(
            edition__publication=found.edition.publication_id,
            edition__in=Edition.objects.readable(),
            filename=filename,
            original__contains=f"/{digest}",
        )
        .order_by("-edition__number")
        .first()
    )
    if not file:
        raise Http404
    if not _can_be_sent(file):
        return _file_unavailable(request, found.edition)
    content = FileContent(file.digest, file.size, partial(originals().open_range, file.original))
    response = _with_headers(file_response(request, content, file.media_type))
    response.headers["Content-Disposition"] = _disposition(file)
    return response


def _is_public(image: Image) -> bool:
    """Shown in an edition that readers can reach, or the portrait of somebody who wrote a live one."""
    live = Edition.objects.live().order_by()
    reachable = Edition.objects.readable().filter(publication__in=live.values("publication"))
    return (
        reachable.filter(image_rows__image=image).exists()
        or live.filter(bylines__author__portrait=image, bylines__author__is_pseudonymous=False).exists()
    )


def _can_be_sent(file: EditionAttachment) -> bool:
    """Whether the store has the whole file; why it does not is for an administrator to know."""
    try:
        if is_original_there(file.original, size=file.size):
            return True
        log.error("The original %s of the file %s is missing or damaged.", file.original, file.filename)
    except Exception:  # each kind of store has errors of its own
        log.exception("The store does not give the original %s.", file.original)
    return False


def _file_unavailable(request: HttpRequest, edition: Edition) -> HttpResponse:
    return unavailable_response(
        request,
        title=_("Not at hand just now"),
        text=_(
            "This file cannot be sent just now; those who run the site have been told. Please try again later. "
            "The text that it belongs to is on its page."
        ),
        links=[UnavailableLink(edition.get_absolute_url(), edition.title, edition.language)],
        retry_after=FILE_RETRY_AFTER,
    )


def _disposition(file: EditionAttachment) -> str:
    return content_disposition_header(file.extension != "pdf", file.filename)


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
