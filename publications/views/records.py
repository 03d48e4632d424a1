"""Records of a publication for programs: in the formats of references, and as a set of links."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from publications.locales import current_locale
from publications.metadata import (
    FORMATS,
    LINKSET_RENDERERS,
    Record,
    build_record,
    format_url,
    linkset_path,
    render_links,
)
from publications.models import (
    AddressStatus,
    Edition,
    EditionWithRows,
    last_change,
    resolve_address,
    resolve_edition_address,
    site_settings,
)
from publications.presentation import conditional_response, edition_url_at

from .publications import redirect_or_gone


def publication_record(
    request: HttpRequest, slug: str, record_format: str, number: int | None = None
) -> HttpResponse:
    """Send the record of the live edition, or of the one with a number, as BibTeX, RIS, CSL-JSON or Markdown."""
    return _record_response(
        request,
        slug,
        number,
        url_of=lambda edition: format_url(edition, record_format, number),
        render=lambda edition, record: _render_record(edition, record, record_format),
    )


def publication_linkset(
    request: HttpRequest, slug: str, filename: str, number: int | None = None
) -> HttpResponse:
    """Send the links of the live edition, or of the one with a number, its files and records (RFC 9264)."""
    return _record_response(
        request,
        slug,
        number,
        url_of=lambda edition: linkset_path(edition, filename, number),
        render=lambda _edition, record: _render_linkset(record, filename),
    )


def _record_response(
    request: HttpRequest,
    slug: str,
    number: int | None,
    *,
    url_of: Callable[[Edition], str],
    render: Callable[[Edition, Record], HttpResponse],
) -> HttpResponse:
    """Return the record or 304. The last change is read first, so that no old text gets a new ETag."""
    change, locale = last_change(), current_locale()
    address = (
        resolve_address(locale, slug) if number is None else resolve_edition_address(locale, slug, number)
    )
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, url_of)
    edition = address.edition
    # A superseded edition is cited with an address of its own.
    own_address = "" if edition.is_live else edition_url_at(locale, slug, number)

    def render_edition() -> HttpResponse:
        rows = EditionWithRows.get(edition)
        return render(edition, build_record(rows, site=site_settings(), address=own_address))

    return conditional_response(request, render_edition, change=change)


def _render_record(edition: Edition, record: Record, extension: str) -> HttpResponse:
    format = FORMATS[extension]
    response = HttpResponse(format.render(record), content_type=f"{format.media_type}; charset=utf-8")
    disposition = content_disposition_header(format.is_reference, f"{edition.slug}.{extension}")
    response.headers["Content-Disposition"] = disposition
    response.headers["Link"] = f'<{record.url}>; rel="canonical"'
    if format.relation == "describedby":
        response.headers["Link"] += f', <{record.url}>; rel="describes"; type="text/html"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _render_linkset(record: Record, filename: str) -> HttpResponse:
    media_type, _render = LINKSET_RENDERERS[filename]
    response = HttpResponse(render_links(record, filename), content_type=f"{media_type}; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return response
