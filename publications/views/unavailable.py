"""The page of a 503 response: what is unavailable, when to try again, and links to what can be read."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from publications.presentation import render_page


class FallbackLink(NamedTuple):
    """A link to what can be read instead; `language` is that of the label if it may differ from the page's."""

    url: str
    label: str
    language: str = ""


def try_again_link(request: HttpRequest) -> FallbackLink:
    """Return the link to the same URL."""
    return FallbackLink(request.get_full_path(), _("Try again"))


def unavailable_response(
    request: HttpRequest,
    *,
    title: str,
    text: str,
    links: Sequence[FallbackLink],
    retry_after: str,
    section: str = "",
) -> HttpResponse:
    """Return a page with the status 503.

    Args:
        links: the first of them is shown as the button.
        retry_after: seconds, for the header `Retry-After` (RFC 9110, section 10.2.3).
        section: the section of the menu that the page belongs to.
    """
    response = render_page(
        request,
        "pages/try_again.html",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        section=section,
        title=title,
        robots="noindex",
        text=text,
        links=links,
    )
    response.headers["Retry-After"] = retry_after
    return response
