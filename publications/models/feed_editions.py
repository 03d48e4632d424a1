"""The live editions of feeds: which publications of a list a feed may show, and the columns of its entries."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from .edition import Change, Edition, EndReason
from .edition_list import EditionList, newest_live
from .edition_rows import publication_lookup
from .edition_with_rows import ANNOUNCED_CHANGES, EditionWithRows
from .kind import attach_kinds
from .prepared_queries import DATETIME, INTEGERS, TEXT, InList, PreparedQuery

ENTRY_COLUMNS = (
    "publication", "translation_group", "kind", "language", "locale", "title", "slug", "summary", "key_points", "cover",
    "external_url", "word_count", "html",
)  # fmt: skip
ENTRY_ROWS = ("bylines", "tags", "images", "attachments", "translations")
CHANGED_AT = Case(When(end_reason=EndReason.UNDONE, then=F("visible_until")), default=F("visible_from"))


def newest_publications(editions: EditionList, count: int) -> dict[int, datetime]:
    """Return the publications of a list that are the newest by date, each with its date, in that order."""
    keys = editions[:count]
    dates = {key: (publication, date) for key, publication, date in _dates.values_list(pks=keys)}
    return dict(dates[key] for key in keys if key in dates)


def recently_changed_publications(editions: EditionList, count: int, *, since: datetime) -> list[int]:
    """Return the publications of a list that were last corrected, updated or undone since then."""
    query = _recently_changed(tuple(sorted(editions.filters)), in_locale=bool(editions.locale))
    values = {"locale": editions.locale, "now": timezone.now(), "since": since, **editions.filters}
    return query.flat_list(slice(0, count), **values)


def feed_editions(publications: Iterable[int]) -> list[EditionWithRows]:
    """Return the live editions of publications, with the columns and rows of entries of feeds."""
    editions = _editions(publications=publications, now=timezone.now())
    attach_kinds(editions)
    return EditionWithRows.from_editions(editions, rows=ENTRY_ROWS)


@cache
def _recently_changed(names: tuple[str, ...], *, in_locale: bool) -> PreparedQuery:
    def build_queryset(locale: str, now: datetime, since: datetime, **filters: str) -> QuerySet:
        announced = Q(change__in=ANNOUNCED_CHANGES, visible_from__gte=since)
        undone = Q(end_reason=EndReason.UNDONE, visible_until__gte=since, visible_until__lte=now)
        live = newest_live(locale if in_locale else None, filters, now).order_by()
        is_live = Exists(live.filter(**{publication_lookup(live): OuterRef("publication")}))
        changes = Edition.objects.ever_public(now).filter(
            announced | undone & ~Q(change=Change.SILENT), is_live
        )
        last = changes.order_by().values("publication").annotate(changed_at=Max(CHANGED_AT))
        return last.order_by("-changed_at", "-publication").values_list("publication")

    return PreparedQuery(
        build_queryset, locale=TEXT, now=DATETIME, since=DATETIME, **dict.fromkeys(names, TEXT)
    )


_dates = PreparedQuery(
    lambda pks: (
        Edition.objects.filter(InList(F("pk"), pks))
        .order_by()
        .values_list("pk", "publication", "published_at")
    ),
    pks=INTEGERS,
)
_editions = PreparedQuery(
    lambda publications, now: (
        Edition.objects.live(now)
        .filter(InList(F("publication"), publications))
        .order_by()
        .select_related("cover")
        .annotate(uid=F("publication__uid"))
        .only(*ENTRY_COLUMNS)
    ),
    publications=INTEGERS,
    now=DATETIME,
)
