"""Records of many editions at once, in a number of queries that does not grow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from publications.models import Edition, EditionAttachment, EditionByline, Image, Site, Tag

from .record import Record, record_of

ROWS = ("bylines__author", "tag_rows__tag", "attachments")


@dataclass(frozen=True)
class Gathered:
    """An edition with its rows, asked for beside those of others."""

    edition: Edition
    bylines: Sequence[EditionByline]
    tags: Sequence[Tag]
    attachments: Sequence[EditionAttachment]
    images: Sequence[Image] = ()
    translations: Sequence[Edition] = ()
    history: Sequence[Edition] = ()


def with_rows(editions: QuerySet) -> QuerySet:
    """Editions with all that a record is made of; their texts stay in the database."""
    return editions.select_related("kind", "series_number").prefetch_related(*ROWS).without_bodies()


def records_of(
    editions: Iterable[Edition],
    *,
    site: Site,
    texts: Mapping[int, Sequence[Edition]] | None = None,
    histories: Mapping[int, Sequence[Edition]] | None = None,
) -> list[Record]:
    """The records of live editions that come with their rows.

    `texts` are the live editions of each family, `histories` the readable ones of each piece, for whoever needs
    what is told by them: translations, corrections, the first date.
    """
    texts, histories = texts or {}, histories or {}
    return [
        record_of(
            Gathered(
                edition=edition,
                bylines=list(edition.bylines.all()),
                tags=[row.tag for row in edition.tag_rows.all()],
                attachments=list(edition.attachments.all()),
                translations=[
                    text
                    for text in texts.get(edition.family, ())
                    if text.publication_id != edition.publication_id
                ],
                history=histories.get(edition.publication_id, ()),
            ),
            site=site,
        )
        for edition in editions
    ]
