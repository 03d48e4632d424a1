"""Whether what a reader holds is still what the site says: for feeds, sitemaps and other answers asked for often.

What is public changes in two ways: by a deed, which starts a new generation, and without one, when a window
that was set earlier begins or ends. An answer is fresh while neither has happened since. It carries no
Last-Modified: a deed has its moment before it is stored, so what is asked by date alone could be answered stale.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from publications.models import Edition, Generation


@dataclass(frozen=True)
class State:
    """The public site at a moment: its generation, and when it last changed, be it without a deed."""

    generation: int
    changed_at: datetime


def state_of_the_site() -> State:
    """Two queries: the row of the generation, and the last window that began or ended."""
    generation, now = Generation.objects.get(), timezone.now()
    passed = Edition.objects.order_by().aggregate(
        begun=Max("visible_from", filter=Q(visible_from__lte=now)),
        ended=Max("visible_until", filter=Q(visible_until__lte=now)),
    )
    moments = [generation.at, *(moment for moment in passed.values() if moment)]
    return State(generation.number, max(moments))


def unless_fresh(request: HttpRequest, make: Callable[[], HttpResponse], *, format: int = 1) -> HttpResponse:
    """The answer that `make` gives, or 304 without making it where the reader holds it already (RFC 9110).

    Call it when it is settled that the address exists. `format` moves when the same site is told otherwise.
    """
    tag = _tag(request, state_of_the_site(), format)
    answer = get_conditional_response(request, etag=tag) or make()
    answer.headers["ETag"] = tag
    return answer


def _tag(request: HttpRequest, state: State, format: int) -> str:
    """Weak, since a server in front may compress; made of all that the answer depends on."""
    parts = (settings.SITE_URL, request.path, state.generation, state.changed_at.isoformat(), format)
    return f'W/"{hashlib.blake2s(repr(parts).encode(), digest_size=12).hexdigest()}"'
