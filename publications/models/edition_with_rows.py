"""An edition with all its rows, and the dates and corrections in its history.

Pages, records, PDFs, feeds, the API and the search index all read editions through `EditionWithRows`, in a number of
queries that does not depend on how many editions or rows there are.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Self

from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils import timezone

from publications.editorial_status import EditorialNotice

from .edition import EDITORIAL_CHANGES, NOTICE_COLUMNS, Change, Edition
from .edition_rows import EditionAttachment, EditionByline, EditionImage, EditionTag
from .image import Image
from .prepared_queries import DATETIME, INTEGERS, InList, PreparedQuery
from .tag import Tag

ROWS = ("bylines", "tags", "images", "attachments", "translations", "history")
"""Relations of an edition that are read with it."""
TRANSLATION_COLUMNS = (
    "translation_group", "language", "locale", "slug", "title", "publication", *NOTICE_COLUMNS,
)  # fmt: skip
HISTORY_COLUMNS = (
    "publication_id", "locale", "slug", "number", "change", "change_note", "published_at",
    "visible_from", "visible_until", "end_reason", "restored_from_id", "digest", "language", *NOTICE_COLUMNS,
)  # fmt: skip
ANNOUNCED_CHANGES = (Change.CORRECTION, Change.UPDATE, *EDITORIAL_CHANGES)
"""Changes that are announced to readers."""
DATED_CHANGES = (Change.FIRST, Change.UPDATE)
"""Changes that set the date that readers see."""


@dataclass(kw_only=True)
class EditionWithRows:
    """An edition, stored or not, with all rows that are shown with it.

    Attributes:
        bylines: in their order, each with its author and the author's portrait.
        translations: the live editions of the same group in other languages, without their text columns.
        history: the readable editions of the publication, oldest first, without their text columns.
    """

    edition: Edition
    bylines: Sequence[EditionByline] = ()
    tags: Sequence[Tag] = ()
    images: Sequence[Image] = ()
    attachments: Sequence[EditionAttachment] = ()
    translations: Sequence[Edition] = ()
    history: Sequence[Edition] = ()

    @classmethod
    def get(cls, edition: Edition) -> Self:
        """Return a stored edition with all its rows, in at most five queries."""
        return cls.from_editions([edition])[0]

    @classmethod
    def get_many(cls, editions: QuerySet[Edition], *, rows: Container[str] = ROWS) -> list[Self]:
        """Return the editions of a queryset, in its order, with the named rows: at most one query for each name.

        Args:
            editions: the queryset also says which columns are read (`without_texts()`, `defer()`).
            rows: names from ROWS; the others stay empty.
        """
        joined = editions.select_related("kind", "series_number", "cover")
        return cls.from_editions(list(joined.annotate(uid=F("publication__uid"))), rows=rows)

    @classmethod
    def from_editions(cls, editions: Sequence[Edition], *, rows: Container[str] = ROWS) -> list[Self]:
        """Return editions that are already read with the named rows, as `get_many` does."""
        others = _public_editions(
            publications={edition.publication_id for edition in editions} if "history" in rows else (),
            groups={edition.translation_group for edition in editions} if "translations" in rows else (),
        )
        live = _grouped((other for other in others if other.is_live), "translation_group")
        histories = _by_publication(others)
        without = {
            "images": {other.pk for other in others if not other.has_images},
            "attachments": {other.pk for other in others if not other.has_attachments},
        }
        by_edition = {}
        for name, query in _ROW_QUERIES.items():
            pks = [edition.pk for edition in editions if edition.pk not in without.get(name, ())]
            by_edition[name] = _grouped(query(editions=pks), "edition_id") if pks and name in rows else {}
        return [
            cls(
                edition=edition,
                bylines=by_edition["bylines"].get(edition.pk, ()),
                tags=[row.tag for row in by_edition["tags"].get(edition.pk, ())],
                images=[row.image for row in by_edition["images"].get(edition.pk, ())],
                attachments=by_edition["attachments"].get(edition.pk, ()),
                translations=_translations_among(live.get(edition.translation_group, ()), edition)
                if "translations" in rows
                else [],
                history=readable_editions(histories.get(edition.publication_id, ()))
                if "history" in rows
                else [],
            )
            for edition in editions
        ]

    def with_translations(self) -> Self:
        """Return a copy with the translations that are live now, for an edition that is not stored."""
        return replace(self, translations=translations_of(self.edition))

    @property
    def notice(self) -> EditorialNotice | None:
        """The notice that readers are shown: that of the live edition, which holds for earlier editions as well."""
        live = next((edition for edition in self.history if edition.is_live), self.edition)
        return live.notice

    @property
    def marked_title(self) -> str:
        """The title with the prefix of the notice, if there is one."""
        return self.notice.mark(self.edition.title) if self.notice else self.edition.title

    def marked_label(self, file: EditionAttachment) -> str:
        """Return the label of a file with the prefix of the notice, which the file as uploaded does not have."""
        label = file.label or file.filename
        return self.notice.mark(label) if self.notice else label

    @property
    def history_so_far(self) -> list[Edition]:
        """The readable editions up to this one."""
        return [edition for edition in self.history if edition.number <= self.edition.number]

    @property
    def first_published_at(self) -> datetime:
        """The date of the publication before any update moved it."""
        return first_published_at(self.history_so_far) or self.edition.published_at

    @property
    def last_announced_at(self) -> datetime | None:
        """When the last correction or update up to this edition was announced, or None."""
        return last_announced_at(self.history_so_far)

    @property
    def corrections(self) -> list[Edition]:
        """The corrections with a note, up to this edition."""
        return corrections_of(self.history_so_far)


def ever_public_editions(publication_pk: int) -> list[Edition]:
    """Return all editions of a publication that are or were public, oldest first, without their text columns."""
    return ever_public_editions_by_publication([publication_pk]).get(publication_pk, [])


def ever_public_editions_by_publication(publication_pks: Iterable[int]) -> dict[int, list[Edition]]:
    """Return the same for many publications, by primary key, in one query."""
    return _by_publication(_public_editions(publications=publication_pks))


def readable_editions(editions: Iterable[Edition]) -> list[Edition]:
    """Return those of `ever_public_editions` whose text is served at their permanent address."""
    return [edition for edition in editions if not edition.is_withdrawn_or_undone]


def translations_of(edition: Edition) -> list[Edition]:
    """Return the live editions of its group in other languages, without their text columns, in one query."""
    return _translations_among(_public_editions(groups=[edition.translation_group]), edition)


def first_published_at(editions: Sequence[Edition]) -> datetime | None:
    """Return the date of the last edition before the first update, or None without editions."""
    before = list(takewhile(lambda edition: edition.change != Change.UPDATE, editions))
    return (before or editions[:1])[-1].published_at if editions else None


def announced_at(edition: Edition) -> datetime:
    """Return when an edition is announced: its start, or its date if that is an earlier day.

    Only first editions and updates have an earlier date, as imported texts do.
    """
    date, start = edition.published_at, edition.visible_from
    sets_date = edition.change in DATED_CHANGES and not edition.restored_from_id
    return date if sets_date and timezone.localdate(date) < timezone.localdate(start) else start


def last_announced_at(editions: Iterable[Edition]) -> datetime | None:
    """Return when the last correction or update was announced, or None."""
    return max(
        (announced_at(edition) for edition in editions if edition.change in ANNOUNCED_CHANGES), default=None
    )


def corrections_of(editions: Iterable[Edition]) -> list[Edition]:
    """Return the corrections that have a note."""
    return [edition for edition in editions if edition.change == Change.CORRECTION and edition.change_note]


def _public_editions(*, publications: Iterable[int] = (), groups: Iterable[int] = ()) -> list[Edition]:
    """Return editions of publications that are or were public, and the live ones of translation groups."""
    keys = {"publications": list(publications), "groups": list(groups)}
    return _public_or_in_groups(**keys, now=timezone.now()) if any(keys.values()) else []


def _by_publication(editions: Iterable[Edition]) -> dict[int, list[Edition]]:
    return _grouped(sorted(editions, key=lambda edition: edition.number), "publication_id")


def _translations_among(live: Iterable[Edition], edition: Edition) -> list[Edition]:
    return [
        other
        for other in live
        if other.publication_id != edition.publication_id and other.language != edition.language
    ]


def _grouped[M: Model](rows: Iterable[M], column: str) -> dict[int, list[M]]:
    """Return rows in their order by the value of a column."""
    groups: dict[int, list[M]] = {}
    for row in rows:
        groups.setdefault(getattr(row, column), []).append(row)
    return groups


_bylines = PreparedQuery(
    lambda editions: (
        EditionByline.objects.filter(InList(F("edition"), editions))
        .select_related("author__portrait")
        .defer(*EditionByline.COPIED_COLUMNS)
    ),
    editions=INTEGERS,
)
_tag_rows = PreparedQuery(
    lambda editions: (
        EditionTag.objects.filter(InList(F("edition"), editions)).select_related("tag").only("edition", "tag")
    ),
    editions=INTEGERS,
)
_image_rows = PreparedQuery(
    lambda editions: (
        EditionImage.objects.filter(InList(F("edition"), editions))
        .select_related("image")
        .order_by("-image__added_at", "-image_id")
    ),
    editions=INTEGERS,
)
_attachments = PreparedQuery(
    lambda editions: EditionAttachment.objects.filter(InList(F("edition"), editions)), editions=INTEGERS
)
_ROW_QUERIES = {"bylines": _bylines, "tags": _tag_rows, "images": _image_rows, "attachments": _attachments}
_public_or_in_groups = PreparedQuery(
    lambda publications, groups, now: (
        (
            Edition.objects.ever_public(now).filter(InList(F("publication"), publications))
            | Edition.objects.live(now).filter(InList(F("translation_group"), groups))
        )
        .annotate(
            uid=F("publication__uid"),
            has_images=Exists(EditionImage.objects.filter(edition=OuterRef("pk"))),
            has_attachments=Exists(EditionAttachment.objects.filter(edition=OuterRef("pk"))),
        )
        .order_by("language", "pk")
        .only(*TRANSLATION_COLUMNS, *HISTORY_COLUMNS)
    ),
    publications=INTEGERS,
    groups=INTEGERS,
    now=DATETIME,
)
