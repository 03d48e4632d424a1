"""Error handlers: 400, 403, 404, 413, 500 and 503, for public pages and the desk."""

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

from publications.locales import current_locale
from publications.models import EditionList, teaser_editions
from publications.path_prefixes import may_be_secret
from publications.presentation import Teaser, build_teasers, render_page
from publications.reserved_disk_space import is_disk_full_error

from .desk_errors import DeskError, is_desk_request, render_desk_error
from .redirects import redirect_to_current

TOO_LARGE_ERRORS = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
DATABASE_ERRORS = (OperationalError, InterfaceError)
IDLE_IN_TRANSACTION_TIMEOUT = "25P03"  # SQLSTATE of PostgreSQL that Django reports as InternalError
RETRY_AFTER = "30"  # seconds
MAX_TEASERS = 3
WORD = re.compile(r"[^\W_]{2,}")
MAX_QUERY_WORDS, MAX_QUERY_LENGTH = 8, 100


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, or 413 for a request that is too large, or 503 if a full disk refused the session."""
    if is_disk_full_error(exception):
        return _disk_full(request)
    if isinstance(exception, TOO_LARGE_ERRORS):
        return _too_large(request)
    if is_desk_request(request):
        return render_desk_error(request, DeskError.BAD_REQUEST)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def _too_large(request: HttpRequest) -> HttpResponse:
    if is_desk_request(request):
        return render_desk_error(request, DeskError.TOO_LARGE)
    return render(request, "413.html", status=HTTPStatus.CONTENT_TOO_LARGE)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_desk_request(request):
        return render_desk_error(request, DeskError.FORBIDDEN)
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form with a wrong CSRF token; only forms of the desk have one."""
    return render_desk_error(request, DeskError.EXPIRED_FORM)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Redirect to what has moved; else answer 404 with a page that helps to find it."""
    if is_desk_request(request):
        return render_desk_error(request, DeskError.NOT_FOUND)
    return redirect_to_current(request) or render_page(
        request,
        "404.html",
        status=HTTPStatus.NOT_FOUND,
        title=_("Not found"),
        has_search_form=True,
        robots="noindex",
        query_text="" if may_be_secret(request.path_info) else query_text_of_path(request.path_info),
        latest_teasers=SimpleLazyObject(_latest_teasers),
    )


def _latest_teasers() -> list[Teaser]:
    return build_teasers(teaser_editions(EditionList(current_locale(), {})[:MAX_TEASERS]))


def query_text_of_path(path: str) -> str:
    """Return the words of the last part of the path, without its extension, as a search query."""
    stem, _dot, extension = path.strip("/").rpartition("/")[2].rpartition(".")
    return " ".join(WORD.findall(stem or extension)[:MAX_QUERY_WORDS])[:MAX_QUERY_LENGTH]


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 if the database cannot be reached or the disk is full. Django has logged the error.

    It works whatever has failed: a page that cannot be rendered is replaced by a simpler one.
    """
    error = sys.exc_info()[1]
    if is_disk_full_error(error):
        return _disk_full(request)
    if isinstance(error, DATABASE_ERRORS) or _sqlstate(error) == IDLE_IN_TRANSACTION_TIMEOUT:
        return _service_unavailable(request, "503.html", DeskError.DATABASE_UNAVAILABLE)
    if is_desk_request(request):
        with suppress(Exception):  # the layout of the desk is what failed: show the plain page
            return render_desk_error(request, DeskError.FAILURE)
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _sqlstate(error: BaseException | None) -> str:
    """Return the SQLSTATE of the error that Django's was raised from, or ""."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) or ""


def _disk_full(request: HttpRequest) -> HttpResponse:
    return _service_unavailable(request, "pages/disk_full.html", DeskError.DISK_FULL)


def _service_unavailable(request: HttpRequest, template: str, error: DeskError) -> HttpResponse:
    if is_desk_request(request):
        response = render_desk_error(request, error)
    else:
        context = {"is_form": request.method not in ("GET", "HEAD")}
        response = render(request, template, context, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = RETRY_AFTER
    return response
