"""Whether what a reader holds is still what the site says: for feeds, sitemaps and other answers asked for often.

What is public changes in two ways: by a deed, which starts a new generation, and without one, when a window
that was set earlier begins or ends. An answer is fresh while neither has happened since.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from publications.models import Edition, Generation

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class State:
    """The public site at a moment: its generation, and when it last changed, be it without a deed."""

    generation: int
    changed_at: datetime


def state_of_the_site() -> State:
    """Two cheap queries, at any size: the row of the generation, and the last window that began or ended."""
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
    state = state_of_the_site()
    tag, moment = _tag(request, state, format), _shown(state.changed_at)
    stamp = int(moment.timestamp()) if moment else None
    answer = get_conditional_response(request, etag=tag, last_modified=stamp) or make()
    answer.headers["ETag"] = tag
    if moment:
        answer.headers["Last-Modified"] = http_date(stamp)
    return answer


def _tag(request: HttpRequest, state: State, format: int) -> str:
    """Weak, since a server in front may compress; made of all that the answer depends on."""
    parts = (settings.SITE_URL, request.path, state.generation, state.changed_at.isoformat(), format)
    return f'W/"{hashlib.blake2s(repr(parts).encode(), digest_size=12).hexdigest()}"'


def _shown(changed_at: datetime) -> datetime | None:
    """HTTP tells whole seconds: within the second of a change another may follow, so nothing is said yet."""
    return changed_at if timezone.now() >= changed_at.replace(microsecond=0) + SECOND else None
