"""Put an author in the place of one whom somebody proposed. Saving a proposed author at the desk accepts them."""

from django.db import transaction
from django.utils.translation import gettext as _

from publications import search
from publications.models import ActionType, Author, ImportDecision, Publication

from .revisions import store_revision
from .transaction import ActionRefused, begin_action


@transaction.atomic
def replace_proposed_author(author: Author, replacement: Author, *, by) -> list[Publication]:
    """Put an author in the place of a proposed one in all drafts, and delete the proposed one.

    A draft that has both keeps the line of the replacement. Every draft gets a revision.

    Returns:
        The drafts that have changed.

    Raises:
        ActionRefused: the proposed author has been accepted since, or the replacement is proposed too.
    """
    action = begin_action(by=by)
    proposed = Author.objects.proposed().filter(pk=author.pk).first()
    if not proposed:
        raise ActionRefused(
            _("“%(name)s” has been accepted already, or is no longer there.") % {"name": author}
        )
    if Author.objects.proposed().filter(pk=replacement.pk).exists():
        raise ActionRefused(_("“%(name)s” is proposed too. Accept them first.") % {"name": replacement})
    drafts = list(Publication.with_deleted.filter(bylines__author=proposed).order_by("pk").distinct())
    for draft in drafts:
        lines = draft.bylines.filter(author=proposed)
        if draft.bylines.filter(author=replacement).exists():
            lines.delete()
        else:
            lines.update(author=replacement)
        store_revision(draft, by=by)
    ImportDecision.objects.replace_author(proposed, replacement)
    subject, pk = str(proposed), proposed.pk
    search.delete_names(proposed)
    proposed.delete()
    action.write_audit_entry(
        ActionType.AMEND, subject, kind="author", pk=pk, removed=True, replaced_by=replacement.pk
    )
    return drafts
