"""The pieces of a batch that may follow to readers are published; of the others it is told why they are not."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from publications import composing, deeds, search
from publications.importers import Sort
from publications.models import Edition

from .account import Outcome
from .following import Says, Stage, Stand, may_follow, says, stands
from .order import Order
from .taken import Taken


def publish(taken: Sequence[Taken], order: Order) -> None:
    """Publish what may follow, each piece by a deed of its own."""
    here = [each for each in taken if each.publication and each.entry.outcome is not Outcome.REFUSED]
    standing = stands({each.publication.pk: each.is_edited for each in here})
    ready = [each for each in here if _follows(each, standing[each.publication.pk], order)]
    if ready:
        search.likeness.mark_due()
    outcomes = deeds.publish_many(
        [each.publication for each in ready],
        by=order.by,
        prepared=_rendered(ready),
        ends=_ends(ready, standing),
    )
    for each, outcome in zip(ready, outcomes, strict=True):
        each.entry.is_published = isinstance(outcome, Edition)
        if isinstance(outcome, deeds.Refused):
            for reason in outcome.reasons:
                each.entry.tell(Sort.DROPPED, "held", _("Not published: %s") % reason)


def _ends(ready: Sequence[Taken], standing: Mapping[int, Stand]) -> dict[int, datetime]:
    """The ends of what is published: that which the desk has given, else that of the file."""
    ends = {
        each.publication.pk: standing[each.publication.pk].until or each.arrival.ends_at for each in ready
    }
    return {pk: end for pk, end in ends.items() if end}


def _follows(each: Taken, stand: Stand, order: Order) -> bool:
    said = says(each.arrival)
    follows, why_not = may_follow(stand.stage, said, asked=order.publish)
    if why_not:
        each.entry.tell(Sort.DROPPED, "held", why_not)
    if stand.stage is Stage.SHOWN and said is Says.DRAFT:
        told = _("The file says that it is a draft, but it is public and stays so: withdraw it at the desk.")
        each.entry.tell(Sort.DROPPED, "still-public", told)
    if stand.stage is Stage.SHOWN and (ends_at := each.arrival.ends_at) and stand.until != ends_at:
        told = _("The file says that it ends on %s, but it is public without that end: set it at the desk.")
        each.entry.tell(Sort.DROPPED, "still-public", told % ends_at.date().isoformat())
    return follows


def _rendered(ready: Sequence[Taken]) -> composing.Prepared:
    """The texts that were rendered while they were read."""
    texts = [(each.arrival.manuscript, each.arrival.prose) for each in ready]
    return {(text.language, text.body): prose for text, prose in texts if prose}
