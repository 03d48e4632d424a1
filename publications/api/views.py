"""The addresses of the API: what is asked is checked, found and told.

What is told is found after the tag of the answer is made: an answer may be newer than its tag, never older.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from publications import search
from publications.addresses import absolute
from publications.models import TAKEN_BACK, Author, Tag
from publications.presentation import unless_fresh
from publications.xml_writer import format_datetime

from . import openapi, telling
from .answering import answering, told
from .asking import Asked, authors_asked, parameters, publications_asked, topics_asked
from .problems import Problem, not_found
from .selecting import (
    is_public,
    last_public,
    one_publication,
    page_of_publications,
    page_of_rows,
    related_to,
)

RETRY_AFTER = "5"  # seconds


@answering
def publication_list(request: HttpRequest) -> HttpResponse:
    """All live texts, newest first."""
    asked = publications_asked(request, timezone.now())
    return unless_fresh(request, lambda: _publications(request, asked))


@answering
def publication_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    parameters(request)
    if not is_public(uid):
        raise _missing(uid)
    return unless_fresh(request, lambda: _publication(uid))


@answering
def author_list(request: HttpRequest) -> HttpResponse:
    """Those whom readers may know and who have a live text."""
    asked = authors_asked(request)
    return unless_fresh(request, lambda: _rows(request, "authors", _authors(), asked, telling.author))


@answering
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    parameters(request)
    _author(slug)
    return unless_fresh(request, lambda: told(telling.whole_author(_author(slug))))


@answering
def topic_list(request: HttpRequest) -> HttpResponse:
    """Themes, countries and series that a live text is on."""
    asked = topics_asked(request)
    return unless_fresh(
        request, lambda: _rows(request, "topics", _topics(**asked.filters), asked, telling.topic)
    )


@answering
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    parameters(request)
    _topic(slug)
    return unless_fresh(request, lambda: told(telling.whole_topic(_topic(slug))))


@answering
def description(request: HttpRequest) -> HttpResponse:
    """All this in OpenAPI 3.1."""
    parameters(request)
    return unless_fresh(request, lambda: told(openapi.document()))


@answering
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise not_found("The API has no such address: see openapi.json for those that it has.")


def _publications(request: HttpRequest, asked: Asked) -> HttpResponse:
    try:
        page = page_of_publications(asked, timezone.now())
    except search.Busy as busy:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Many are searching just now: ask again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        ) from busy
    return _page(request, [telling.publication(record) for record in page.records], page.following)


def _publication(uid: UUID) -> HttpResponse:
    now = timezone.now()
    record = one_publication(uid, now)
    if not record:
        raise _missing(uid)
    edition = record.rows.edition
    response = told(telling.whole_publication(record, related_to(edition, now)))
    response.headers["Content-Language"] = edition.language
    return response


def _missing(uid: UUID) -> Problem:
    """What was public is gone, and why if the editor wrote it; anything else never was."""
    last = last_public(uid)
    if not last:
        return not_found("No publication here has this id.")
    is_withdrawn = last.end in TAKEN_BACK
    return Problem(
        HTTPStatus.GONE,
        "This publication was withdrawn." if is_withdrawn else "This publication has expired.",
        withdrawn=is_withdrawn,
        ended_at=format_datetime(last.visible_until),
        reason=last.end_note or None,
    )


def _authors() -> QuerySet:
    return Author.objects.known().with_pieces()


def _author(slug: str) -> Author:
    """Raises Problem."""
    found = _authors().select_related("portrait").filter(slug=slug).first()
    if not found:
        raise not_found("No author here has this id.")
    return found


def _topics(**asked: str) -> QuerySet:
    return Tag.objects.with_pieces().filter(**asked)


def _topic(slug: str) -> Tag:
    """Raises Problem."""
    found = _topics(slug=slug).first()
    if not found:
        raise not_found("No topic here has this id.")
    return found


def _rows(
    request: HttpRequest, name: str, rows: QuerySet, asked: Asked, tell: Callable[[Any], dict[str, Any]]
) -> HttpResponse:
    shown, following = page_of_rows(name, rows, asked)
    return _page(request, [tell(row) for row in shown], following)


def _page(request: HttpRequest, items: list[dict[str, Any]], cursor: str) -> HttpResponse:
    following = ""
    if cursor:
        asked = {**request.GET.dict(), "cursor": cursor}
        following = f"{absolute(iri_to_uri(request.path))}?{urlencode(asked)}"
    return told({"items": items, "next": following or None}, following=following)
