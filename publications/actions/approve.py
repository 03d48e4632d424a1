"""Approve a draft for publication by somebody else, and take the approval back.

An approval and its end by its own author are audit entries: a forged or a deleted row differs from them.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.models import (
    ActionType,
    Approval,
    Change,
    NewsEvent,
    NewsType,
    Publication,
    digest_shown,
    digest_snapshot,
)

from .publish_plan import choose_change
from .transaction import Outdated, begin_action, lock_publication, lock_site_version


@transaction.atomic
def approve(
    publication: Publication,
    *,
    by: User,
    seen: str,
    shown: str | None = None,
    change: Change | str | None = None,
    note: str = "",
) -> Approval:
    """Approve a draft as it is. It replaces an earlier approval by the same person; the same one is stored once.

    Args:
        seen: the digest of the draft that the person saw.
        shown: the digest, by `digest_shown`, of what they saw with it; None if they saw no page with it.
        change: what it is to readers of the edition before; see `publish`.
        note: the note to readers that goes with it.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: the draft, or what is shown with it, has changed since it was seen.
        ActionRefused: it cannot be published with this change and this note.
    """
    site_version = lock_site_version()
    publication = lock_publication(publication)
    if publication.digest != seen:
        raise Outdated(_("The draft has changed since you saw it, and is not approved. Look at it again."))
    if shown is not None and shown != digest_shown(publication):
        raise Outdated(
            _(
                "An author, a picture, a text of the kind or the last edition has changed since you saw this page, and "
                "nothing is approved. Look at it again."
            )
        )
    previous = publication.editions.last_public_by(max(site_version.changed_at, timezone.now()))
    chosen = choose_change(change, note, previous)
    after = publication.editions.next_number() - 1
    digest = digest_snapshot(publication, after=after, change=chosen, note=note)
    stored = publication.approvals.filter(approved_by=by).first()
    if stored and stored.snapshot_digest == digest:
        return stored
    action = begin_action(by=by)
    approval, _is_new = Approval.objects.update_or_create(
        publication=publication,
        approved_by=by,
        defaults={
            "digest": seen,
            "after": after,
            "snapshot_digest": digest,
            "site_version": action.site_version,
            "approved_at": action.at,
        },
    )
    NewsEvent.objects.create(type=NewsType.APPROVED, publication=publication, by=by, happens_at=action.at)
    action.write_audit_entry(
        ActionType.APPROVE, publication, publication=publication, changed_publications=[],
        public={"approved": digest}, change=str(chosen), note=note.strip(),
    )  # fmt: skip
    return approval


@transaction.atomic
def revoke_approval(publication: Publication, *, by: User) -> None:
    """Take one's own approval of a draft back, if there is one. Raises ClockBehind."""
    lock_site_version()
    deleted, _rows = publication.approvals.filter(approved_by=by).delete()
    if deleted:
        action = begin_action(by=by)
        action.write_audit_entry(
            ActionType.REVOKE, publication, publication=publication, changed_publications=[]
        )
