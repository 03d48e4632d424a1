"""Related links between publications, and suggestions that are ruled out. Both are public at once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from publications.models import ActionType, ExcludedSuggestion, Publication, RelatedLink

from .transaction import ActionRefused, Outdated, begin_action, lock_for_action

MAX_RELATED_LINKS = 20


@transaction.atomic
def set_related_links(
    publication: Publication,
    targets: Sequence[Publication],
    *,
    by,
    reasons: Sequence[str] = (),
    seen: Sequence[int] | None = None,
    imported: bool = False,
) -> bool:
    """Set the related links of a publication, in the order given.

    Args:
        targets: the publications to link to.
        reasons: why each is related, shown to readers; in the order of the targets, others keep theirs.
        seen: the targets that the editor saw; None is not compared.
        imported: whether a file names the links. Such links follow the file when it is imported again; those that staff
            have set stay.

    Returns:
        Whether anything changed.

    Raises:
        Outdated: the links have changed since the editor saw them.
        ActionRefused: a target may not be linked to.
    """
    lock_for_action(publication.pk)
    piece = publication
    wanted = [target.pk for target in targets]
    if piece.pk in wanted:
        raise ActionRefused(_("A publication cannot be related to itself."))
    if len(set(wanted)) != len(wanted):
        raise ActionRefused(_("A publication stands twice among the related ones."))
    if len(wanted) > MAX_RELATED_LINKS:
        raise ActionRefused(
            _("At most %(limit)d related publications, please.") % {"limit": MAX_RELATED_LINKS}
        )
    before = list(piece.related_links.values_list("target_id", flat=True))
    if before == wanted:
        return False
    if seen is not None and list(seen) != before:
        raise Outdated(
            _("Somebody has changed the related publications since you opened them. Look, then save again.")
        )
    action = begin_action(by=by)
    kept_reasons = dict(piece.related_links.values_list("target_id", "reason"))
    kept_reasons.update(zip(wanted, reasons, strict=False))
    piece.related_links.all().delete()
    RelatedLink.objects.bulk_create(
        RelatedLink(source=piece, target_id=pk, position=place, reason=kept_reasons.get(pk, ""))
        for place, pk in enumerate(wanted)
    )
    action.write_audit_entry(
        ActionType.RELATE, piece, publication=piece, before=before, after=wanted, imported=imported
    )
    return True


@transaction.atomic
def exclude_suggestion(publication: Publication, other: Publication, *, by) -> bool:
    """Suggest neither of two publications beside the other. Links that staff have set stay.

    Returns:
        Whether anything changed.

    Raises:
        ActionRefused: the two are the same publication.
    """
    lock_for_action(publication.pk)
    if publication.pk == other.pk:
        raise ActionRefused(_("A publication cannot be related to itself."))
    if ExcludedSuggestion.objects.filter(**ExcludedSuggestion.pair(publication.pk, other.pk)).exists():
        return False
    action = begin_action(by=by)
    ExcludedSuggestion.objects.create(
        **ExcludedSuggestion.pair(publication.pk, other.pk), by=by, at=action.at
    )
    action.write_audit_entry(ActionType.APART, publication, publication=publication, apart=other.pk)
    return True


@transaction.atomic
def allow_suggestion(publication: Publication, other: Publication, *, by) -> bool:
    """Allow two publications to be suggested beside each other again.

    Returns:
        Whether anything changed.
    """
    lock_for_action(publication.pk)
    ruled_out = ExcludedSuggestion.objects.filter(**ExcludedSuggestion.pair(publication.pk, other.pk))
    if not ruled_out.exists():
        return False
    action = begin_action(by=by)
    ruled_out.delete()
    action.write_audit_entry(ActionType.APART, publication, publication=publication, together=other.pk)
    return True
