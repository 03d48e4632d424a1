"""Views of the API. The number of database queries is the same for each page size.

The ETag is computed before the content is read: a response may be newer than its ETag, never older.
"""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from publications import metadata, search
from publications.locales import LOCALES, absolute_url
from publications.models import (
    RELATED_EDITIONS,
    WITHDRAWN_OR_UNDONE,
    Author,
    Edition,
    EditionWithRows,
    SiteSettings,
    Tag,
    filter_by_facets,
    filter_by_facets_and_dates,
)
from publications.presentation import conditional_response
from publications.xml_writer import format_datetime

from .author_topic_serializers import AUTHOR, AUTHOR_DETAIL, TOPIC, TOPIC_DETAIL
from .openapi import describe_api
from .params import (
    ApiParams,
    Cursor,
    author_params,
    check_parameters,
    publication_params,
    topic_params,
    write_cursor,
    write_pk_cursor,
)
from .publication_serializers import serialize_detail, serialize_summary
from .responses import Problem, api_view, json_response, not_found
from .serializer import Serializer

RETRY_AFTER = "5"  # seconds
_RECORD_ROWS = ("bylines", "tags", "attachments", "translations", "history")


@api_view
def publication_list(request: HttpRequest) -> HttpResponse:
    """All live texts, newest first."""
    params = publication_params(request, timezone.now())
    return conditional_response(request, lambda: _publication_list_response(request, params))


@api_view
def publication_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    check_parameters(request)
    if not _is_public(uid):
        raise _missing_problem(uid)
    return conditional_response(request, lambda: _publication_response(uid))


@api_view
def author_list(request: HttpRequest) -> HttpResponse:
    """All authors with a live text, without pseudonyms."""
    params = author_params(request)
    return conditional_response(
        request, lambda: _list_response(request, "authors", _authors(), params, AUTHOR)
    )


@api_view
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    check_parameters(request)
    _author_or_404(slug)
    return conditional_response(request, lambda: json_response(AUTHOR_DETAIL.serialize(_author_or_404(slug))))


