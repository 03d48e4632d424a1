"""The editions that an action changes: it records its own change, and none that was made past the audit log before."""

from django.db.models import Q, QuerySet

from publications.models import AuditEntry, Edition, read_content_digests


def edition_key(edition: Edition) -> str:
    """Return the key of an edition in audit entries: the primary key of its publication, and its number."""
    return f"{edition.publication_id}/{edition.number}"


class ChangedEditions:
    """The editions whose rows an action is about to change.

    One that was not as the audit log has recorded it is changed like the others, and stays a fault of `manage.py
    verify`: its content digest is neither stored nor recorded, and the entry names it. No other code stores the digest
    of an edition that is not new.

    Attributes:
        differing: the editions that were not as recorded, by primary key.
    """

    def __init__(self, editions: QuerySet[Edition] | None = None) -> None:
        """Begin with editions that are compared at once, as `check` does, or with none."""
        self._sound: set[int] = set()
        self.differing: list[Edition] = []
        if editions is not None:
            self.check(editions)

    def check(self, editions: QuerySet[Edition]) -> None:
        """Compare editions with the audit log before their rows are changed.

        Those that were compared before are left out: the action may have changed them since.
        """
        compared = self._sound.union(edition.pk for edition in self.differing)
        editions = editions.exclude(pk__in=compared)
        recorded = _read_recorded_digests(editions)
        for edition, digest in read_content_digests(editions):
            if digest == edition.content_digest == recorded.get(edition_key(edition)):
                self._sound.add(edition.pk)
            else:
                self.differing.append(edition)

    def store_digests(self) -> list[Edition]:
        """Store the content digests of the sound editions whose rows have changed; return those editions."""
        changed = []
        sound = Edition.objects.filter(pk__in=self._sound)
        for edition, digest in read_content_digests(sound) if self._sound else ():
            if digest != edition.content_digest:
                edition.content_digest = digest
                edition.save(update_fields=["content_digest"])
                changed.append(edition)
        return changed

    def list_differing(self) -> list[str]:
        """Return the keys of the editions that were not as recorded."""
        return [edition_key(edition) for edition in self.differing]


def _read_recorded_digests(editions: QuerySet[Edition]) -> dict[str, str]:
    """Return the content digests that entries of the publications of editions, or of none, have recorded last."""
    publications = editions.order_by().values("publication")
    entries = AuditEntry.objects.filter(
        Q(publication__in=publications) | Q(publication=None), public_part__has_key="editions"
    )
    recorded: dict[str, str] = {}
    for public_part in entries.order_by("site_version").values_list("public_part", flat=True).iterator():
        recorded |= public_part["editions"]
    return recorded
