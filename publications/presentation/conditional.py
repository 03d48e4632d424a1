"""Conditional requests (RFC 9110, section 13) for feeds, sitemaps and other responses that are polled.

Public content changes in two ways: by an action, which increments the site version, and when the window of an edition
begins or ends. A response is fresh until the next change of either kind.

An action is dated before it is stored. Therefore `Last-Modified` is sent only when the last change is further back
than any action takes, and `If-Modified-Since` must name exactly that second: no response is stale for a second.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date

from publications.models import LastChange, last_change

MAX_ACTION_DURATION = timedelta(minutes=1)
"""No action takes longer; a change further back can share its second with no later one."""


def conditional_response(
    request: HttpRequest,
    render: Callable[[], HttpResponse],
    *,
    format: int = 1,
    change: LastChange | None = None,
) -> HttpResponse:
    """Return the response of `render`, or 304 without rendering if the client has the current one.

    Call it only for an address that exists.

    Args:
        format: number of the format, to be incremented when the same content is rendered differently.
        change: the last change read before any content was, if that was read before this call.
    """
    change = change or last_change()
    etag, last_modified = _build_etag(request, change, format), _last_modified(change)
    response = _not_modified(request, etag, last_modified) or render()
    response.headers["ETag"] = etag
    if last_modified:
        response.headers["Last-Modified"] = last_modified
    return response


def _not_modified(request: HttpRequest, etag: str, last_modified: str) -> HttpResponse | None:
    """Return 304 if the request names the ETag, or has no ETag and names exactly this date."""
    is_same_date = bool(last_modified) and request.headers.get("If-Modified-Since") == last_modified
    return get_conditional_response(
        request, etag=etag, last_modified=parse_http_date(last_modified) if is_same_date else None
    )


def _last_modified(change: LastChange) -> str:
    """Return the date of the change for `Last-Modified`, or "" while a later change may share its second."""
    is_past = timezone.now() - change.changed_at > MAX_ACTION_DURATION
    return http_date(change.changed_at.timestamp()) if is_past else ""


def _build_etag(request: HttpRequest, change: LastChange, format: int) -> str:
    """Return a weak ETag, since a proxy may compress, of everything the response depends on."""
    parts = (
        settings.SITE_URL,
        request.get_full_path(),
        change.site_version,
        *(at.isoformat() for at in (change.acted_at, change.started_at, change.ended_at)),
        format,
    )
    return f'W/"{hashlib.blake2s(repr(parts).encode(), digest_size=12).hexdigest()}"'
