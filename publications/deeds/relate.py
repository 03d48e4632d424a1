"""relate: set the related links of a piece. Staff who only link need no draft: it is public at once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from publications.models import DeedKind, Publication, RelatedLink

from .ground import Refused, begin, locked

LIMIT = 20


@transaction.atomic
def relate(
    publication: Publication, targets: Sequence[Publication], *, by, reasons: Sequence[str] = ()
) -> bool:
    """Let the piece link to these, in this order; says whether anything changed. Raises Refused."""
    piece = locked(publication)
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
    deed = begin(by=by)
    kept_reasons = dict(piece.related_links.values_list("target_id", "reason"))
    kept_reasons.update(zip(wanted, reasons, strict=False))
    piece.related_links.all().delete()
    RelatedLink.objects.bulk_create(
        RelatedLink(source=piece, target_id=pk, position=place, reason=kept_reasons.get(pk, ""))
        for place, pk in enumerate(wanted)
    )
    deed.tell(DeedKind.RELATE, piece, publication=piece, before=before, after=wanted)
    return True
