"""The TimeGate and the TimeMap of a publication (RFC 7089).

The TimeGate alone answers by a header of the request, `Accept-Datetime`; the page cache never stores its responses.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from publications.locales import current_locale
from publications.models import (
    AddressStatus,
    Edition,
    ever_public_editions,
    readable_editions,
    resolve_address,
)
from publications.presentation import (
    edition_url,
    find_memento,
    parse_accept_datetime,
    sort_mementos,
    time_gate_links,
    time_gate_url,
    time_map_links,
    time_map_url,
)
from publications.web_links import LINK_FORMAT_TYPE, render_link_format, render_link_header

from .publications import redirect_or_gone

MALFORMED = "Accept-Datetime must be a date of the form: Sun, 03 May 2026 10:00:00 GMT\n"


def time_gate(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect to the edition that was live at the moment of `Accept-Datetime`, or to the last one without it."""
    response = _negotiate(request, slug)
    patch_vary_headers(response, ("Accept-Datetime",))
    response.headers["Cache-Control"] = "no-store"
    return response


def _negotiate(request: HttpRequest, slug: str) -> HttpResponse:
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, time_gate_url)
    header = request.headers.get("Accept-Datetime", "").strip()
    try:
        at = parse_accept_datetime(header) if header else timezone.now()
    except ValueError:
        return HttpResponse(
            MALFORMED, status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8"
        )
    live, mementos = address.edition, _mementos_of(address.edition)
    memento = find_memento(mementos, at)
    response = HttpResponseRedirect(edition_url(live, memento.number))
    response.headers["Link"] = render_link_header(time_gate_links(live, mementos, memento))
    return response


def time_map(request: HttpRequest, slug: str) -> HttpResponse:
    """List the readable editions with the moments at which they became public, oldest first."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, time_map_url)
    live = address.edition
    text = render_link_format(time_map_links(live, _mementos_of(live)))
    response = HttpResponse(text, content_type=LINK_FORMAT_TYPE)
    response.headers["X-Robots-Tag"] = "noindex"
    response.publication_pk = live.publication_id
    return response


def _mementos_of(live: Edition) -> list[Edition]:
    """Return the mementos; they are no fewer than the live edition, should it have been withdrawn a moment ago."""
    return sort_mementos(readable_editions(ever_public_editions(live.publication_id))) or [live]
