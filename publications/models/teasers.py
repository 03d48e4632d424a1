"""Editions in lists: the columns of a teaser, and the editions of the home page, of topic pages and of related links.

The number of queries does not depend on the number of editions.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .edition import Change, Edition
from .edition_rows import EditionByline, EditionTag
from .kind import Kind
from .prepared_queries import MOMENT, NUMBER, NUMBERS, TEXT, Among, PreparedQuery
from .site_version import cached_for_version
from .tag import Tag

HOME_EDITIONS = 9
"""Editions that the home page may show above those by kind."""
EDITIONS_BY_KIND = 4
TEASER_COLUMNS = (
    "publication", "kind", "language", "locale", "title", "slug", "summary", "cover", "word_count", "published_at",
    "external_url",
)  # fmt: skip


def kinds_by_pk() -> Mapping[int, Kind]:
    """Return all kinds in their order, by their primary keys. They are shared: not to be changed."""
    return cached_for_version("kinds", lambda: {kind.pk: kind for kind in Kind.objects.all()})


def teaser_editions(pks: Iterable[int]) -> list[Edition]:
    """Return the editions with these primary keys in this order, with the columns of a teaser."""
    keys = list(pks)
    return _in_order(keys, _editions(pks=keys))


def result_editions(pks: Iterable[int]) -> list[Edition]:
    """Return those of them that are live, with their plain text, from which a search result shows a snippet."""
    keys = list(pks)
    return _in_order(keys, _live_editions_with_text(pks=keys, now=timezone.now()))


def bylines_by_edition(editions: Iterable[Edition]) -> dict[int, list[EditionByline]]:
    """Return the bylines of editions in their order, by the primary keys of the editions."""
    bylines: dict[int, list[EditionByline]] = {edition.pk: [] for edition in editions}
    for row in _bylines(editions=bylines) if bylines else ():
        bylines[row.edition_id].append(row)
    return bylines


def updated_publications(editions: Iterable[Edition]) -> set[int]:
    """Return the publications of these editions that have had an update."""
    publications = [edition.publication_id for edition in editions]
    updates = _updates(publications=publications, now=timezone.now()) if publications else ()
    return {edition.publication_id for edition in updates}


def home_editions(locale: str, *, pinned: int | None = None) -> list[Edition]:
    """Return what may stand at the top of the home page: the newest live editions of the locale.

    Args:
        pinned: a publication whose text in the locale comes first while it is live.
    """
    newest = [edition.pk for edition in _newest(locale=locale, now=timezone.now())]
    lead = _pinned_text(locale, pinned) if pinned else []
    return teaser_editions(dict.fromkeys([*lead, *newest]))


def topic_lead(locale: str, tag: Tag) -> Edition | None:
    """Return the edition that leads the page of a tag: what is pinned there while it is live, else the newest."""
    pks = _pinned_text(locale, tag.lead_id, tag) if tag.lead_id else []
    pks = pks or [row.edition_id for row in _newest_on_tag(tag=tag.pk, locale=locale, now=timezone.now())]
    return next(iter(teaser_editions(pks)), None)


def editions_by_kind(
    kinds: Iterable[Kind], locale: str, *, tag: Tag | None = None, without: Iterable[Edition] = ()
) -> list[Edition]:
    """Return the newest live editions of each kind, kind by kind: those of the locale, or on the tag in it."""
    left_out = [edition.pk for edition in without]
    return teaser_editions(pk for kind in kinds for pk in _newest_of_kind(kind, locale, tag, left_out))


def _in_order(pks: list[int], editions: Iterable[Edition]) -> list[Edition]:
    by_pk, kinds = {edition.pk: edition for edition in editions}, kinds_by_pk()
    for edition in by_pk.values():
        if edition.kind_id in kinds:  # else it is newer than the cache, and read when needed
            edition.kind = kinds[edition.kind_id]
    return [by_pk[pk] for pk in pks if pk in by_pk]


def _pinned_text(locale: str, publication: int, tag: Tag | None = None) -> list[int]:
    """Return the primary key of the live text of a publication, or of its translation, in the locale, in a list."""
    editions = Edition.objects.live().for_locale(locale)
    text = (editions.tagged(tag) if tag else editions).only("pk").counterpart_of(publication)
    return [text.pk] if text else []


def _newest_of_kind(kind: Kind, locale: str, tag: Tag | None, left_out: list[int]) -> list[int]:
    values = {"locale": locale, "kind": kind.pk, "now": timezone.now(), "left_out": left_out}
    if tag:
        return [row.edition_id for row in _newest_of_kind_on_tag(tag=tag.pk, **values)]
    return [edition.pk for edition in _newest_of_kind_in_locale(**values)]


def _with_updates(publications: QuerySet, now: datetime) -> QuerySet[Edition]:
    updates = Edition.objects.readable(now).filter(change=Change.UPDATE)
    return updates.filter(Among(F("publication"), publications)).order_by().only("publication")


def _in_locale(locale: str, now: datetime) -> QuerySet[Edition]:
    return Edition.objects.live(now).for_locale(locale, now).newest_first().only("pk")


def _on_tag(tag: int, locale: str, now: datetime) -> QuerySet[EditionTag]:
    """The rows of the tag, which stand in the order of the dates: of a long topic the first are read alone."""
    return EditionTag.objects.filter(tag=tag).live(now).for_locale(locale, now).newest_first().only("edition")


_LOCALE = {"locale": TEXT, "now": MOMENT}
_KIND = {"kind": NUMBER, "left_out": NUMBERS, **_LOCALE}

_editions = PreparedQuery(
    lambda pks: Edition.objects.filter(Among(F("pk"), pks)).order_by().only(*TEASER_COLUMNS),
    pks=NUMBERS,
)
_live_editions_with_text = PreparedQuery(
    lambda pks, now: (
        Edition.objects.live(now).filter(Among(F("pk"), pks)).order_by().only(*TEASER_COLUMNS, "plain_text")
    ),
    pks=NUMBERS,
    now=MOMENT,
)
_bylines = PreparedQuery(
    lambda editions: EditionByline.objects.filter(Among(F("edition"), editions)).only(
        "edition", "role", "name"
    ),
    editions=NUMBERS,
)
_updates = PreparedQuery(_with_updates, publications=NUMBERS, now=MOMENT)
_newest = PreparedQuery(lambda **values: _in_locale(**values)[:HOME_EDITIONS], **_LOCALE)
_newest_on_tag = PreparedQuery(lambda **values: _on_tag(**values)[:1], tag=NUMBER, **_LOCALE)
_newest_of_kind_in_locale = PreparedQuery(
    lambda kind, left_out, **values: _in_locale(**values).filter(~Q(Among(F("pk"), left_out)), kind=kind)[
        :EDITIONS_BY_KIND
    ],
    **_KIND,
)
_newest_of_kind_on_tag = PreparedQuery(
    lambda kind, left_out, **values: _on_tag(**values).filter(~Q(Among(F("edition"), left_out)), kind=kind)[
        :EDITIONS_BY_KIND
    ],
    tag=NUMBER,
    **_KIND,
)
