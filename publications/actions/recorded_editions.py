"""Editions that are not as the audit log has recorded them, which a redaction must not record as its own change."""

from collections.abc import Mapping

from django.db.models import Q

from publications.models import AuditEntry, Publication, read_content_digests


def read_sound_digests(publication: Publication) -> dict[int, str]:
    """Return by number the content digests of the editions of a publication whose rows have the stored one."""
    editions = read_content_digests(publication.editions.all())
    return {edition.number: digest for edition, digest in editions if digest == edition.content_digest}


def find_differing_editions(publication: Publication, sound: Mapping[int, str]) -> list[int]:
    """Return the numbers of the editions that the audit log has recorded otherwise, or not at all.

    Args:
        sound: what `read_sound_digests` returned before the rows were changed.
    """
    entries = AuditEntry.objects.filter(
        Q(publication=publication) | Q(publication=None), public_part__has_key="editions"
    )
    recorded: dict[str, str] = {}
    for public_part in entries.order_by("site_version").values_list("public_part", flat=True):
        recorded |= public_part["editions"]
    numbers = publication.editions.order_by("number").values_list("number", flat=True)
    return [
        number
        for number in numbers
        if number not in sound or sound[number] != recorded.get(f"{publication.pk}/{number}")
    ]
