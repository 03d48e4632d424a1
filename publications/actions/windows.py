"""Windows of editions: when each is live, how it ends, and how editions are stored, copied and rescheduled.

No other module writes a window. The rules are in `docs/decisions/0001-rules-of-windows.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from publications.models import (
    FOREVER,
    Change,
    Edition,
    EditionAttachment,
    EditionByline,
    EditionImage,
    EditionRow,
    EditionTag,
    EditionWithRows,
    EndReason,
    Publication,
)


@dataclass(frozen=True)
class ScheduledEdition:
    """An edition that was scheduled, and the end that it was given."""

    edition: Edition
    expires: datetime


def live_edition(publication: Publication, at: datetime) -> Edition | None:
    """Return the edition that is live at this moment."""
    return publication.editions.filter(visible_from__lte=at, visible_until__gt=at).first()


def scheduled_edition(publication: Publication, at: datetime) -> Edition | None:
    """Return the edition that becomes live after this moment."""
    return publication.editions.filter(end_reason=EndReason.NONE, visible_from__gt=at).first()


def cancel_scheduled(publication: Publication, at: datetime) -> Edition | None:
    """Empty the window of the scheduled edition, if there is one; the one before it gets its own end back."""
    edition = scheduled_edition(publication, at)
    if edition:
        end_edition(edition, at=edition.visible_from, why=EndReason.CANCELLED)
        derive_windows(publication)
    return edition


def end_edition(edition: Edition, *, at: datetime, why: EndReason, note: str = "") -> None:
    """Close an edition's own window at the moment given."""
    edition.expires_at = edition.visible_until = at
    edition.end_reason, edition.withdrawal_reason = why, note
    edition.save(update_fields=["expires_at", "visible_until", "end_reason", "withdrawal_reason"])
    _copy_until(edition)


def cut_windows(publication: Publication, *, at: datetime) -> None:
    """End the window that runs across the moment given: there the next edition begins."""
    for edition in publication.editions.filter(visible_from__lt=at, visible_until__gt=at):
        _let_run(edition, at)


def derive_windows(publication: Publication) -> None:
    """Let each window run until its own end or the next start: the one place where this is derived."""
    editions = list(publication.editions.not_cancelled().order_by("visible_from"))
    next_starts = [edition.visible_from for edition in editions[1:]] + [FOREVER]
    for edition, next_start in zip(editions, next_starts, strict=False):
        _let_run(edition, min(edition.expires_at, next_start))


def _let_run(edition: Edition, until: datetime) -> None:
    if until != edition.visible_until:
        edition.visible_until = until
        edition.save(update_fields=["visible_until"])
        _copy_until(edition)


def _copy_until(edition: Edition) -> None:
    for rows in (EditionByline, EditionTag):
        rows.objects.filter(edition=edition).update(visible_until=edition.visible_until)


def store_editions(compositions: Sequence[EditionWithRows]) -> list[Edition]:
    """Store new editions with their rows, in five statements whatever their number; return the editions."""
    editions = Edition.objects.bulk_create(each.edition for each in compositions)
    _store_rows(compositions)
    return editions


def copy_edition(edition: Edition) -> EditionWithRows:
    """Return the text of an edition with its rows, as a copy that is not stored."""
    stored = Edition.objects.filter(pk=edition.pk)
    rows = EditionWithRows.get_many(stored, rows=("bylines", "tags", "images", "attachments"))[0]
    copy = replace(rows, edition=stored.get())  # without the rows that get_many has attached to its edition
    for row in (copy.edition, *copy.bylines, *copy.attachments):
        row.pk = None
        row._state.adding = True
    copy.edition.change_note, copy.edition.withdrawal_reason = "", ""
    copy.edition.end_reason, copy.edition.is_scheduled = EndReason.NONE, False
    copy.edition.visible_until, copy.edition.expires_at = FOREVER, FOREVER
    return copy


def _store_rows(compositions: Sequence[EditionWithRows]) -> None:
    tags: list[EditionTag] = []
    images: list[EditionImage] = []
    for each in compositions:
        edition = each.edition
        copies = {name: getattr(edition, name) for name in EditionRow.COPIED}
        for byline in each.bylines:
            _take(byline, edition=edition, **copies)
        for attachment in each.attachments:
            attachment.edition = edition
        tags += [EditionTag(edition=edition, tag=tag, **copies) for tag in each.tags]
        images += [EditionImage(edition=edition, image=image) for image in each.images]
    EditionByline.objects.bulk_create(row for each in compositions for row in each.bylines)
    EditionTag.objects.bulk_create(tags)
    EditionImage.objects.bulk_create(images)
    EditionAttachment.objects.bulk_create(row for each in compositions for row in each.attachments)


def _take(row, **values) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def reschedule(scheduled: ScheduledEdition, *, after: Edition) -> Edition:
    """Store the text of a cancelled edition again, as a new one that becomes live at its moment.

    Where it was to be the first, it is a silent fix of the one that has become so, and keeps the date of that.

    Args:
        after: the edition that was published before it.
    """
    again = copy_edition(scheduled.edition)
    edition = again.edition
    edition.number = after.publication.editions.next_number()
    edition.change_note, edition.is_scheduled = scheduled.edition.change_note, True
    edition.visible_from = scheduled.edition.visible_from
    edition.expires_at = edition.visible_until = scheduled.expires
    if edition.change == Change.FIRST:
        edition.change, edition.published_at, edition.year = Change.SILENT, after.published_at, after.year
    cut_windows(after.publication, at=edition.visible_from)
    after.refresh_from_db(fields=["visible_until"])
    return store_editions([again])[0]
