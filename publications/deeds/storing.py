"""Store editions with their rows, in five statements whatever their number."""

from collections.abc import Sequence

from publications.models import (
    FOREVER,
    Edition,
    EditionAttachment,
    EditionByline,
    EditionImage,
    EditionTag,
    EditionWithRows,
    End,
    Listed,
)


def store_editions(compositions: Sequence[EditionWithRows]) -> list[Edition]:
    """Write new editions with their rows; gives the editions as they are stored."""
    editions = Edition.objects.bulk_create(each.edition for each in compositions)
    _store_rows(compositions)
    return editions


def copy_of(edition: Edition) -> EditionWithRows:
    """The text of an edition with its rows, as a copy that is not stored."""
    stored = Edition.objects.filter(pk=edition.pk)
    copied = EditionWithRows.get_many(stored, rows=("bylines", "tags", "images", "attachments"))[0]
    copy = copied.edition
    for row in (copy, *copied.bylines, *copied.attachments):
        row.pk = None
        row._state.adding = True
    copy.note, copy.end, copy.end_note, copy.planned = "", End.NONE, "", False
    copy.visible_until, copy.expires = FOREVER, FOREVER
    return copied


def _store_rows(compositions: Sequence[EditionWithRows]) -> None:
    tags: list[EditionTag] = []
    images: list[EditionImage] = []
    for each in compositions:
        edition = each.edition
        copies = {name: getattr(edition, name) for name in Listed.COPIED}
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
