"""Windows of editions: when each is live and how it ends; editions stored, copied and rescheduled.

No other module writes a window. The rules are in `docs/decisions/0001-rules-of-windows.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    compute_content_digest,
)


@dataclass(frozen=True)
class ScheduledEdition:
    """A scheduled edition with its own end, which `end_edition` overwrites."""

    edition: Edition
    expires_at: datetime


def live_edition(publication: Publication, at: datetime) -> Edition | None:
    """Return the edition that is live at the given time, or None."""
    return publication.editions.filter(visible_from__lte=at, visible_until__gt=at).first()


def scheduled_edition(publication: Publication, at: datetime) -> Edition | None:
    """Return the edition that becomes live after the given time, or None."""
    return publication.editions.filter(end_reason=EndReason.NONE, visible_from__gt=at).first()


def cancel_scheduled(publication: Publication, at: datetime) -> Edition | None:
    """Cancel the scheduled edition, if any, and return it. The previous edition then lasts until its own end."""
    edition = scheduled_edition(publication, at)
    if edition:
        end_edition(edition, at=edition.visible_from, reason=EndReason.CANCELLED)
        derive_windows(publication)
    return edition


def end_edition(edition: Edition, *, at: datetime, reason: EndReason, note: str = "") -> None:
    """End an edition at the given time."""
    edition.expires_at = edition.visible_until = at
    edition.end_reason, edition.withdrawal_reason = reason, note
    edition.save(update_fields=["expires_at", "visible_until", "end_reason", "withdrawal_reason"])
    _copy_until(edition)


def cut_windows(publication: Publication, *, at: datetime) -> None:
    """End the window that contains the given time, at which the next edition starts."""
    for edition in publication.editions.filter(visible_from__lt=at, visible_until__gt=at):
        _set_until(edition, at)


def derive_windows(publication: Publication) -> dict[int, datetime]:
    """Set the end of each window to its own end or the start of the next, whichever is earlier.

    Returns:
        The former ends of those that were set to another, by number of the edition.
    """
    editions = list(publication.editions.not_cancelled().order_by("visible_from"))
    next_starts = [edition.visible_from for edition in editions[1:]] + [FOREVER]
    former: dict[int, datetime] = {}
    for edition, next_start in zip(editions, next_starts, strict=False):
        until = min(edition.expires_at, next_start)
        if until != edition.visible_until:
            former[edition.number] = edition.visible_until
            _set_until(edition, until)
    return former


def _set_until(edition: Edition, until: datetime) -> None:
    if until != edition.visible_until:
        edition.visible_until = until
        edition.save(update_fields=["visible_until"])
        _copy_until(edition)


def _copy_until(edition: Edition) -> None:
    for rows in (EditionByline, EditionTag):
        rows.objects.filter(edition=edition).update(visible_until=edition.visible_until)


def store_editions(new: Sequence[EditionWithRows]) -> list[Edition]:
    """Store new editions with their rows, in five statements whatever their number.

    Returns:
        The stored editions, in the same order.
    """
    for rows in new:
        rows.edition.content_digest = compute_content_digest(rows)
    editions = Edition.objects.bulk_create(rows.edition for rows in new)
    _store_rows(new)
    return editions


def copy_edition(edition: Edition) -> EditionWithRows:
    """Return the text of an edition with its rows, as a copy that is not stored."""
    stored = Edition.objects.filter(pk=edition.pk)
    copy = EditionWithRows.get_many(stored, rows=("bylines", "tags", "images", "attachments"))[0]
    for row in (copy.edition, *copy.bylines, *copy.attachments):
        row.pk = None
        row._state.adding = True
    copy.edition.change_note, copy.edition.withdrawal_reason = "", ""
    copy.edition.end_reason, copy.edition.is_scheduled = EndReason.NONE, False
    copy.edition.visible_until, copy.edition.expires_at = FOREVER, FOREVER
    return copy


def _store_rows(new: Sequence[EditionWithRows]) -> None:
    tags: list[EditionTag] = []
    images: list[EditionImage] = []
    for rows in new:
        edition = rows.edition
        copies = {name: getattr(edition, name) for name in EditionRow.COPIED_COLUMNS}
        for byline in rows.bylines:
            _set_values(byline, edition=edition, **copies)
        for attachment in rows.attachments:
            attachment.edition = edition
        tags += [EditionTag(edition=edition, tag=tag, **copies) for tag in rows.tags]
        images += [EditionImage(edition=edition, image=image) for image in rows.images]
    EditionByline.objects.bulk_create(byline for rows in new for byline in rows.bylines)
    EditionTag.objects.bulk_create(tags)
    EditionImage.objects.bulk_create(images)
    EditionAttachment.objects.bulk_create(file for rows in new for file in rows.attachments)


def _set_values(row, **values) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def reschedule(scheduled: ScheduledEdition, *, after: Edition) -> Edition:
    """Store the text of a cancelled edition again, as a new edition with the same start.

    If it was to be the first edition, it becomes a silent fix of the new first one and has the date of that.

    Args:
        after: the edition that was published before it.
    """
    copy = copy_edition(scheduled.edition)
    edition = copy.edition
    edition.number = after.publication.editions.next_number()
    edition.change_note, edition.is_scheduled = scheduled.edition.change_note, True
    edition.visible_from = scheduled.edition.visible_from
    edition.expires_at = edition.visible_until = scheduled.expires_at
    if edition.change == Change.FIRST:
        edition.change, edition.published_at, edition.year = Change.SILENT, after.published_at, after.year
    cut_windows(after.publication, at=edition.visible_from)
    after.refresh_from_db(fields=["visible_until"])
    return store_editions([copy])[0]
