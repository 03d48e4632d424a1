"""Error pages of the desk, in its layout, with a link back to the page before.

The page has the menu of the person signed in. If the database does not answer, or rendering the menu failed, it is
rendered without; if that fails too, the caller shows a plain page.
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
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """Status and texts of an error page.

    Attributes:
        form_advice: shown in addition if a form was sent.
        has_menu: whether the menu may be rendered, which reads the database.
    """

    status: HTTPStatus
    title: str
    text: str
    form_advice: str = ""
    has_menu: bool = True


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
        _("Your role does not include it. An administrator can change that."),
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
    DATABASE_UNAVAILABLE = ErrorPage(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Back in a moment"),
        _("The site cannot reach its database just now. Please try again in a minute."),
        _(
            "What you sent has probably not been stored. Go back with your browser: what you typed is still "
            "there. Send it again later."
        ),
        has_menu=False,
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


def is_desk_request(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.DESK)


def render_desk_error(request: HttpRequest, error: DeskError) -> HttpResponse:
    """Return an error page in the layout of the desk.

    Raises:
        Exception: the page cannot be rendered even without the menu.
    """
    page = error.value
    is_read = request.method in ("GET", "HEAD")
    context = {
        "error": page,
        "title": page.title,
        "advice": "" if is_read else page.form_advice,
        "back_url": _previous_page(request) if is_read else "",
    }
    body = _render_with_menu(request, context) if page.has_menu else ""
    return HttpResponse(body or render_to_string(TEMPLATE, context), status=page.status)


def _render_with_menu(request: HttpRequest, context: dict) -> str:
    """Return the page with the menu and the name of the site, or "" if reading these fails."""
    try:
        if not hasattr(request, "user") and hasattr(request, "session"):
            request.user = SimpleLazyObject(lambda: get_user(request))  # an earlier middleware has failed
        return render_to_string(TEMPLATE, {**context, "site": site_settings()}, request)
    except Exception:
        logger.warning("The page of an error is shown without its menu.", exc_info=True)
        return ""


def _previous_page(request: HttpRequest) -> str:
    """Return path and query of the referring page if it is one of the desk, else ""."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    address = urlunsplit(("", "", referer.path, referer.query, ""))
    return address if address.startswith(settings.DESK) and address != request.get_full_path() else ""
