"""Digests of what readers see of editions, computed again from the stored rows.

The content digest covers the frozen columns of an edition and its bylines, tags, images and attachments. It leaves out
empty values, so that a column that a later release adds changes no digest. Its version 2 also covers the originals of
images, whose names hold the digests of their bytes; editions of earlier releases keep version 1. The digest of windows
covers what actions change of the editions of a publication: when each is public, and why it ended.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched, groupby
from typing import NamedTuple

from django.db.models import ForeignKey, Model, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform

from publications.hash_chain import format_time, hash_value
from publications.publication_fields import FROZEN_COLUMNS

from .audit import AuditEntry
from .edition import Edition
from .edition_queryset import EditionQuerySet, EndReason
from .edition_rows import EditionAttachment, EditionByline, EditionImage, EditionTag
from .edition_with_rows import EditionWithRows
from .guards import EDITION_COLUMNS
from .publication import Publication

CONTENT_COLUMNS = (
    "translation_group", "redaction_count", "is_scheduled", "visible_from", "word_count", *EDITION_COLUMNS,
    *(field.name for field in FROZEN_COLUMNS),
)  # fmt: skip
ROW_COLUMNS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "bylines": (EditionByline, ("position", "author_id", "role", "name", "title", "affiliation")),
    "tags": (EditionTag, ("tag_id",)),
    "images": (EditionImage, ("image_id",)),
    "originals": (EditionImage, ("image__original",)),
    "attachments": (EditionAttachment, ("position", "original", "filename", "label", "size")),
}
"""The rows of an edition by their key in its content, with their columns."""
SINCE_VERSION_2 = frozenset({"originals"})
WINDOW_COLUMNS = ("publication_id", "number", "visible_from", "expires_at", "end_reason", "withdrawal_reason")
EDITIONS_PER_BATCH = 200

Rows = dict[str, list[tuple]]


class WindowsDigest(NamedTuple):
    """The digest of the windows of a publication, and whether all its editions were cancelled before their start."""

    digest: str
    is_cancelled: bool


def compute_content_digest(rows: EditionWithRows) -> str:
    """Return the content digest of an edition with rows that are about to be stored."""
    return _digest_content(
        rows.edition,
        {
            "bylines": _tuples(rows.bylines, ROW_COLUMNS["bylines"][1]),
            "tags": [(tag.pk,) for tag in rows.tags],
            "images": [(image.pk,) for image in rows.images],
            "originals": [(image.original,) for image in rows.images],
            "attachments": _tuples(rows.attachments, ROW_COLUMNS["attachments"][1]),
        },
    )


def read_content_digests(editions: EditionQuerySet) -> Iterator[tuple[Edition, str]]:
    """Yield stored editions with the content digest that their rows have now, by primary key.

    It is of version 1 where the stored one is and still holds, and of version 2 for all others: for an edition that has
    changed too, whatever version it had.
    """
    for pks in batched(list(editions.order_by("pk").values_list("pk", flat=True)), EDITIONS_PER_BATCH):
        rows = {name: _read_rows(name, pks) for name in ROW_COLUMNS}
        for edition in Edition.objects.filter(pk__in=pks).order_by("pk"):
            content = {name: rows[name].get(edition.pk, []) for name in rows}
            first = {name: values for name, values in content.items() if name not in SINCE_VERSION_2}
            is_first = edition.content_digest == (digest := _digest_content(edition, first))
            yield edition, digest if is_first else _digest_content(edition, content)


def read_windows_digests(publications: Collection[int] | None = None) -> dict[int, WindowsDigest]:
    """Return the digests of the windows of publications, by primary key; of all where None."""
    editions = Edition.objects.order_by("publication", "number")
    if publications is not None:
        editions = editions.filter(publication__in=publications)
    windows = editions.values_list(*WINDOW_COLUMNS).iterator()
    return {
        publication: _digest_windows([row[1:] for row in group])
        for publication, group in groupby(windows, key=lambda row: row[0])
    }


def find_differing_windows(publications: Collection[int]) -> set[int]:
    """Return which publications, by primary key, have other windows than the audit log has recorded last of them."""
    entries = AuditEntry.objects.filter(publication=OuterRef("pk"), public_part__has_key="windows")
    last = entries.order_by("-site_version").values(digest=KeyTextTransform("windows", "public_part"))[:1]
    rows = (
        Publication.with_deleted.filter(pk__in=publications)
        .order_by("pk", "editions__number")
        .values_list("pk", Subquery(last), *(f"editions__{name}" for name in WINDOW_COLUMNS[1:]))
    )
    differing = set()
    for (publication, recorded), group in groupby(rows, key=lambda row: row[:2]):
        windows = [
            row[2:] for row in group if row[2] is not None
        ]  # a publication without editions has one row
        if recorded != (_digest_windows(windows).digest if windows else None):
            differing.add(publication)
    return differing


def _digest_windows(windows: Sequence[tuple]) -> WindowsDigest:
    values = [
        [number, format_time(start), format_time(end), reason, note]
        for number, start, end, reason, note in windows
    ]
    return WindowsDigest(hash_value(values), all(row[3] == EndReason.CANCELLED for row in windows))


def _digest_content(edition: Edition, rows: Rows) -> str:
    columns = {name: _value_of(edition, name) for name in CONTENT_COLUMNS}
    content = {**columns, **{name: sorted(values) for name, values in rows.items()}}
    return hash_value({name: value for name, value in content.items() if value})


def _value_of(edition: Edition, name: str) -> object:
    """Return the value of a column: the primary key of a row, also of one that was stored after it was set."""
    field = Edition._meta.get_field(name)
    if isinstance(field, ForeignKey):
        related = field.get_cached_value(edition, default=None)
        return related.pk if related else getattr(edition, field.attname)
    value = getattr(edition, name)
    return format_time(value) if isinstance(value, datetime) else value


def _read_rows(name: str, editions: Iterable[int]) -> dict[int, list[tuple]]:
    model, columns = ROW_COLUMNS[name]
    rows: dict[int, list[tuple]] = defaultdict(list)
    queryset = model._default_manager.filter(edition__in=editions).order_by()
    for edition, *values in queryset.values_list("edition_id", *columns):
        rows[edition].append(tuple(values))
    return rows


def _tuples(rows: Iterable[Model], columns: Sequence[str]) -> list[tuple]:
    return [tuple(getattr(row, column) for column in columns) for row in rows]
