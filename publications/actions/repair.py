"""Repair derived columns: the ends of windows, and the columns that rows of editions copy from them.

Starts, ends, texts and dates that people entered are never changed.
"""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import ExtractYear

from publications.models import ActionType, Edition, EditionByline, EditionRow, EditionTag, Publication

from .transaction import begin_action
from .windows import derive_windows


@transaction.atomic
def repair_windows(*, by=None) -> None:
    """Derive the windows of all editions again: each lasts until its own end or the start of the next one.

    The audit entry holds the ends that stood there before. The windows that the log records are those that people have
    given, so that another start, end or reason than an action has recorded stays a fault.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    action = begin_action(by=by)
    former: dict[str, str] = {}
    for publication in Publication.objects.filter(editions__isnull=False).distinct().order_by("pk"):
        for number, until in derive_windows(publication).items():
            former[f"{publication.pk}/{number}"] = until.isoformat()
    action.write_audit_entry(ActionType.AMEND, "verify", repaired="windows", former_ends=former)


@transaction.atomic
def repair_copied_columns(*, by=None) -> None:
    """Copy the columns that lists filter by from editions to their rows again.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    action = begin_action(by=by)
    wrong = Edition.objects.annotate(right_year=ExtractYear("published_at")).exclude(year=F("right_year"))
    for pk, year in list(wrong.values_list("pk", "right_year")):
        Edition.objects.filter(pk=pk).update(year=year)
    for model in (EditionByline, EditionTag):
        for edition in Edition.objects.filter(
            pk__in=model.objects.with_wrong_copies().values("edition")
        ).without_texts():
            copies = {name: getattr(edition, name) for name in EditionRow.COPIED_COLUMNS}
            model.objects.filter(edition=edition).update(**copies)
    action.write_audit_entry(ActionType.AMEND, "verify", repaired="copies")
