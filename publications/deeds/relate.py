"""relate: set the related links of a piece. Staff who only link need no draft: it is public at once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from publications.models import DeedKind, Publication, RelatedLink

from .ground import Outdated, Refused, begin, hold

LIMIT = 20


@transaction.atomic
def relate(
    publication: Publication,
    targets: Sequence[Publication],
    *,
    by,
    reasons: Sequence[str] = (),
    seen: Sequence[int] | None = None,
    imported: bool = False,
) -> bool:
    """Let the piece link to these, in this order; says whether anything changed.

    `seen` are the targets that whoever decided saw: when they have changed since, nothing is done. Links that were
    `imported` follow their file when it comes again; those that somebody has set stay.
    Raises Outdated or Refused.
    """
    hold(publication.pk)
    piece = publication
    wanted = [target.pk for target in targets]
    if piece.pk in wanted:
        raise Refused(_("A publication cannot be related to itself."))
    if len(set(wanted)) != len(wanted):
        raise Refused(_("A publication stands twice among the related ones."))
    if len(wanted) > LIMIT:
        raise Refused(_("At most %(limit)d related publications, please.") % {"limit": LIMIT})
    before = list(piece.related_links.values_list("target_id", flat=True))
    if before == wanted:
        return False
    if seen is not None and list(seen) != before:
        raise Outdated(
            _("Somebody has changed the related publications since you opened them. Look, then save again.")
        )
    deed = begin(by=by)
    kept_reasons = dict(piece.related_links.values_list("target_id", "reason"))
    kept_reasons.update(zip(wanted, reasons, strict=False))
    piece.related_links.all().delete()
    RelatedLink.objects.bulk_create(
        RelatedLink(source=piece, target_id=pk, position=place, reason=kept_reasons.get(pk, ""))
        for place, pk in enumerate(wanted)
    )
    deed.tell(DeedKind.RELATE, piece, publication=piece, before=before, after=wanted, imported=imported)
    return True
