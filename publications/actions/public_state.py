"""The state of what is public and scheduled, as forms of actions carry it: a form with an older state is refused."""

from collections.abc import Iterable

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.models import (
    PUBLISHING_ACTIONS,
    STATUS_ACTIONS,
    ActionType,
    AuditEntry,
    Edition,
    Publication,
    parse_pk,
)

from .transaction import Outdated

WINDOW_ACTIONS = (
    *PUBLISHING_ACTIONS,
    *STATUS_ACTIONS,
    ActionType.WITHDRAW,
    ActionType.UNDO,
    ActionType.REPUBLISH,
    ActionType.CANCEL,
)
NEVER_PUBLIC = "0.0"


def public_states(publications: Iterable[Publication]) -> dict[int, str]:
    """Return the state of each publication by primary key: its last action on a window, and its live edition."""
    keys = [publication.pk for publication in publications]
    actions = AuditEntry.objects.filter(publication__in=keys, action__in=WINDOW_ACTIONS).order_by()
    last = dict(actions.values_list("publication").annotate(Max("site_version")))
    live = dict(
        Edition.objects.live(timezone.now())
        .filter(publication__in=keys)
        .order_by()
        .values_list("publication", "number")
    )
    return {key: f"{last.get(key, 0)}.{live.get(key, 0)}" for key in keys}


def public_state(publication: Publication) -> str:
    """Return the state of one publication."""
    return public_states([publication])[publication.pk]


def refuse_outdated_state(publication: Publication, state: str | None) -> None:
    """Raise Outdated where what is public or scheduled differs from `state`; None is not compared."""
    if state is not None and state != public_state(publication):
        raise Outdated(
            _(
                "What readers see of this publication, or will see, has changed since you saw this page. Look at what "
                "has been done, then decide again."
            )
        )


def actions_since(publication: Publication, state: str) -> list[AuditEntry]:
    """Return the audit entries of actions on the windows of a publication since a state, newest first, at most 20."""
    number = state.partition(".")[0]
    version = parse_pk(number)
    if not version and number != "0":
        return []
    return list(publication.audit_entries.filter(action__in=WINDOW_ACTIONS, site_version__gt=version)[:20])
