"""Whether what a reader holds is still what the site says: for feeds, sitemaps and other answers asked for often.

What is public changes in two ways: by a deed, which starts a new generation, and without one, when a window
that was set earlier begins or ends. An answer is fresh while neither has happened since.

A deed has its moment before it is stored. So the moment of the last change is told (Last-Modified) once it is past by
more than a deed can take, and who asks by date alone must name that very moment: no answer is stale for a second.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date

from publications.models import Edition, Generation, generation_here, once

SETTLED = timedelta(minutes=1)
"""No deed takes so long, and no two changes within it share the second that they are told by."""


@dataclass(frozen=True)
class State:
    """The public site at a moment: its generation, when it last changed by a deed, and when a window last began or
    ended. A clock that is set back may undo the last two, though the first is later.
    """

    generation: int
    acted_at: datetime
    began_at: datetime
    ended_at: datetime

    @property
    def changed_at(self) -> datetime:
        return max(self.acted_at, self.began_at, self.ended_at)

    @property
    def last_modified(self) -> str:
        """The moment as HTTP writes it, once no change can have it any more; until then nothing."""
        is_settled = timezone.now() - self.changed_at > SETTLED
        return http_date(self.changed_at.timestamp()) if is_settled else ""


def state_of_the_site() -> State:
    """The same all through an epoch; its generation is that of the epoch, since what is told may be remembered."""
    state = once("state", _read_state)
    return replace(state, generation=generation_here(state.generation))


def _read_state() -> State:
    """Three queries: the row of the generation, and the last windows that began and ended, each the end of an index."""
    generation, now = Generation.objects.get(), timezone.now()
    editions = Edition.objects.order_by()
    begun = editions.filter(visible_from__lte=now).aggregate(moment=Max("visible_from"))["moment"]
    ended = editions.filter(visible_until__lte=now).aggregate(moment=Max("visible_until"))["moment"]
    return State(generation.number, generation.at, begun or generation.at, ended or generation.at)


def unless_fresh(
    request: HttpRequest, make: Callable[[], HttpResponse], *, format: int = 1, state: State | None = None
) -> HttpResponse:
    """The answer that `make` gives, or 304 without making it where the reader holds it already (RFC 9110).

    Call it when it is settled that the address exists. `format` moves when the same site is told otherwise; `state`
    is that of the site before anything was read that `make` tells of, where that was earlier.
    """
    state = state or state_of_the_site()
    tag, told = _tag(request, state, format), state.last_modified
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


def _tag(request: HttpRequest, state: State, format: int) -> str:
    """Weak, since a server in front may compress; made of all that the answer depends on."""
    parts = (
        settings.SITE_URL,
        request.get_full_path(),
        state.generation,
        *(moment.isoformat() for moment in (state.acted_at, state.began_at, state.ended_at)),
        format,
    )
    return f'W/"{hashlib.blake2s(repr(parts).encode(), digest_size=12).hexdigest()}"'
