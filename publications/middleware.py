"""What happens to every request: its method, its language, its odd bytes, a few headers.

The language of a page comes from its address alone; only the desk asks the person who sits at it.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from publications.locales import LOCALES, locale_of_path
from publications.metadata import COMPRESSIBLE_TYPES
from publications.page_cache import COMPRESS, MIN_COMPRESSED_BYTES, coding_for

POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)

GetResponse = Callable[[HttpRequest], HttpResponse]


READING = ("GET", "HEAD")
SERVER = "*"
FOR_MACHINES = ("/api/", "/oai")
"""Where odd bytes are answered in the words of the protocol."""


def compressed(get_response: GetResponse) -> GetResponse:
    """Compress text for whoever accepts it; images and files are sent as they are.

    Pages of the desk hold secrets (the CSRF token, addresses of reviews), so they get Django's random padding, which
    hides their exact length from somebody who watches the wire (the BREACH attack).
    """
    desk = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            patch_vary_headers(response, ("Accept-Encoding",))  # as the answer that the reader holds says
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or media_type not in COMPRESSIBLE_TYPES:
            return response
        if request.path_info.startswith(settings.DESK):
            return desk.process_response(request, response)
        return _compress_public(request, response)

    return middleware


def _compress_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Public answers hold no secret that their length could betray: the best coding, and nothing random."""
    patch_vary_headers(response, ("Accept-Encoding",))
    coding = coding_for(request.headers.get("Accept-Encoding", ""))
    if not coding or len(response.content) < MIN_COMPRESSED_BYTES or response.has_header("Content-Encoding"):
        return response
    response.content = COMPRESS[coding](response.content)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Encoding"] = coding
    if response.headers.get("ETag", "").startswith('"'):
        response.headers["ETag"] = f"W/{response.headers['ETag']}"  # one answer goes out in several codings
    return response


def plain_bytes(get_response: GetResponse) -> GetResponse:
    """Refuse addresses that hold a null byte: no page of ours has one, and databases disagree about them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_odd = "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
        if is_odd and not request.path_info.startswith(FOR_MACHINES):
            raise BadRequest("A null byte in the address.")
        return get_response(request)

    return middleware


def public_methods(get_response: GetResponse) -> GetResponse:
    """Let public addresses be read alone, and tell by which methods (RFC 9110, 9.3.7 and 15.5.6).

    A view with `methods` takes these in place of GET and HEAD; one with `answers_every_method` does all this itself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in READING or request.path_info.startswith(settings.DESK):
            return get_response(request)
        methods = _methods_of(request.path_info)
        if not methods or request.method in methods:
            return get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        else:
            response = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        response.headers["Allow"] = ", ".join([*methods, "OPTIONS"])
        return response

    return middleware


def _methods_of(path: str) -> tuple[str, ...]:
    """The methods that an address takes; none where there is no such address, or its view answers every method."""
    if path.lstrip("/") == SERVER:
        return READING
    try:
        view = resolve(path).func
    except Resolver404:
        return ()
    return () if getattr(view, "answers_every_method", False) else getattr(view, "methods", READING)


def bounded(get_response: GetResponse) -> GetResponse:
    """Refuse what is larger than any form of ours takes, before a byte of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length[:18]) > settings.LARGEST_REQUEST:
            raise RequestDataTooBig(f"{length[:18]} bytes were announced.")
        return get_response(request)

    return middleware


def language_of_the_address(get_response: GetResponse) -> GetResponse:
    """Speak the language of the tree; at the desk, that of the cookie or of the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        at_desk = request.path_info.startswith(settings.DESK)
        language = _of_the_person(request) if at_desk else locale_of_path(request.path_info)
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
    return chosen if chosen in LOCALES else translation.get_language_from_request(request)
