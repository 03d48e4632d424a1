"""The pages behind a press link: a publication under embargo, its PDF, pictures and files, for a journalist.

`press_access` says who gets here.
"""

from dataclasses import replace
from functools import partial
from html import unescape
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from publications import manuscript, metadata, renditions
from publications.locales import datetime_with_zone
from publications.models import (
    Author,
    EditionWithRows,
    Image,
    PressLink,
    PressLinkEventType,
    SiteSettings,
    Tag,
    facet_of,
    is_public,
    original_storage,
)
from publications.pdf import Notice
from publications.presentation import pdf_document_of, publication_context, render_page
from publications.presentation.publication_page import attachment_links
from publications.views.file_responses import FileContent, file_response

from .press_access import Credentials, for_embargoed_text, render_notice, with_password
from .review_link import build_revision_snapshot

RETRY_AFTER = "5"  # seconds, when too many PDFs are made at once


@for_embargoed_text
@require_safe
@with_password
def press_page(request: HttpRequest, link: PressLink, credentials: Credentials) -> HttpResponse:
    """Render the publication as it will be, with the recipient and the embargo above it."""
    rows = _rows_of(link)
    with override(rows.edition.locale):
        context = publication_context(
            rows.with_translations(), image_url=partial(_image_url, credentials), has_page=_has_page
        )
        record = metadata.build_record(rows, site=SiteSettings.current())
        context |= metadata.citation_context(record, rows.edition, is_preview=True)
        context |= {
            "attachments": attachment_links(rows, partial(_attachment_url, credentials)),
            "has_downloads": True,
            "pdf_url": reverse("desk:press-pdf", args=credentials),
            "notice": _embargo_text(link),
            "notice_url": reverse("desk:press-pdf", args=credentials),
            "notice_label": _("The text as PDF"),
            "share_links": (),
            "canonical": "",
            "alternates": {},
        }
        response = render_page(request, "desk/press_page.html", robots="noindex", **context)
        response.headers["Content-Language"] = rows.edition.locale
    _record(request, link, PressLinkEventType.PAGE)
    return response


@for_embargoed_text
@require_safe
@with_password
def press_pdf(request: HttpRequest, link: PressLink, credentials: Credentials) -> HttpResponse:
    """Send the PDF with the recipient and the embargo on each page. It is made for each request and never stored."""
    rows = _rows_of(link)
    with override(rows.edition.locale):
        record = metadata.build_record(rows, site=SiteSettings.current())
        document = replace(
            pdf_document_of(
                rows,
                site=SiteSettings.current(),
                citation=unescape(strip_tags(metadata.chicago(record))),
                notice=Notice(_embargo_text(link), language=rows.edition.locale),
            ),
            stamp=_embargo_text(link),
        )
    try:
        content = renditions.render_pdf(document, _text_images(rows))
    except (renditions.RenderingBusy, renditions.RenderingFailed):
        return _render_pdf_unavailable(request, credentials)
    _record(request, link, PressLinkEventType.PDF)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Language"] = rows.edition.language
    response.headers["Content-Disposition"] = content_disposition_header(False, f"{rows.edition.slug}.pdf")
    return response


def _render_pdf_unavailable(request: HttpRequest, credentials: Credentials) -> HttpResponse:
    response = render_notice(
        request,
        _("Not at hand just now"),
        _("The PDF could not be made just now. Try again in a few seconds, or print the page."),
        HTTPStatus.SERVICE_UNAVAILABLE,
        page_url=reverse("desk:press-page", args=credentials),
        pdf_url=reverse("desk:press-pdf", args=credentials),
    )
    response.headers["Retry-After"] = RETRY_AFTER
    return response


@for_embargoed_text
@require_safe
@with_password
def press_image(
    request: HttpRequest, link: PressLink, _credentials: Credentials, key: str, size: str, extension: str
) -> HttpResponse:
    """Send an image that the page shows: of the text, the cover or a portrait; 404 for any other."""
    image = Image.objects.filter(key=key).first()
    content = renditions.get_image_file(image, size, extension) if image and _shows(link, image) else None
    if not content:
        raise Http404
    return HttpResponse(content, content_type=renditions.media_type_of(extension))


@for_embargoed_text
@require_safe
@with_password
def press_attachment(
    request: HttpRequest, link: PressLink, _credentials: Credentials, digest: str
) -> HttpResponseBase:
    """Send a file of the publication by its digest; 404 for any other."""
    file = next((file for file in _rows_of(link).attachments if file.digest == digest), None)
    if not file or not original_storage().exists(file.original):
        raise Http404
    _record(request, link, PressLinkEventType.FILE)
    content = FileContent(file.digest, file.size, partial(original_storage().open_range, file.original))
    response = file_response(request, content, file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(
        file.extension != "pdf", file.filename
    )
    return response


def _rows_of(link: PressLink) -> EditionWithRows:
    """Return what the link shows: the scheduled edition, else the revision. Raises Http404 if it cannot be rendered."""
    if link.scheduled_edition:
        return EditionWithRows.get(link.scheduled_edition)
    rows = build_revision_snapshot(link.revision, link.publication, published_at=link.embargo_end)
    if not rows:
        raise Http404
    return rows


def _has_page(row: Author | Tag) -> bool:
    """Return whether an author or topic has a page: one that is new with this text has none before it."""
    return is_public(facet_of(row), row.slug)


def _shows(link: PressLink, image: Image) -> bool:
    """Return whether the page of a link shows an image: of the text, the cover or a portrait. Nothing is rendered."""
    if link.scheduled_edition:
        rows = EditionWithRows.get(link.scheduled_edition)
        portraits = (row.author.shown_portrait for row in rows.bylines)
        return image in (*_text_images(rows), *portraits)
    text = manuscript.loads(link.revision.manuscript)
    authors = Author.objects.not_pseudonymous().filter(slug__in=[line.author for line in text.bylines])
    keys = {text.cover, *(record.key for record in text.images)}
    return image.key in keys or authors.filter(portrait=image).exists()


def _text_images(rows: EditionWithRows) -> list[Image]:
    return [*rows.images, *([rows.edition.cover] if rows.edition.cover else [])]


def _embargo_text(link: PressLink) -> str:
    """Return for whom the text is, and until when it is under embargo, in the current language."""
    values = {"recipient": link.recipient, "until": datetime_with_zone(link.embargo_end)}
    return _("For %(recipient)s, embargoed until %(until)s") % values


def _record(request: HttpRequest, link: PressLink, type: PressLinkEventType) -> None:
    if request.method == "GET":
        link.record_opening(type)


def _image_url(credentials: Credentials, image: Image, size: str, extension: str) -> str:
    return reverse("desk:press-image", args=[*credentials, image.key, size, extension])


def _attachment_url(credentials: Credentials, file) -> str:
    return reverse("desk:press-file", args=[*credentials, file.digest])
