"""repair: make anew what is derived in the rows of editions: where their windows end, and what lists select by.

The starts, ends, texts and dates that people gave are never changed.
"""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import ExtractYear

from publications.models import ActionType, Edition, EditionByline, EditionRow, EditionTag, Publication

from .transaction import begin_action
from .windows import derive_windows


@transaction.atomic
def repair_windows(*, by=None) -> None:
    """Derive the windows of all editions anew: each lasts until its own end or the start of the next one.

    Raises:
        ClockBehind: the clock of the server stands before the last action.
    """
    action = begin_action(by=by)
    for publication in Publication.objects.filter(editions__isnull=False).distinct().order_by("pk"):
        derive_windows(publication)
    action.write_audit_entry(ActionType.AMEND, "verify", repaired="windows")


@transaction.atomic
def repair_copies(*, by=None) -> None:
    """Copy the columns by which editions are listed to their rows anew.

    Raises:
        ClockBehind: the clock of the server stands before the last action.
    """
    action = begin_action(by=by)
    dated = Edition.objects.annotate(dated=ExtractYear("published_at")).exclude(year=F("dated"))
    for pk, year in list(dated.values_list("pk", "dated")):
        Edition.objects.filter(pk=pk).update(year=year)
    for model in (EditionByline, EditionTag):
        for edition in Edition.objects.filter(
            pk__in=model.objects.differing().values("edition")
        ).without_texts():
            copies = {name: getattr(edition, name) for name in EditionRow.COPIED}
            model.objects.filter(edition=edition).update(**copies)
    action.write_audit_entry(ActionType.AMEND, "verify", repaired="copies")
