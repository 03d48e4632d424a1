"""What happens to every request: its language, its odd bytes, a few headers.

The language of a page comes from its address alone; only the desk asks the person who sits at it.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from publications.languages import TREES, tree_of_path

POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)

GetResponse = Callable[[HttpRequest], HttpResponse]


COMPRESSED = {
    "text/html", "text/plain", "text/markdown", "text/javascript", "text/xml", "application/xml",
    "application/atom+xml", "application/rss+xml", "application/feed+json", "application/json",
    "application/problem+json", "application/vnd.citationstyles.csl+json",
}  # fmt: skip


class _PublicGZipMiddleware(GZipMiddleware):
    """Public pages hold no secret that their length could betray, so nothing random is added to them."""

    max_random_bytes = 0


def compressed(get_response: GetResponse) -> GetResponse:
    """Compress text for whoever accepts it; images and files are sent as they are.

    Pages of the desk hold secrets (the CSRF token, addresses of reviews), so they get Django's random padding, which
    hides their exact length from somebody who watches the wire (the BREACH attack).
    """
    public, desk = _PublicGZipMiddleware(get_response), GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            patch_vary_headers(response, ("Accept-Encoding",))  # as the answer that the reader holds says
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or media_type not in COMPRESSED:
            return response
        gzip = desk if request.path_info.startswith(settings.DESK) else public
        return gzip.process_response(request, response)

    return middleware


def plain_bytes(get_response: GetResponse) -> GetResponse:
    """Refuse addresses that hold a null byte: no page of ours has one, and databases disagree about them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
        return get_response(request)

    return middleware


def bounded(get_response: GetResponse) -> GetResponse:
    """Refuse what is larger than any form of ours takes, before a byte of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length[:18]) > settings.LARGEST_REQUEST:
            at_desk = request.path_info.startswith(settings.DESK)
            return render(request, "413.html", {"at_desk": at_desk}, status=HTTPStatus.CONTENT_TOO_LARGE)
        return get_response(request)

    return middleware


def language_of_the_address(get_response: GetResponse) -> GetResponse:
    """Speak the language of the tree; at the desk, that of the cookie or of the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        at_desk = request.path_info.startswith(settings.DESK)
        language = _of_the_person(request) if at_desk else tree_of_path(request.path_info)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
        # A bare 301 or 410 would be kept by browsers for ever, though a piece may come back.
        response.headers.setdefault("Cache-Control", settings.PUBLIC_CACHE_CONTROL)
        if at_desk:
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    return middleware


def permissions_policy(get_response: GetResponse) -> GetResponse:
    """Tell browsers that no page of ours asks for a camera, a place or a payment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = POLICY
        return response

    return middleware


def _of_the_person(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in TREES else translation.get_language_from_request(request)
