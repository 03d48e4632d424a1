"""What readers see when there is nothing to see. Every one of these answers whatever was asked."""

import re
import sys
from contextlib import suppress
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from publications.disk_reserve import is_disk_full
from publications.locales import current_locale
from publications.models import Edition
from publications.presentation import Teaser, build_teasers, render_page

from .desk_errors import DeskError, is_at_desk, render_desk_error
from .redirects import redirect_to_current

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
DATABASE_AWAY = (OperationalError, InterfaceError)
ENDED_FOR_IDLING = "25P03"  # of PostgreSQL, which Django takes for an internal error
RETRY_AFTER = "30"  # seconds
NEWEST = 3
WORD = re.compile(r"[^\W_]{2,}")
MAX_WORDS = 8


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that makes no sense; one that is too large gets the answer for that, as does a session that a full disk
    did not take.
    """
    if is_disk_full(exception):
        return _disk_full(request)
    if isinstance(exception, TOO_LARGE):
        return _too_large(request)
    if is_at_desk(request):
        return render_desk_error(request, DeskError.BAD_REQUEST)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def _too_large(request: HttpRequest) -> HttpResponse:
    if is_at_desk(request):
        return render_desk_error(request, DeskError.TOO_LARGE)
    return render(request, "413.html", status=HTTPStatus.CONTENT_TOO_LARGE)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_at_desk(request):
        return render_desk_error(request, DeskError.FORBIDDEN)
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form whose token does not fit; forms that have one are at the desk alone."""
    return render_desk_error(request, DeskError.EXPIRED_FORM)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What has moved is led to; else a page that helps to find it."""
    if is_at_desk(request):
        return render_desk_error(request, DeskError.NOT_FOUND)
    return redirect_to_current(request) or render_page(
        request,
        "404.html",
        status=HTTPStatus.NOT_FOUND,
        title=_("Not found"),
        has_finder=True,
        robots="noindex",
        asked=words_of(request.path_info),
        newest=SimpleLazyObject(_newest),
    )


def _newest() -> list[Teaser]:
    """Return the teasers that the page shows, as a fragment: floods ask for little else."""
    return build_teasers(
        Edition.objects.live().for_locale(current_locale()).newest_first().with_teaser_columns()[:NEWEST]
    )


def words_of(path: str) -> str:
    """What a reader may have looked for: the words of the last part of the path, without its ending."""
    last = path.strip("/").rpartition("/")[2].rpartition(".")
    return " ".join(WORD.findall(last[0] or last[2])[:MAX_WORDS])[:100]


def server_error(request: HttpRequest) -> HttpResponse:
    """It must show whatever has failed. Django has logged what it was.

    Where the database cannot be reached, or the disk is full, it says so with 503, and that asking again will help.
    """
    error = sys.exc_info()[1]
    if is_disk_full(error):
        return _disk_full(request)
    if isinstance(error, DATABASE_AWAY) or _sqlstate(error) == ENDED_FOR_IDLING:
        return _come_again(request, "503.html", DeskError.DATABASE_AWAY)
    if is_at_desk(request):
        with suppress(Exception):  # the frame is what failed: then the plain page
            return render_desk_error(request, DeskError.FAILURE)
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _sqlstate(error: BaseException | None) -> str:
    """What PostgreSQL calls the error that Django's was raised from."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) or ""


def _disk_full(request: HttpRequest) -> HttpResponse:
    return _come_again(request, "pages/disk_full.html", DeskError.DISK_FULL)


def _come_again(request: HttpRequest, template: str, error: DeskError) -> HttpResponse:
    if is_at_desk(request):
        response = render_desk_error(request, error)
    else:
        context = {"sent": request.method not in ("GET", "HEAD")}
        response = render(request, template, context, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = RETRY_AFTER
    return response
