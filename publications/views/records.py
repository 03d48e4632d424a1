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
    ResolvedAddress,
    last_change,
    resolve_address,
    resolve_edition_address,
    site_settings,
)
from publications.presentation import conditional_response, edition_url_at

from .publications import redirect_or_gone


def publication_record(request: HttpRequest, slug: str, record_format: str) -> HttpResponse:
    """Send the record of the live edition as BibTeX, RIS, CSL-JSON or Markdown."""
    return _record_response(
        request,
        resolve=lambda: resolve_address(current_locale(), slug),
        url_of=lambda edition: format_url(edition, record_format),
        render=lambda edition: _render_record(edition, record_format),
    )


def edition_record(request: HttpRequest, slug: str, number: int, record_format: str) -> HttpResponse:
    """Send the record of an edition by its number; that of a superseded one has the URL of the edition."""
    own_address = edition_url_at(current_locale(), slug, number)
    return _record_response(
        request,
        resolve=lambda: resolve_edition_address(current_locale(), slug, number),
        url_of=lambda edition: format_url(edition, record_format, number),
        render=lambda edition: _render_record(edition, record_format, own_address),
    )


def publication_linkset(request: HttpRequest, slug: str, filename: str) -> HttpResponse:
    """Send the links of the live edition, its files and records as a linkset (RFC 9264)."""
    return _record_response(
        request,
        resolve=lambda: resolve_address(current_locale(), slug),
        url_of=lambda edition: linkset_path(edition, filename),
        render=lambda edition: _render_linkset(edition, filename),
    )


def edition_linkset(request: HttpRequest, slug: str, number: int, filename: str) -> HttpResponse:
    """Send the links of an edition by its number; those of a superseded one lead to its own files and records."""
    own_address = edition_url_at(current_locale(), slug, number)
    return _record_response(
        request,
        resolve=lambda: resolve_edition_address(current_locale(), slug, number),
        url_of=lambda edition: linkset_path(edition, filename, number),
        render=lambda edition: _render_linkset(edition, filename, own_address),
    )


def _record_response(
    request: HttpRequest,
    *,
    resolve: Callable[[], ResolvedAddress],
    url_of: Callable[[Edition], str],
    render: Callable[[Edition], HttpResponse],
) -> HttpResponse:
    """Return the record or 304. The last change is read first, so that no old text gets a new ETag."""
    change, address = last_change(), resolve()
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, url_of)
    return conditional_response(request, lambda: render(address.edition), change=change)


def _render_record(edition: Edition, extension: str, own_address: str = "") -> HttpResponse:
    record, format = _build_record(edition, own_address), FORMATS[extension]
    response = HttpResponse(format.render(record), content_type=f"{format.media_type}; charset=utf-8")
    disposition = content_disposition_header(format.is_reference, f"{edition.slug}.{extension}")
    response.headers["Content-Disposition"] = disposition
    response.headers["Link"] = f'<{record.url}>; rel="canonical"'
    if format.relation == "describedby":
        response.headers["Link"] += f', <{record.url}>; rel="describes"; type="text/html"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _render_linkset(edition: Edition, filename: str, own_address: str = "") -> HttpResponse:
    media_type, _render = LINKSET_RENDERERS[filename]
    response = HttpResponse(
        render_links(_build_record(edition, own_address), filename),
        content_type=f"{media_type}; charset=utf-8",
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _build_record(edition: Edition, own_address: str) -> Record:
    """Return the record of an edition; one that is superseded has its own address."""
    address = "" if edition.is_live else own_address
    return build_record(EditionWithRows.get(edition), site=site_settings(), address=address)
