"""An edition with all its rows, and the dates and corrections in its history.

Pages, records, PDFs, feeds, the API and the search index all read editions through `EditionWithRows`, in a number of
queries that does not depend on how many editions or rows there are.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, takewhile
from typing import Self

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from .edition import Change, Edition
from .edition_rows import EditionAttachment, EditionByline, EditionTag
from .image import Image
from .prepared_queries import MOMENT, NUMBER, TEXT, PreparedQuery
from .tag import Tag

ROWS = ("bylines", "tags", "images", "attachments", "translations", "history")
"""Names of the rows of an edition."""
RELATIONS = ("kind", "series_number", "cover", "uid", "portraits")
"""What is joined to editions and their bylines: `uid` is that of the publication, `portraits` those of the authors."""
TRANSLATION_COLUMNS = ("translation_group", "language", "locale", "slug", "title", "publication")
HISTORY_COLUMNS = (
    "publication_id", "locale", "slug", "number", "change", "change_note", "published_at",
    "visible_from", "visible_until", "end_reason", "restored_from_id", "digest",
)  # fmt: skip
ANNOUNCED = (Change.CORRECTION, Change.UPDATE)
"""Changes that are announced to readers."""
DATED = (Change.FIRST, Change.UPDATE)
"""Changes that set the date that readers see."""


@dataclass(kw_only=True)
class EditionWithRows:
    """An edition, stored or not, with all rows that are shown with it.

    Attributes:
        bylines: in their order, each with its author and the author's portrait.
        translations: the live texts of the same group in other languages, without their texts.
        history: the readable editions of the publication, oldest first, without their texts.
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
        """Return a stored edition with all its rows, in six queries."""
        return cls(
            edition=edition,
            bylines=_bylines(edition=edition.pk),
            tags=_tags(edition=edition.pk),
            images=_images(edition=edition.pk),
            attachments=_attachments(edition=edition.pk),
            translations=translations_of(edition),
            history=readable_editions(started_editions(edition.publication_id)),
        )

    @classmethod
    def get_many(
        cls,
        editions: QuerySet[Edition],
        *,
        rows: Container[str] = ROWS,
        relations: Container[str] = RELATIONS,
    ) -> list[Self]:
        """Return the editions of a queryset, in its order, with the named rows: at most one query for each name.

        Args:
            editions: which of the texts are read is up to it (`without_texts()`, `defer()`).
            rows: names from ROWS; the others stay empty.
            relations: names from RELATIONS; the others are not joined.
        """
        prefetched = [lookup for name, lookup in _prefetches(relations).items() if name in rows]
        joined = [name for name in ("kind", "series_number", "cover") if name in relations]
        queryset = editions.select_related(*joined) if joined else editions
        if "uid" in relations:
            queryset = queryset.annotate(uid=F("publication__uid"))
        loaded = list(queryset.prefetch_related(*prefetched))
        translations = _translations_by_group(loaded) if "translations" in rows else {}
        histories = _histories(loaded) if "history" in rows else {}
        return [
            cls(
                edition=edition,
                bylines=list(edition.bylines.all()) if "bylines" in rows else (),
                tags=[row.tag for row in edition.tag_rows.all()] if "tags" in rows else (),
                images=list(edition.images.all()) if "images" in rows else (),
                attachments=list(edition.attachments.all()) if "attachments" in rows else (),
                translations=[
                    text
                    for text in translations.get(edition.translation_group, ())
                    if _is_other(text, edition)
                ],
                history=histories.get(edition.publication_id, ()),
            )
            for edition in loaded
        ]

    def with_translations(self) -> Self:
        """Return a copy with the translations that are live now, for an edition that is not stored."""
        return replace(self, translations=translations_of(self.edition))

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


def started_editions(publication: int) -> list[Edition]:
    """Return all editions of a publication that are or were public, oldest first, without their texts."""
    return _started(publication=publication, now=timezone.now())


def started_editions_by_publication(publications: Iterable[int]) -> dict[int, list[Edition]]:
    """Return the same for many publications, by primary key, in one query."""
    started = Edition.objects.started().filter(publication__in=publications)
    rows = started.order_by("publication_id", "number").only(*HISTORY_COLUMNS)
    return {key: list(group) for key, group in groupby(rows, key=lambda edition: edition.publication_id)}


