"""Errors at the desk: its frame stays, with a way back, whatever has failed.

The page is first made with the menu of whoever is signed in. Where the database does not answer, or making
the menu is what failed, it is made of the template alone; where even that fails, the caller has a plain page.
"""

import logging
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from publications.models import site_settings

TEMPLATE = "desk/error.html"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """The status and the words of a page; `if_sent` is said where a form was sent."""

    status: HTTPStatus
    title: str
    text: str
    if_sent: str = ""
    asks_database: bool = True


class DeskError(Enum):
    BAD_REQUEST = ErrorPage(
        HTTPStatus.BAD_REQUEST,
        _("This request cannot be understood"),
        _("Something in the address or in what was sent with it is not as it should be."),
        _("Nothing has been stored. Go back with your browser: what you typed is still there."),
    )
    FORBIDDEN = ErrorPage(
        HTTPStatus.FORBIDDEN,
        _("This page is not open to you"),
        _("Your groups do not include it. An administrator can change that."),
    )
    EXPIRED_FORM = ErrorPage(
        HTTPStatus.FORBIDDEN,
        _("This form has expired"),
        _(
            "The form was open for too long, you have signed in anew meanwhile, or your browser keeps no "
            "cookies for the desk. Nothing has been stored."
        ),
        _(
            "Go back with your browser, keep a copy of what you typed, load the page again and send it once more."
        ),
    )
    NOT_FOUND = ErrorPage(
        HTTPStatus.NOT_FOUND,
        _("There is no page at this address"),
        _("The address may be mistyped, or what stood here has been deleted."),
    )
    TOO_LARGE = ErrorPage(
        HTTPStatus.CONTENT_TOO_LARGE,
        _("That is too large"),
        _(
            "What was sent is larger than this site takes. None of it has been stored, and what was stored "
            "before is as it was."
        ),
        _(
            "A form takes five megabytes of text, and a file of 50 MB. Go back with your browser: what you "
            "typed is often still there. Keep a copy of it, make it smaller, and save again."
        ),
    )
    FAILURE = ErrorPage(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Something went wrong"),
        _("The fault is ours, not yours, and it has been logged. Please try again in a minute."),
        _(
            "Go back with your browser: what you typed is still there. Keep a copy of it, and look whether "
            "it has been stored before you send it again."
        ),
    )
    DATABASE_AWAY = ErrorPage(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Back in a moment"),
        _("The site cannot reach its database just now. Please try again in a minute."),
        _(
            "What you sent has probably not been stored. Go back with your browser: what you typed is still "
            "there. Send it again later."
        ),
        asks_database=False,
    )
    DISK_FULL = ErrorPage(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("The disk is full"),
        _(
            "The server has no room left, so nothing new can be stored. What was stored before is as it was. "
            "Please tell those who run the site: they have to free space. You can still sign in, withdraw, "
            "undo and redact: space is set aside for that."
        ),
        _(
            "What you sent has not been stored. Go back with your browser, keep a copy of what you wrote, "
            "and send it again once there is room."
        ),
    )


def is_at_desk(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.DESK)


def render_desk_error(request: HttpRequest, error: DeskError) -> HttpResponse:
    """Return the page of an error in the frame of the desk.

    Raises:
        Exception: not even the frame can be made.
    """
    page = error.value
    is_read = request.method in ("GET", "HEAD")
    context = {
        "error": page,
        "title": page.title,
        "advice": "" if is_read else page.if_sent,
        "back_url": _page_before(request) if is_read else "",
    }
    body = _with_menu(request, context) if page.asks_database else ""
    return HttpResponse(body or render_to_string(TEMPLATE, context), status=page.status)


def _with_menu(request: HttpRequest, context: dict) -> str:
    """The page with menu and name of the site, or "" where they cannot be had."""
    try:
        if not hasattr(request, "user") and hasattr(request, "session"):
            request.user = SimpleLazyObject(lambda: get_user(request))  # an earlier middleware has failed
        return render_to_string(TEMPLATE, {**context, "site": site_settings()}, request)
    except Exception:
        log.warning("The page of an error is shown without its menu.", exc_info=True)
        return ""


def _page_before(request: HttpRequest) -> str:
    """The page of the desk that led here, or "": of what the browser says only path and query are taken."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    address = urlunsplit(("", "", referer.path, referer.query, ""))
    return address if address.startswith(settings.DESK) and address != request.get_full_path() else ""
