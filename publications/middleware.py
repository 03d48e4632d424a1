"""Middleware for compression, allowed methods, request size, sessions, language and response headers.

The language of a public page depends on its URL alone. That of the desk is the choice of the person; before they have
signed in or chosen, that of their browser.
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

from publications.compression import COMPRESS, MIN_COMPRESSED_BYTES, choose_coding
from publications.locales import locale_of_path
from publications.metadata import COMPRESSIBLE_TYPES
from publications.models import UserSettings
from publications.path_prefixes import MACHINE_PREFIXES, PRIVATE_HEADERS, may_be_secret

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)
BACKGROUND_URL_NAMES = ("presence", "signed-in")
"""What an open page requests again and again, whether or not somebody sits before it."""
SAFE_METHODS = ("GET", "HEAD")
ASTERISK_FORM = "*"  # the target of "OPTIONS *" (RFC 9110, section 9.3.7)

GetResponse = Callable[[HttpRequest], HttpResponse]


def compress_responses(get_response: GetResponse) -> GetResponse:
    """Compress text if the client accepts it; images and files are sent as they are.

    Pages of the desk hold secrets (the CSRF token, review links) and get Django's random padding, which hides their
    exact length (the BREACH attack).
    """
    gzip_middleware = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            patch_vary_headers(response, ("Accept-Encoding",))  # as in the 200 response
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or media_type not in COMPRESSIBLE_TYPES:
            return response
        if request.path_info.startswith(settings.DESK):
            return gzip_middleware.process_response(request, response)
        return _compress_public(request, response)

    return middleware


def _compress_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Compress with the best coding, without padding: public responses hold no secrets."""
    patch_vary_headers(response, ("Accept-Encoding",))
    coding = choose_coding(request.headers.get("Accept-Encoding", ""))
    if not coding or len(response.content) < MIN_COMPRESSED_BYTES or response.has_header("Content-Encoding"):
        return response
    response.content = COMPRESS[coding](response.content)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Encoding"] = coding
    if response.headers.get("ETag", "").startswith('"'):
        response.headers["ETag"] = f"W/{response.headers['ETag']}"  # one response is sent in several codings
    return response


def refuse_null_bytes(get_response: GetResponse) -> GetResponse:
    """Answer 400 to a URL with a null byte, on which databases differ. API and OAI-PMH answer it themselves."""

    def middleware(request: HttpRequest) -> HttpResponse:
        has_null_byte = "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
        if has_null_byte and not request.path_info.startswith(MACHINE_PREFIXES):
            raise BadRequest("A null byte in the address.")
        return get_response(request)

    return middleware


def limit_methods(get_response: GetResponse) -> GetResponse:
    """Answer 405, or OPTIONS with `Allow`, on public URLs (RFC 9110, sections 9.3.7 and 15.5.6).

    Methods are case-sensitive (section 9.1); Django takes "get" for GET.

    A view with the attribute `allowed_methods` answers these instead of GET and HEAD; one with `handles_all_methods`
    answers every method itself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        method = request.META["REQUEST_METHOD"]
        if method in SAFE_METHODS or request.path_info.startswith(settings.DESK):
            return get_response(request)
        methods = _allowed_methods(request.path_info)
        if not methods or method in methods:
            return get_response(request)
        if method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        else:
            response = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        response.headers["Allow"] = ", ".join([*methods, "OPTIONS"])
        return response

    return middleware


def _allowed_methods(path: str) -> tuple[str, ...]:
    """Return the methods of a path, or () if no view is there or its view answers every method."""
    if path.lstrip("/") == ASTERISK_FORM:
        return SAFE_METHODS
    try:
        view = resolve(path).func
    except Resolver404:
        return ()
    return (
        () if getattr(view, "handles_all_methods", False) else getattr(view, "allowed_methods", SAFE_METHODS)
    )


def limit_request_size(get_response: GetResponse) -> GetResponse:
    """Answer 413 to a body larger than any form takes, before a byte of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length[:18]) > settings.MAX_REQUEST_BYTES:
            raise RequestDataTooBig(f"{length[:18]} bytes were announced.")
        return get_response(request)

    return middleware


def keep_secret_addresses(get_response: GetResponse) -> GetResponse:
    """Send `PRIVATE_HEADERS` with every response at a secret address, also where another middleware refuses it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if may_be_secret(request.path_info):
            for name, value in PRIVATE_HEADERS.items():
                response.headers[name] = value
        return response

    return middleware


def activate_locale(get_response: GetResponse) -> GetResponse:
    """Activate the locale of the URL; at the desk, the language of the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path, is_desk = request.path_info, request.path_info.startswith(settings.DESK)
        language = translation.get_language_from_request(request) if is_desk else locale_of_path(path)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
        # Browsers keep a 301 or 410 without this header for ever, though a publication may come back.
        is_failure = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        response.headers.setdefault(
            "Cache-Control", "no-store" if is_failure else settings.PUBLIC_CACHE_CONTROL
        )
        if is_desk:
            response.headers["Cache-Control"] = "private, no-store"
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware


def activate_user_language(get_response: GetResponse) -> GetResponse:
    """Activate the language that the user of the desk has chosen. It follows `AuthenticationMiddleware`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_desk = request.path_info.startswith(settings.DESK)
        language = UserSettings.language_of(request.user) if is_desk and request.user.is_authenticated else ""
        if not language:
            return get_response(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def record_session_use(get_response: GetResponse) -> GetResponse:
    """Record when a session was last used, for its idle limit. It follows `AuthenticationMiddleware`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if match and match.url_name not in BACKGROUND_URL_NAMES:
            request.session.record_use(request)
        return response

    return middleware


def add_permissions_policy(get_response: GetResponse) -> GetResponse:
    """Send `Permissions-Policy`: no page uses camera, location or payment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def add_onion_location(get_response: GetResponse) -> GetResponse:
    """Send `Onion-Location` with public pages: Tor Browser offers the same address at the onion service (ONION_URL)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if settings.ONION_URL and is_page and not request.path_info.startswith(settings.DESK):
            response.headers["Onion-Location"] = f"{settings.ONION_URL}{request.get_full_path()}"
        return response

    return middleware
