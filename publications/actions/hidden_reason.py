"""Why the site that a text was imported from hid it: what an action that brings words back knows of these words.

The reason of a draft is that of its words. Nothing stores it with each revision, so words of which it is not known are
confirmed again before they are published.
"""

from publications.models import AuditEntry, Publication, Revision, RevisionReason
from publications.stored_messages import Stored, store_message
from publications.stored_messages import gettext as _

NOT_DERIVED = (RevisionReason.IMPORTED, RevisionReason.RESTORED, RevisionReason.UNDONE)
"""Reasons of revisions whose words are not made from those of the revision before."""


def restore_hidden_reason(publication: Publication, revision: Revision) -> None:
    """Store why the source hid the words of a revision, which is the draft or is about to become it."""
    publication.hidden_reason = _find_hidden_reason(publication, revision)
    Publication.objects.filter(pk=publication.pk).update(hidden_reason=publication.hidden_reason)


def revoke_confirmation(publication: Publication) -> None:
    """Put the reason back if the edition that was published all the same, and any after it, is cancelled or undone."""
    confirmation = _find_confirmation(publication)
    if confirmation and not _is_in_effect(publication, number=confirmation.detail.get("edition")):
        restore_hidden_reason(publication, publication.revisions.latest("number"))


def _find_hidden_reason(publication: Publication, revision: Revision) -> Stored | None:
    """Return the reason for the words of a revision, None for words that readers have seen.

    The stored reason, and what somebody has confirmed since the last import, holds for the words of that import and
    what editors have made of them.
    """
    if _were_public(publication, revision):
        return None
    later = publication.revisions.filter(number__gt=revision.number, reason__in=NOT_DERIVED)
    if publication.revisions.filter(reason=RevisionReason.IMPORTED).count() > 1 and later.exists():
        message = _("An earlier import brought these words, and the old site may have hidden them.")
        return store_message(message)
    confirmation = _find_confirmation(publication)
    return publication.hidden_reason or (confirmation and confirmation.detail["although_hidden"])


def _were_public(publication: Publication, revision: Revision) -> bool:
    """Whether readers have seen the words of a revision. Publishing may set a date, a slug and a number."""
    published = publication.revisions.filter(number=revision.number + 1, reason=RevisionReason.PUBLISHED)
    digests = [revision.digest, *published.values_list("digest", flat=True)]
    return publication.editions.ever_public().in_effect().filter(digest__in=digests).exists()


def _find_confirmation(publication: Publication) -> AuditEntry | None:
    """Return the last entry since the last import of a publication that somebody made although it was hidden."""
    last_import = publication.revisions.filter(reason=RevisionReason.IMPORTED).order_by("-number").first()
    entries = publication.audit_entries.filter(detail__has_key="although_hidden")
    if last_import:
        entries = entries.filter(at__gte=last_import.saved_at)
    return entries.order_by("-site_version").first()


def _is_in_effect(publication: Publication, *, number: int) -> bool:
    """Return whether an edition, or a later one, is or was public, or is scheduled."""
    return publication.editions.in_effect().filter(number__gte=number).exists()
