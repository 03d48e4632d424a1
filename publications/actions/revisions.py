"""Store revisions of drafts with the news of the approvals that they end.

No other module stores revisions, but for `publish`: its edition spends the approvals of the draft.
"""

from collections.abc import Sequence

from django.contrib.auth.models import User

from publications import manuscript
from publications.models import (
    Approval,
    Kind,
    NewsEvent,
    NewsType,
    Publication,
    Revision,
    RevisionReason,
    needs_approval,
)


def store_revision(
    publication: Publication, *, by: User | None, reason: RevisionReason = RevisionReason.SAVED
) -> list[User]:
    """Store a revision of a draft as the database has it; return the people whose approvals it has ended."""
    Revision.objects.create_from(publication, by=by, reason=reason)
    return _store_ended_approvals(publication, by=by)


def store_revisions(
    publications: Sequence[Publication], *, by: User | None, reason: RevisionReason = RevisionReason.SAVED
) -> None:
    """Store revisions of many drafts in a constant number of statements where they end no approvals."""
    Revision.objects.create_many_from(publications, by=by, reason=reason)
    ended = Approval.objects.ended().filter(publication__in=publications)
    pks = set(ended.order_by().values_list("publication", flat=True))
    for publication in publications:
        if publication.pk in pks:
            _store_ended_approvals(publication, by=by)


def _store_ended_approvals(publication: Publication, *, by: User | None) -> list[User]:
    """Store the news that the last revision has ended approvals; return the people who had approved.

    If the draft needed two people before that revision and does not any more, that is news for all staff.
    """
    before = publication.revisions.exclude(number=publication.version).order_by("-number").first()
    if not before:
        return []
    ended = list(publication.approvals.ended().filter(digest=before.digest).select_related("approved_by"))
    if not ended:
        return []
    NewsEvent.objects.create(type=NewsType.ENDED, publication=publication, by=by)
    kind = Kind.objects.filter(slug=manuscript.loads(before.manuscript).kind).first()
    if kind and kind.needs_approval and not needs_approval(publication):
        NewsEvent.objects.create(
            type=NewsType.UNAPPROVED, publication=publication, by=by, counts={"kind": kind.pk}
        )
    return [approval.approved_by for approval in ended]