def readable_editions(editions: Iterable[Edition]) -> list[Edition]:
    """Return those of started editions whose text is served at their permanent address."""
    return [edition for edition in editions if not edition.is_withdrawn_or_undone]


def translations_of(edition: Edition) -> list[Edition]:
    """Return the live texts of its group in other languages, without their texts, in one query."""
    return _translations(
        translation_group=edition.translation_group,
        publication=edition.publication_id,
        language=edition.language,
        now=timezone.now(),
    )


def first_published_at(editions: Sequence[Edition]) -> datetime | None:
    """Return the date of the last edition before the first update, or None without editions."""
    before = list(takewhile(lambda edition: edition.change != Change.UPDATE, editions))
    return (before or editions[:1])[-1].published_at if editions else None


def announced_at(edition: Edition) -> datetime:
    """Return when an edition is announced: its start, or its date if that is an earlier day.

    Only first editions and updates have an earlier date, as imported texts do.
    """
    date, started = edition.published_at, edition.visible_from
    is_dated = edition.change in DATED and not edition.restored_from_id
    return date if is_dated and timezone.localdate(date) < timezone.localdate(started) else started


def last_announced_at(editions: Iterable[Edition]) -> datetime | None:
    """Return when the last correction or update was announced, or None."""
    return max((announced_at(edition) for edition in editions if edition.change in ANNOUNCED), default=None)


def corrections_of(editions: Iterable[Edition]) -> list[Edition]:
    """Return the corrections that have a note."""
    return [edition for edition in editions if edition.change == Change.CORRECTION and edition.change_note]


def _translations_by_group(editions: Iterable[Edition]) -> dict[int, list[Edition]]:
    live = Edition.objects.live().filter(
        translation_group__in=[edition.translation_group for edition in editions]
    )
    groups: dict[int, list[Edition]] = {}
    for text in _translation_columns(live):
        groups.setdefault(text.translation_group, []).append(text)
    return groups


def _is_other(text: Edition, edition: Edition) -> bool:
    return text.publication_id != edition.publication_id and text.language != edition.language


def _histories(editions: Iterable[Edition]) -> dict[int, list[Edition]]:
    started = started_editions_by_publication([edition.publication_id for edition in editions])
    return {publication: readable_editions(history) for publication, history in started.items()}


def _translation_columns(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    ordered = editions.order_by("language", "pk").annotate(uid=F("publication__uid"))
    return ordered.only(*TRANSLATION_COLUMNS)


def _prefetches(relations: Container[str]) -> dict[str, str | Prefetch]:
    author = "author__portrait" if "portraits" in relations else "author"
    return {
        "bylines": Prefetch("bylines", EditionByline.objects.select_related(author)),
        "tags": Prefetch("tag_rows", EditionTag.objects.select_related("tag")),
        "images": "images",
        "attachments": "attachments",
    }


_bylines = PreparedQuery(
    lambda edition: EditionByline.objects.filter(edition=edition).select_related("author__portrait"),
    edition=NUMBER,
)
_tags = PreparedQuery(lambda edition: Tag.objects.filter(published__edition=edition), edition=NUMBER)
_images = PreparedQuery(lambda edition: Image.objects.filter(editions=edition), edition=NUMBER)
_attachments = PreparedQuery(
    lambda edition: EditionAttachment.objects.filter(edition=edition), edition=NUMBER
)
_translations = PreparedQuery(
    lambda translation_group, publication, language, now: _translation_columns(
        Edition.objects.live(now)
        .filter(translation_group=translation_group)
        .exclude(publication=publication)
        .exclude(language=language)
    ),
    translation_group=NUMBER,
    publication=NUMBER,
    language=TEXT,
    now=MOMENT,
)
_started = PreparedQuery(
    lambda publication, now: (
        Edition.objects.started(now).filter(publication=publication).order_by("number").only(*HISTORY_COLUMNS)
    ),
    publication=NUMBER,
    now=MOMENT,
)
