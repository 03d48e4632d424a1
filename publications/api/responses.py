"""Responses of the API: methods, headers, JSON, and problem details (RFC 9457)."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from publications.locales import absolute_url

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
}
"""Scripts of any site may read the responses, which are the same for everyone and use no cookie."""
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., HttpResponse]


class Problem(Exception):
    """An error response; `members` are further members of its document."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers, self.members = headers or {}, members

    @property
    def document(self) -> dict[str, object]:
        return {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            **self.members,
        }


def invalid_parameter(name: str, detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail, parameter=name)


def not_found(detail: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, detail)


def api_view(view: View) -> View:
    """Decorate a view that returns the response to GET, or raises Problem."""

    @csrf_exempt  # the API is read-only and answers other methods with 405
    @wraps(view)
    def wrapper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = _respond_by_method(view, request, kwargs)
        except Problem as problem:
            response = _json_document(problem.document, PROBLEM_JSON, status=problem.status)
            _add_headers(response, problem.headers)
        links = [response.headers["Link"]] if "Link" in response.headers else []
        _add_headers(
            response,
            {**CORS_HEADERS, "X-Robots-Tag": "noindex", "Link": ", ".join([*links, _description_link()])},
        )
        return response

    wrapper.handles_all_methods = True
    return wrapper


def json_response(value: dict[str, Any], *, next_url: str = "") -> HttpResponse:
    """Return a value as JSON; `next_url` is the address of the next page."""
    response = _json_document(value, JSON)
    if next_url:
        response.headers["Link"] = f'<{next_url}>; rel="next"'
    return response


def _respond_by_method(view: View, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    method = request.META["REQUEST_METHOD"]  # `request.method` is in capitals, methods are case-sensitive
    if method in ("GET", "HEAD"):
        return view(request, **kwargs)
    if method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": METHODS, **PREFLIGHT_HEADERS})
    raise Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        f"This API is for reading: it takes {METHODS}.",
        headers={"Allow": METHODS},
    )


def _json_document(value: dict[str, Any], media_type: str, *, status: int = HTTPStatus.OK) -> HttpResponse:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type=media_type, status=status)


def _add_headers(response: HttpResponse, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        response.headers[name] = value


def _description_link() -> str:
    return f'<{absolute_url(reverse("api:description"))}>; rel="service-desc"; type="application/json"'
