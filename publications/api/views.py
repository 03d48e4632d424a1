"""The views of the API, and the queries that they need: as many for a page as for one item.

What a response holds is read after its ETag is made: it may be newer than its tag, never older.
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
    filter_by,
)
from publications.presentation import conditional_response
from publications.xml_writer import format_datetime

from .openapi import describe_api
from .params import (
    ApiParams,
    Cursor,
    author_params,
    check_parameters,
    publication_params,
    topic_params,
    write_cursor,
    write_number_cursor,
)
from .responses import Problem, api_view, json_response, not_found
from .shapes import (
    AUTHOR,
    AUTHOR_DETAIL,
    TOPIC,
    TOPIC_DETAIL,
    Shape,
    publication_summary,
)
from .shapes import (
    publication_detail as serialize_publication,
)

RETRY_AFTER = "5"  # seconds
_RECORD_ROWS = ("bylines", "tags", "attachments", "translations", "history")


@api_view
def publication_list(request: HttpRequest) -> HttpResponse:
    """All live texts, newest first."""
    params = publication_params(request, timezone.now())
    return conditional_response(request, lambda: _publications(request, params))


@api_view
def publication_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    check_parameters(request)
    if not _is_public(uid):
        raise _missing(uid)
    return conditional_response(request, lambda: _publication(uid))


@api_view
def author_list(request: HttpRequest) -> HttpResponse:
    """Those whom readers may know and who have a live text."""
    params = author_params(request)
    return conditional_response(request, lambda: _rows(request, "authors", _authors(), params, AUTHOR))


@api_view
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    check_parameters(request)
    _author(slug)
    return conditional_response(request, lambda: json_response(AUTHOR_DETAIL.serialize(_author(slug))))


@api_view
def topic_list(request: HttpRequest) -> HttpResponse:
    """Themes, countries and series that a live text is on."""
    params = topic_params(request)
    return conditional_response(
        request, lambda: _rows(request, "topics", _topics(**params.filters), params, TOPIC)
    )


@api_view
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    check_parameters(request)
    _topic(slug)
    return conditional_response(request, lambda: json_response(TOPIC_DETAIL.serialize(_topic(slug))))


@api_view
def description(request: HttpRequest) -> HttpResponse:
    """All this in OpenAPI 3.1."""
    check_parameters(request)
    return conditional_response(request, lambda: json_response(describe_api()))


@api_view
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise not_found("The API has no such address: see openapi.json for those that it has.")


def _publications(request: HttpRequest, params: ApiParams) -> HttpResponse:
    try:
        records, cursor = _page_of_publications(params, timezone.now())
    except search.SearchBusy as busy:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Many are searching just now: ask again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        ) from busy
    return _page(request, [publication_summary(record) for record in records], cursor)


def _publication(uid: UUID) -> HttpResponse:
    now = timezone.now()
    record = _live_record(uid, now)
    if not record:
        raise _missing(uid)
    edition = record.rows.edition
    response = json_response(serialize_publication(record, _related_editions(edition, now)))
    response.headers["Content-Language"] = edition.language
    return response


def _missing(uid: UUID) -> Problem:
    """What was public is gone, and why if the editor wrote it; anything else never was."""
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
    return Author.objects.identified().with_counts()


def _author(slug: str) -> Author:
    """Raises Problem."""
    found = _authors().select_related("portrait").filter(slug=slug).first()
    if not found:
        raise not_found("No author here has this id.")
    return found


def _topics(**filters: str) -> QuerySet:
    return Tag.objects.with_counts().filter(**filters)


def _topic(slug: str) -> Tag:
    """Raises Problem."""
    found = _topics(slug=slug).first()
    if not found:
        raise not_found("No topic here has this id.")
    return found


def _rows(request: HttpRequest, name: str, rows: QuerySet, params: ApiParams, shape: Shape) -> HttpResponse:
    shown, cursor = _page_of_rows(name, rows, params)
    return _page(request, [shape.serialize(row) for row in shown], cursor)


def _page(request: HttpRequest, items: list[dict[str, Any]], cursor: str) -> HttpResponse:
    next_url = ""
    if cursor:
        query = {**request.GET.dict(), "cursor": cursor}
        next_url = f"{absolute_url(iri_to_uri(request.path))}?{urlencode(query)}"
    return json_response({"items": items, "next": next_url or None}, next_url=next_url)


def _page_of_publications(params: ApiParams, now: datetime) -> tuple[list[metadata.Record], str]:
    """Return the next records, and the cursor of what follows, if anything.

    The last page may have fewer than asked for, even none, if some were withdrawn since the first.

    Raises:
        search.SearchBusy: too many searches run at once.
    """
    rows = _next_cursors(params, now)
    shown = rows[: params.limit]
    current = filter_by(Edition.objects.live(now), params.filters)
    found = _by_publication(current.filter(publication__in=[row.publication for row in shown]))
    records = _records_of([found[row.publication] for row in shown if row.publication in found])
    return records, write_cursor(shown[-1]) if len(rows) > params.limit else ""


def _is_public(uid: UUID) -> bool:
    return Edition.objects.live().filter(publication__uid=uid).order_by().exists()


def _live_record(uid: UUID, now: datetime) -> metadata.Record | None:
    """Return the record of the live edition of a publication, which has its text and all its rows, or None."""
    live = Edition.objects.live(now).filter(publication__uid=uid).defer("body", "paragraphs")
    return next(iter(_records_of(EditionWithRows.get_many(live))), None)


def _last_public_edition(uid: UUID) -> Edition | None:
    """The last edition that readers saw of a publication, without its texts."""
    begun = Edition.objects.started().filter(publication__uid=uid).without_texts()
    return begun.order_by("-visible_from").first()


def _related_editions(edition: Edition, now: datetime) -> list[Edition]:
    """What staff have linked it with, as its page shows it."""
    linked = Edition.objects.live(now).filter(publication__linked_from__source=edition.publication_id)
    shown = (
        linked.annotate(uid=F("publication__uid"))
        .without_texts()
        .order_by("publication__linked_from__position")
    )
    return list(shown[:RELATED_EDITIONS])


def _records_of(texts: Iterable[EditionWithRows]) -> list[metadata.Record]:
    site = SiteSettings.current()
    return [metadata.build_record(rows, site=site) for rows in texts]


def _next_cursors(params: ApiParams, now: datetime) -> list[Cursor]:
    """The next places in the list as it was when its first page was asked for, and one more."""
    if params.query is not None and not params.query:
        return []  # no word, so no text that holds it
    after = params.after
    as_of = after.as_of if after else now
    editions = filter_by(Edition.objects.live(as_of), params.filters)
    if params.query:
        editions = editions.filter(publication__in=_matching_publications(params))
    if after:
        at, publication = after.published_at, after.publication
        behind = Q(published_at__lt=at) | Q(published_at=at, publication__lt=publication)
        editions = editions.filter(behind, published_at__lte=at)
    rows = editions.order_by("-published_at", "-publication").values_list("published_at", "publication")
    return [Cursor(as_of, *row) for row in rows[: params.limit + 1]]


def _matching_publications(params: ApiParams) -> list[int]:
    """The publications that the words find. Raises search.SearchBusy."""
    found = search.search(params.query, locale=LOCALES[0], filters=params.filters, with_counts=False)
    own = Edition.objects.filter(pk__in=found.editions).order_by()
    return list(own.values_list("publication", flat=True))


def _by_publication(editions: QuerySet[Edition]) -> dict[int, EditionWithRows]:
    rows = EditionWithRows.get_many(editions.without_texts().order_by(), rows=_RECORD_ROWS)
    return {each.edition.publication_id: each for each in rows}


def _page_of_rows(name: str, rows: QuerySet, params: ApiParams) -> tuple[list, str]:
    """The next authors or topics in the order of their numbers, and the cursor of what follows."""
    if params.after is not None:
        rows = rows.filter(pk__gt=params.after)
    found = list(rows.order_by("pk")[: params.limit + 1])
    shown = found[: params.limit]
    return shown, write_number_cursor(name, shown[-1].pk) if len(found) > params.limit else ""
