"""How every address of the API answers: by which methods, to whom, and what where something is wrong."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from publications.addresses import absolute

from .problems import Problem

MEDIA_TYPE, PROBLEM = "application/json", "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
FOR_EVERYONE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
}
"""Pages of any site may read the answers: nobody's rights are in them, and no cookie is asked for."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., HttpResponse]


def answering(view: View) -> View:
    """A view that gives the answer to GET, or raises Problem."""

    @csrf_exempt  # nothing is changed here; who tries is told so
    @wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            response = _by_method(view, request, parts)
        except Problem as problem:
            response = _document(problem.document, PROBLEM, status=problem.status)
            _add(response, problem.headers)
        links = [response.headers["Link"]] if "Link" in response.headers else []
        _add(response, {**FOR_EVERYONE, "X-Robots-Tag": "noindex", "Link": ", ".join([*links, _described()])})
        return response

    answered.answers_every_method = True
    return answered


def told(value: dict[str, Any], *, following: str = "") -> HttpResponse:
    """A value as JSON; `following` is the address of the next page."""
    response = _document(value, MEDIA_TYPE)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _by_method(view: View, request: HttpRequest, parts: dict[str, Any]) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return view(request, **parts)
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": METHODS, **PREFLIGHT})
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
    return f'<{absolute(reverse("api:description"))}>; rel="service-desc"; type="application/json"'
