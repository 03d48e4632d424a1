"""Approvals: who has approved a draft for publication, exactly as it would be published.

An approval is of the text, the byline as it would be frozen, the images with their texts, the texts of the kind, what
it is to readers and the note to them, after the last edition: a change of any of these makes it void without a write,
and publishing spends it.
"""

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.hash_chain import hash_value

from .audit import ActionType, AuditEntry
from .edition import Edition
from .kind import Kind
from .publication import Publication
from .revision import images_of


class ApprovalQuerySet(models.QuerySet):
    def unspent(self) -> "ApprovalQuerySet":
        """Approvals since the last edition, by accounts that are active."""
        editions = Edition.objects.filter(publication=OuterRef("publication")).order_by("-number")
        last = Coalesce(Subquery(editions.values("number")[:1]), 0)
        return self.filter(after=last, approved_by__is_active=True)

    def of_current_text(self) -> "ApprovalQuerySet":
        """Those of drafts whose text is as it was. Some may have ended: `find_approvals` compares the rest."""
        return self.unspent().filter(digest=F("publication__digest"))

    def ended(self) -> "ApprovalQuerySet":
        """Those of drafts whose text has changed."""
        return self.unspent().exclude(digest=F("publication__digest"))

    def by_others(self, user) -> "ApprovalQuerySet":
        return self.exclude(approved_by=user) if user else self


class Approval(models.Model):
    """The last approval of a draft by one person. Its audit entry has the change and the note.

    Attributes:
        digest: of the draft.
        after: the number of the last edition at that time, or 0.
        snapshot_digest: of all that was approved; the audit entry has it, too.
        site_version: that of the audit entry.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="approvals")
    digest = models.CharField(max_length=64)
    after = models.PositiveIntegerField()
    snapshot_digest = models.CharField(max_length=64)
    site_version = models.PositiveBigIntegerField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(default=timezone.now)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["approved_at", "pk"]
        verbose_name = _("approval")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["publication", "approved_by"], name="one_approval_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.approved_by}: {self.publication}"

    def is_recorded_by(self, entry: AuditEntry | None) -> bool:
        """Return whether an audit entry has recorded this approval as it is."""
        recorded = (entry.site_version, entry.public_part.get("approved")) if entry else None
        return recorded == (self.site_version, self.snapshot_digest)

    def read_terms(self) -> tuple[str, str]:
        """Return the change and the note that were approved, from the audit entry."""
        entry = AuditEntry.objects.filter(site_version=self.site_version).first()
        return _read_terms(entry) if entry else ("", "")


def digest_snapshot(
    publication: Publication, *, after: int, change: str, note: str, shown: list | None = None
) -> str:
    """Return the digest of what would be published of a draft, as an approval holds it.

    Args:
        shown: what `_read_shown` returns of the draft, if it is known.
    """
    parts = shown or _read_shown(publication)
    return hash_value([publication.pk, publication.digest, *parts, after, str(change), note.strip()])


def digest_shown(publication: Publication) -> str:
    """Return the digest of what a draft would be published with, without its text, which has a digest of its own."""
    return hash_value([_read_shown(publication), publication.editions.next_number()])


def _read_shown(publication: Publication) -> list:
    """Return the bylines, images and texts of the kind that would be published with a draft."""
    bylines = [
        [line.author_id, line.role, *line.author.frozen_columns(publication.language).values()]
        for line in publication.bylines_with_authors()
    ]
    return [bylines, _images_of(publication), _kind_texts(publication.kind, publication.language)]


def _images_of(publication: Publication) -> list[list]:
    """Return the images of a draft as readers see them. Their originals can be replaced, which is not in its digest."""
    return [
        [
            image.pk,
            image.original,
            "" if image.is_decorative else image.get_translation("alt", publication.language),
            image.credit,
            image.focus_x,
            image.focus_y,
        ]
        for image in images_of(publication)
    ]


def _kind_texts(kind: Kind, language: str) -> list[str]:
    """Return the texts of a kind that stand on the page. The series number is chosen when it is published."""
    return [kind.get_translation(name, language) for name in ("name", "type_line", "disclaimer")]


def needs_approval(publication: Publication, *, is_new: bool = False) -> bool:
    """Return whether two people publish this: by its kind, or by that of any edition that was public or is scheduled,
    so that no change of kind escapes it.

    Args:
        is_new: it is known to have no edition, which saves a query.
    """
    if publication.kind.needs_approval or is_new:
        return publication.kind.needs_approval
    return publication.editions.not_cancelled().filter(kind__needs_approval=True).exists()


def find_approvals(
    publication: Publication, user, *, change: str | None = None, note: str = ""
) -> list[Approval]:
    """Return the approvals of a draft as it is by people other than `user`, in order. A forged row is none.

    Args:
        change: only those of this change with this note to readers; None for all.
    """
    approvals = publication.approvals.of_current_text().by_others(user).select_related("approved_by")
    if not approvals:
        return []
    entries, shown = _last_entries_of(publication), _read_shown(publication)
    return [
        approval
        for approval in approvals
        if approval.approved_by.has_perm("publications.publish_publication")
        and approval.is_recorded_by(entry := entries.get(approval.approved_by_id))
        and _is_of(approval, publication, shown, *(_read_terms(entry) if change is None else (change, note)))
    ]


def _is_of(approval: Approval, publication: Publication, shown: list, change: str, note: str) -> bool:
    digest = digest_snapshot(publication, after=approval.after, change=change, note=note, shown=shown)
    return digest == approval.snapshot_digest


def _last_entries_of(publication: Publication) -> dict[int, AuditEntry]:
    """Return by person the last audit entry of an approval of a publication, given or taken back."""
    actions = (ActionType.APPROVE, ActionType.REVOKE)
    entries = AuditEntry.objects.filter(publication=publication, action__in=actions)
    return {entry.by_id: entry for entry in entries.order_by("site_version")}


def find_ended_approvals(
    publication: Publication, current: Collection[Approval] | None = None
) -> list[Approval]:
    """Return the approvals since the last edition that a change of the text, or of what is shown with it, has ended.

    Args:
        current: all that have not ended, if they are known.
    """
    if current is None:
        current = find_approvals(publication, None)
    unspent = publication.approvals.unspent().exclude(pk__in=[approval.pk for approval in current])
    return [
        approval
        for approval in unspent.select_related("approved_by")
        if approval.approved_by.has_perm("publications.publish_publication")
    ]


def _read_terms(entry: AuditEntry) -> tuple[str, str]:
    return entry.detail.get("change", ""), entry.detail.get("note", "")
