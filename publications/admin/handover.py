"""What an account holds of the work in progress, and handing it over to somebody else in one step.

History stays as it is: who wrote a revision, a comment or an edition, and who made a review or press link.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.events import record_event
from accounts.models import EventType
from publications.models import EditorialPlan, Publication, Submission

MAX_NAMED = 10


@dataclass(frozen=True)
class Holding:
    """A column that names who is responsible for something unfinished, and the rows in which that matters."""

    label: Promise
    column: str
    rows: Callable[[], QuerySet]

    def of(self, account: User) -> QuerySet:
        return self.rows().filter(**{self.column: account})


HOLDINGS = (
    Holding(
        _("Drafts that they created and that were never published"),
        "created_by",
        lambda: Publication.with_deleted.filter(editions=None),
    ),
    Holding(_("Drafts that they handed over to be checked"), "submitted_by", Submission.objects.unpublished),
    Holding(_("Plans that say they write"), "writer", EditorialPlan.objects.open),
    Holding(_("Plans that say they edit"), "editor", EditorialPlan.objects.open),
)


@dataclass(frozen=True)
class HoldingRow:
    """What an account holds of one sort: how much, and the publications of the first."""

    label: Promise
    count: int
    publications: list[Publication]

    @property
    def more(self) -> int:
        return self.count - len(self.publications)


def list_holdings(account: User) -> list[HoldingRow]:
    """Return what an account holds, without sorts of which it holds nothing."""
    rows = []
    for holding in HOLDINGS:
        held = holding.of(account).order_by("pk")
        if count := held.count():
            publications = [getattr(each, "publication", each) for each in held[:MAX_NAMED]]
            rows.append(HoldingRow(holding.label, count, publications))
    return rows


@transaction.atomic
def hand_over(account: User, *, to: User, request: HttpRequest) -> int:
    """Give all that an account holds to another one; return how many rows changed."""
    plans = EditorialPlan.objects.open()
    changed = {"changed_by": request.user, "changed_at": timezone.now()}
    (plans.filter(writer=account) | plans.filter(editor=account)).update(**changed)
    pks = [list(holding.of(account).values_list("pk", flat=True)) for holding in HOLDINGS]
    for holding, held in zip(HOLDINGS, pks, strict=True):
        holding.rows().model._base_manager.filter(pk__in=held).update(**{holding.column: to})
    count = sum(map(len, pks))
    if count:
        record_event(
            EventType.HANDED_OVER,
            account,
            by=request.user,
            request=request,
            to=to.get_username(),
            count=count,
        )
    return count
