"""Compositions become editions: stored with their rows, in five statements whatever their number."""

from collections.abc import Sequence

from publications.composing import Composition
from publications.models import (
    FOREVER,
    Edition,
    EditionAttachment,
    EditionByline,
    EditionImage,
    EditionTag,
    End,
    Listed,
)


def store(composition: Composition) -> Edition:
    """Write the edition and its rows."""
    composition.edition.save(force_insert=True)
    _store_rows([composition])
    return composition.edition


def store_all(compositions: Sequence[Composition]) -> list[Edition]:
    """Write many editions with their rows, in as few statements as one."""
    editions = Edition.objects.bulk_create(each.edition for each in compositions)
    _store_rows(compositions)
    return editions


def copy_of(edition: Edition) -> Composition:
    """The text of an edition with its rows, as a copy that is not stored."""
    copy = Edition.objects.get(pk=edition.pk)
    bylines, attachments = list(copy.bylines.all()), list(copy.attachments.all())
    tags = [row.tag for row in copy.tag_rows.select_related("tag")]
    images = list(copy.images.all())
    for row in (copy, *bylines, *attachments):
        row.pk = None
        row._state.adding = True
    copy.note, copy.end, copy.end_note, copy.planned = "", End.NONE, "", False
    copy.visible_until, copy.expires = FOREVER, FOREVER
    return Composition(edition=copy, bylines=bylines, tags=tags, images=images, attachments=attachments)


def _store_rows(compositions: Sequence[Composition]) -> None:
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
