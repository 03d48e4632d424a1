"""Editions in lists: the columns of a teaser, and the editions of the home page, of topic pages and of related links.

The number of queries does not depend on the number of editions.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from .edition import NOTICE_COLUMNS, Change, Edition
from .edition_rows import EditionByline, EditionTag
from .kind import Kind, attach_kinds
from .prepared_queries import DATETIME, INTEGER, INTEGERS, TEXT, InList, PreparedQuery
from .tag import Tag

HOME_EDITIONS = 9
"""Editions that the home page may show above those by kind."""
EDITIONS_BY_KIND = 4
TEASER_COLUMNS = (
    "publication", "kind", "language", "locale", "title", "slug", "summary", "cover", "word_count", "published_at",
    "external_url", *NOTICE_COLUMNS,
)  # fmt: skip


class BylineName(NamedTuple):
    """What a teaser shows of a byline."""

    role: str
    name: str


def teaser_editions(pks: Iterable[int]) -> list[Edition]:
    """Return the editions with these primary keys in this order, with the columns of a teaser and `is_updated`."""
    keys = list(pks)
    return _in_order(keys, _editions(pks=keys, now=timezone.now()))


def result_editions(pks: Iterable[int]) -> list[Edition]:
    """Return the live editions among these, in this order, with the plain text that snippets are cut from."""
    keys = list(pks)
    return _in_order(keys, _live_editions_with_text(pks=keys, now=timezone.now()))


def byline_names(editions: Iterable[Edition]) -> dict[int, list[BylineName]]:
    """Return the bylines of editions in their order, by the primary keys of the editions."""
    bylines: dict[int, list[BylineName]] = {edition.pk: [] for edition in editions}
    for edition, role, name in _bylines.values_list(editions=bylines) if bylines else ():
        bylines[edition].append(BylineName(role, name))
    return bylines


def home_editions(locale: str, *, pinned: int | None = None) -> list[Edition]:
    """Return the editions for the top of the home page: the newest live ones of the locale.

    Args:
        pinned: the primary key of a publication whose edition in the locale comes first while it is live.
    """
    newest = _newest.flat_list(slice(HOME_EDITIONS), locale=locale, now=timezone.now())
    lead = _pinned_edition(locale, pinned) if pinned else []
    return teaser_editions(dict.fromkeys([*lead, *newest]))


def topic_lead(locale: str, tag: Tag) -> Edition | None:
    """Return the edition that leads the page of a tag: what is pinned there while it is live, else the newest."""
    pks = _pinned_edition(locale, tag.lead_id, tag) if tag.lead_id else []
    pks = pks or _newest.flat_list(slice(1), tag=tag.pk, locale=locale, now=timezone.now())
    return next(iter(teaser_editions(pks)), None)


def editions_by_kind(
    kinds: Iterable[Kind], locale: str, *, tag: Tag | None = None, exclude: Iterable[Edition] = ()
) -> list[Edition]:
    """Return the newest live editions of each kind, kind by kind: those of the locale, or on the tag in it."""
    values = {
        "locale": locale,
        "now": timezone.now(),
        "tag": tag.pk if tag else None,
        "excluded": [edition.pk for edition in exclude],
    }
    rows = slice(EDITIONS_BY_KIND)
    return teaser_editions(pk for kind in kinds for pk in _newest.flat_list(rows, kind=kind.pk, **values))


def _in_order(pks: list[int], editions: Iterable[Edition]) -> list[Edition]:
    by_pk = {edition.pk: edition for edition in editions}
    attach_kinds(by_pk.values())
    return [by_pk[pk] for pk in pks if pk in by_pk]


def _pinned_edition(locale: str, publication: int, tag: Tag | None = None) -> list[int]:
    """Return in a list the key of the live edition of a publication, or of its translation, in the locale."""
    editions = Edition.objects.live().for_locale(locale)
    edition = (editions.tagged(tag) if tag else editions).only("pk").counterpart_of(publication)
    return [edition.pk] if edition else []


def _teasers(pks: list[int], now: datetime) -> QuerySet[Edition]:
    """Editions with `is_updated`: whether their publication has had an update, the date of which they show."""
    updates = Edition.objects.readable(now).filter(change=Change.UPDATE, publication=OuterRef("publication"))
    editions = Edition.objects.filter(InList(F("pk"), pks)).order_by().only(*TEASER_COLUMNS)
    return editions.annotate(is_updated=Exists(updates.order_by()))


def _build_newest(
    locale: str,
    now: datetime,
    tag: int | None = None,
    kind: int | None = None,
    excluded: list[int] | None = None,
) -> QuerySet:
    """Keys of the editions of a locale, or of those of a tag or a kind, newest first.

    The index is in this order, so that few rows of a large topic are read.
    """
    rows = EditionTag.objects.filter(tag=tag) if tag else Edition.objects.all()
    rows = rows.live(now).for_locale(locale, now).newest_first()
    if excluded:
        rows = rows.filter(~Q(InList(F(rows.edition_lookup), excluded)))
    rows = rows.filter(kind=kind) if kind else rows.listed()
    return rows.values_list(rows.edition_lookup)


_editions = PreparedQuery(_teasers, pks=INTEGERS, now=DATETIME)
_live_editions_with_text = PreparedQuery(
    lambda pks, now: _teasers(pks, now).live(now).only(*TEASER_COLUMNS, "plain_text"),
    pks=INTEGERS,
    now=DATETIME,
)
_bylines = PreparedQuery(
    lambda editions: EditionByline.objects.filter(InList(F("edition"), editions)).values_list(
        "edition", "role", "name"
    ),
    editions=INTEGERS,
)
_newest = PreparedQuery(
    _build_newest, locale=TEXT, now=DATETIME, tag=INTEGER, kind=INTEGER, excluded=INTEGERS
)
