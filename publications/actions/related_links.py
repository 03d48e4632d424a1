"""Related links between publications, and excluded suggestions. Both are public at once."""

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
        reasons: why each is related, shown to readers, in the order of the targets; links beyond them keep theirs.
        seen: the targets that the editor saw; None is not compared.
        imported: whether an imported file names the links. They then follow the file when it is imported again, unlike
            links that staff have set.

    Returns:
        Whether anything changed.

    Raises:
        Outdated: the links have changed since the editor saw them.
        ActionRefused: a target may not be linked to.
    """
    lock_for_action(publication.pk)
    keys = [target.pk for target in targets]
    if publication.pk in keys:
        raise ActionRefused(_("A publication cannot be related to itself."))
    if len(set(keys)) != len(keys):
        raise ActionRefused(_("A publication stands twice among the related ones."))
    if len(keys) > MAX_RELATED_LINKS:
        raise ActionRefused(
            _("At most %(limit)d related publications, please.") % {"limit": MAX_RELATED_LINKS}
        )
    before = list(publication.related_links.values_list("target_id", flat=True))
    if before == keys:
        return False
    if seen is not None and list(seen) != before:
        raise Outdated(
            _("Somebody has changed the related publications since you opened them. Look, then save again.")
        )
    action = begin_action(by=by)
    reason_by_key = dict(publication.related_links.values_list("target_id", "reason"))
    reason_by_key.update(zip(keys, reasons, strict=False))
    publication.related_links.all().delete()
    RelatedLink.objects.bulk_create(
        RelatedLink(source=publication, target_id=pk, position=position, reason=reason_by_key.get(pk, ""))
        for position, pk in enumerate(keys)
    )
    action.write_audit_entry(
        ActionType.RELATE,
        publication,
        publication=publication,
        changed_publications=[publication.pk],
        before=before,
        after=keys,
        imported=imported,
    )
    return True


@transaction.atomic
def exclude_suggestion(publication: Publication, other: Publication, *, by) -> bool:
    """Exclude two publications as suggestions for each other. Links that staff have set stay.

    Returns:
        Whether anything changed.

    Raises:
        ActionRefused: the two are the same publication.
    """
    lock_for_action(publication.pk)
    if publication.pk == other.pk:
        raise ActionRefused(_("A publication cannot be related to itself."))
    pair = ExcludedSuggestion.pair(publication.pk, other.pk)
    if ExcludedSuggestion.objects.filter(**pair).exists():
        return False
    action = begin_action(by=by)
    ExcludedSuggestion.objects.create(**pair, by=by, at=action.at)
    action.write_audit_entry(
        ActionType.APART,
        publication,
        publication=publication,
        changed_publications=pair.values(),
        apart=other.pk,
    )
    return True


@transaction.atomic
def allow_suggestion(publication: Publication, other: Publication, *, by) -> bool:
    """Allow two publications as suggestions for each other again.

    Returns:
        Whether anything changed.
    """
    lock_for_action(publication.pk)
    pair = ExcludedSuggestion.pair(publication.pk, other.pk)
    excluded = ExcludedSuggestion.objects.filter(**pair)
    if not excluded.exists():
        return False
    action = begin_action(by=by)
    excluded.delete()
    action.write_audit_entry(
        ActionType.APART,
        publication,
        publication=publication,
        changed_publications=pair.values(),
        together=other.pk,
    )
    return True