@api_view
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics, countries and series with a live text."""
    params = topic_params(request)
    return conditional_response(
        request, lambda: _list_response(request, "topics", _topics(**params.filters), params, TOPIC)
    )


@api_view
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    check_parameters(request)
    _topic_or_404(slug)
    return conditional_response(request, lambda: json_response(TOPIC_DETAIL.serialize(_topic_or_404(slug))))


@api_view
def description(request: HttpRequest) -> HttpResponse:
    """The description of the API in OpenAPI 3.1."""
    check_parameters(request)
    return conditional_response(request, lambda: json_response(describe_api()))


@api_view
def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise not_found("The API has no such address: see openapi.json for those that it has.")


def _publication_list_response(request: HttpRequest, params: ApiParams) -> HttpResponse:
    try:
        records, cursor = _read_publication_page(params, timezone.now())
    except search.SearchBusy as busy:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Many are searching just now: ask again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        ) from busy
    return _page_response(request, [serialize_summary(record) for record in records], cursor)


def _publication_response(uid: UUID) -> HttpResponse:
    now = timezone.now()
    record = _live_record(uid, now)
    if not record:
        raise _missing_problem(uid)
    edition = record.edition
    response = json_response(serialize_detail(record, _related_editions(edition, now)))
    response.headers["Content-Language"] = edition.language
    return response


def _missing_problem(uid: UUID) -> Problem:
    """Return 410 with the reason for a publication that was public, or else 404."""
    last = _last_public_edition(uid)
    if not last:
        return not_found("No publication here has this id.")
    is_withdrawn = last.end_reason in WITHDRAWN_OR_UNDONE
    return Problem(
        HTTPStatus.GONE,
        "This publication was withdrawn." if is_withdrawn else "This publication has expired.",
        withdrawn=is_withdrawn,
        ended_at=format_datetime(last.visible_until),
        reason=last.withdrawal_reason or None,
    )


def _authors() -> QuerySet:
    return Author.objects.not_pseudonymous().with_counts()


def _author_or_404(slug: str) -> Author:
    """Raises Problem."""
    author = _authors().select_related("portrait").filter(slug=slug).first()
    if not author:
        raise not_found("No author here has this id.")
    return author


def _topics(**filters: str) -> QuerySet:
    return Tag.objects.with_counts().filter(**filters)


def _topic_or_404(slug: str) -> Tag:
    """Raises Problem."""
    topic = _topics(slug=slug).first()
    if not topic:
        raise not_found("No topic here has this id.")
    return topic


def _list_response(
    request: HttpRequest, list_name: str, queryset: QuerySet, params: ApiParams, serializer: Serializer
) -> HttpResponse:
    page, cursor = _read_page(list_name, queryset, params)
    return _page_response(request, [serializer.serialize(instance) for instance in page], cursor)


def _page_response(request: HttpRequest, items: list[dict[str, Any]], cursor: str) -> HttpResponse:
    next_url = ""
    if cursor:
        query = {**request.GET.dict(), "cursor": cursor}
        next_url = f"{absolute_url(iri_to_uri(request.path))}?{urlencode(query)}"
    return json_response({"items": items, "next": next_url or None}, next_url=next_url)


def _read_publication_page(params: ApiParams, now: datetime) -> tuple[list[metadata.Record], str]:
    """Return the records of a page, and the cursor of the next one or "".

    A page may have fewer records than its limit, even none, if some were withdrawn since the first request.

    Raises:
        search.SearchBusy: too many searches run at once.
    """
    positions = _read_positions(params, now)
    page = positions[: params.limit]
    current = filter_by_facets(Edition.objects.live(now), params.filters)
    editions = _by_publication(current.filter(publication__in=[position.publication for position in page]))
    records = _build_records(
        editions[position.publication] for position in page if position.publication in editions
    )
    return records, write_cursor(page[-1]) if len(positions) > params.limit else ""


def _is_public(uid: UUID) -> bool:
    return Edition.objects.live().filter(publication__uid=uid).order_by().exists()


def _live_record(uid: UUID, now: datetime) -> metadata.Record | None:
    """Return the record of the live edition of a publication, which has its text and all its rows, or None."""
    live = Edition.objects.live(now).filter(publication__uid=uid).defer("body", "paragraphs")
    return next(iter(_build_records(EditionWithRows.get_many(live))), None)


def _last_public_edition(uid: UUID) -> Edition | None:
    """Return the last edition of a publication that was public, without its texts, or None."""
    started = Edition.objects.ever_public().filter(publication__uid=uid).without_texts()
    return started.order_by("-visible_from").first()


def _related_editions(edition: Edition, now: datetime) -> list[Edition]:
    """Return the publications that staff have linked to it, as on its page."""
    linked = Edition.objects.live(now).filter(publication__linked_from__source=edition.publication_id)
    related = (
        linked.annotate(uid=F("publication__uid"))
        .without_texts()
        .order_by("publication__linked_from__position")
    )
    return list(related[:RELATED_EDITIONS])


def _build_records(editions: Iterable[EditionWithRows]) -> list[metadata.Record]:
    site = SiteSettings.current()
    return [metadata.build_record(edition_with_rows, site=site) for edition_with_rows in editions]


def _read_positions(params: ApiParams, now: datetime) -> list[Cursor]:
    """Return the positions of a page and of one item more, in the list as of the first request."""
    if params.query is not None and not params.query:
        return []  # a query without words matches nothing
    after = params.after
    as_of = after.as_of if after else now
    editions = filter_by_facets_and_dates(Edition.objects.live(as_of), params.filters)
    if params.query:
        editions = editions.filter(publication__in=_matching_publications(params))
    if after:
        at, publication = after.published_at, after.publication
        comes_after = Q(published_at__lt=at) | Q(published_at=at, publication__lt=publication)
        editions = editions.filter(comes_after, published_at__lte=at)
    rows = editions.order_by("-published_at", "-publication").values_list("published_at", "publication")
    return [Cursor(as_of, *row) for row in rows[: params.limit + 1]]


def _matching_publications(params: ApiParams) -> list[int]:
    """Return the publications that match the query. Raises search.SearchBusy."""
    results = search.search(params.query, locale=LOCALES[0], filters=params.filters, with_facet_counts=False)
    editions = Edition.objects.filter(pk__in=results.edition_ids).order_by()
    return list(editions.values_list("publication", flat=True))


def _by_publication(editions: QuerySet[Edition]) -> dict[int, EditionWithRows]:
    editions_with_rows = EditionWithRows.get_many(editions.without_texts().order_by(), rows=_RECORD_ROWS)
    return {
        edition_with_rows.edition.publication_id: edition_with_rows
        for edition_with_rows in editions_with_rows
    }


def _read_page(list_name: str, queryset: QuerySet, params: ApiParams) -> tuple[list, str]:
    """Return the authors or topics of a page, by primary key, and the cursor of the next one or ""."""
    if params.after is not None:
        queryset = queryset.filter(pk__gt=params.after)
    page_and_next = list(queryset.order_by("pk")[: params.limit + 1])
    page = page_and_next[: params.limit]
    return page, write_pk_cursor(list_name, page[-1].pk) if len(page_and_next) > params.limit else ""
