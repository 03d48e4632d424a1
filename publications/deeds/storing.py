"""EditionWithRowss become editions: stored with their rows, in five statements whatever their number."""

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


def store(composition: EditionWithRows) -> Edition:
    """Write the edition and its rows."""
    composition.edition.save(force_insert=True)
    _store_rows([composition])
    return composition.edition


def store_all(compositions: Sequence[EditionWithRows]) -> list[Edition]:
    """Write many editions with their rows, in as few statements as one."""
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
