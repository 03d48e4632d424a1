"""Whether what a reader holds is still what the site says: for feeds, sitemaps and other answers asked for often.

What is public changes in two ways: by a deed, which starts a new generation, and without one, when a window
that was set earlier begins or ends. An answer is fresh while neither has happened since.

A deed has its moment before it is stored. So the moment of the last change is told (Last-Modified) once it is past by
more than a deed can take, and who asks by date alone must name that very moment: no answer is stale for a second.
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

SETTLED = timedelta(minutes=1)
"""No deed takes so long, and no two changes within it share the second that they are told by."""


def conditional_response(
    request: HttpRequest,
    make: Callable[[], HttpResponse],
    *,
    format: int = 1,
    change: LastChange | None = None,
) -> HttpResponse:
    """The answer that `make` gives, or 304 without making it where the reader holds it already (RFC 9110).

    Call it when it is settled that the address exists. `format` moves when the same site is told otherwise; `change`
    is the last before anything was read that `make` tells of, where that was earlier.
    """
    change = change or last_change()
    tag, told = _tag(request, change, format), _last_modified(change)
    answer = _not_modified(request, tag, told) or make()
    answer.headers["ETag"] = tag
    if told:
        answer.headers["Last-Modified"] = told
    return answer


def _not_modified(request: HttpRequest, tag: str, told: str) -> HttpResponse | None:
    """The answer without a body, where the reader names the tag, or without a tag the moment that is told."""
    is_named = bool(told) and request.headers.get("If-Modified-Since") == told
    return get_conditional_response(
        request, etag=tag, last_modified=parse_http_date(told) if is_named else None
    )


def _last_modified(change: LastChange) -> str:
    """The moment as HTTP writes it, once no other change can have it any more; until then nothing."""
    is_settled = timezone.now() - change.changed_at > SETTLED
    return http_date(change.changed_at.timestamp()) if is_settled else ""


def _tag(request: HttpRequest, change: LastChange, format: int) -> str:
    """Weak, since a server in front may compress; made of all that the answer depends on."""
    parts = (
        settings.SITE_URL,
        request.get_full_path(),
        change.site_version,
        *(moment.isoformat() for moment in (change.acted_at, change.started_at, change.ended_at)),
        format,
    )
    return f'W/"{hashlib.blake2s(repr(parts).encode(), digest_size=12).hexdigest()}"'
