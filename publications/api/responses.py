"""Responses of the API: their methods and headers, JSON, and problems in words and as documents (RFC 9457)."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from publications.locales import absolute_url

MEDIA_TYPE, PROBLEM = "application/json", "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
}
"""Pages of any site may read the answers: nobody's rights are in them, and no cookie is asked for."""
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., HttpResponse]


class Problem(Exception):
    """An answer other than the one that was asked for. `members` are told beside the words."""

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


def wrong_parameter(name: str, detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail, parameter=name)


def not_found(detail: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, detail)


def api_view(view: View) -> View:
    """Decorate a view that returns the response to GET, or raises Problem."""

    @csrf_exempt  # nothing is changed here; who tries is told so
    @wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            response = _by_method(view, request, parts)
        except Problem as problem:
            response = _document(problem.document, PROBLEM, status=problem.status)
            _add(response, problem.headers)
        links = [response.headers["Link"]] if "Link" in response.headers else []
        _add(response, {**CORS_HEADERS, "X-Robots-Tag": "noindex", "Link": ", ".join([*links, _described()])})
        return response

    answered.answers_every_method = True
    return answered


def json_response(value: dict[str, Any], *, next_url: str = "") -> HttpResponse:
    """A value as JSON; `next_url` is the address of the next page."""
    response = _document(value, MEDIA_TYPE)
    if next_url:
        response.headers["Link"] = f'<{next_url}>; rel="next"'
    return response


def _by_method(view: View, request: HttpRequest, parts: dict[str, Any]) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return view(request, **parts)
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": METHODS, **PREFLIGHT_HEADERS})
    raise Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        f"This API is for reading: it takes {METHODS}.",
        headers={"Allow": METHODS},
    )


def _document(value: dict[str, Any], media_type: str, *, status: int = HTTPStatus.OK) -> HttpResponse:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type=media_type, status=status)


def _add(response: HttpResponse, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        response.headers[name] = value


def _described() -> str:
    return f'<{absolute_url(reverse("api:description"))}>; rel="service-desc"; type="application/json"'
