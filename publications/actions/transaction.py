"""The transaction of an action: its lock, its moment, its site version, its audit line, and the refusals."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import page_cache
from publications.models import (
    ADDING,
    ActionType,
    AuditEntry,
    Publication,
    SiteVersion,
)

TICK = timedelta(microseconds=1)
TOLERANCE = timedelta(seconds=5)


class ActionRefused(Exception):
    """An action that cannot be done, with its reasons as sentences for an editor. Nothing has changed."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = [str(reason) for reason in reasons]


class NotReady(ActionRefused):
    """Something that readers are owed is missing."""


class Outdated(ActionRefused):
    """The working copy is not the one the editor saw."""


class ClockBehind(ActionRefused):
    """The clock of the machine stands before the last action."""


@dataclass(frozen=True)
class ActionContext:
    """One action under way: its moment, the site version that it starts, and who does it."""

    at: datetime
    generation: int
    by: object

    def write_audit_entry(
        self, action_type: ActionType, subject: object, *, publication: Publication | None = None, **detail
    ) -> None:
        """Write the audit line: exactly one for an action."""
        self.build_audit_entry(action_type, subject, publication=publication, **detail).save(
            force_insert=True
        )

    def build_audit_entry(
        self, action_type: ActionType, subject: object, *, publication: Publication | None = None, **detail
    ) -> AuditEntry:
        """Return the audit line unsaved, for whoever writes many at once."""
        return AuditEntry(
            action=action_type,
            by=self.by,
            actor_name=self.by.get_username() if self.by else _("the command line"),
            at=self.at,
            publication=publication,
            subject=str(subject)[:300],
            detail={key: value for key, value in detail.items() if value},
            site_version=self.generation,
        )


def begin_action(*, by, publication: Publication | None = None) -> ActionContext:
    """Take the lock that orders actions, and fix the time of this one.

    Two actions on one publication at the same instant are a microsecond apart.

    Raises:
        ClockBehind: the clock stands more than a few seconds before the last action; what has been public would look
            as if it were scheduled.
    """
    generation = SiteVersion.objects.select_for_update().get()
    action = open_action(generation, by=by, publication=publication)
    save_site_version(generation)
    return action


def save_site_version(generation: SiteVersion) -> None:
    """Store the generation; once the transaction is through, whoever keeps pages learns of it."""
    generation.save()
    number = generation.number
    transaction.on_commit(lambda: _announce(number))


def _announce(generation: int) -> None:
    """Say that this generation is there, and whether it took something back: where nobody knows, that it did."""
    try:
        took_back = AuditEntry.objects.filter(site_version=generation).exclude(action__in=ADDING).exists()
    except Error:
        took_back = True
    page_cache.announce_change(took_back=took_back)


def open_action(generation: SiteVersion, *, by, publication: Publication | None = None) -> ActionContext:
    """Return the context of an action under the site version that the caller has locked, and will save.

    Raises:
        ClockBehind: the clock stands before the last action.
    """
    now = timezone.now()
    if now < generation.changed_at - TOLERANCE:
        raise ClockBehind(
            _(
                "The clock of the server stands at %(now)s, before the last change at %(last)s. Set it right, or "
                "run “manage.py trust_clock” if it is."
            )
            % {"now": timezone.localtime(now), "last": timezone.localtime(generation.changed_at)}
        )
    moment = _after_what_stands(publication, now, generation.changed_at) if publication else now
    generation.number += 1
    generation.changed_at = max(generation.changed_at, moment)
    return ActionContext(at=moment, generation=generation.number, by=by)


@transaction.atomic
def bump_site_version(subject: str, *, by=None) -> None:
    """Increment the site version after a rebuild of the index or of similarity: pages are rendered anew."""
    action = begin_action(by=by)
    action.write_audit_entry(ActionType.REBUILD, subject)


@transaction.atomic
def trust_clock(*, by=None) -> None:
    """Take the clock as it stands for right, though an action was done when it was ahead."""
    generation = SiteVersion.objects.select_for_update().get()
    generation.changed_at = min(generation.changed_at, timezone.now())
    generation.number += 1
    save_site_version(generation)
    action = ActionContext(at=generation.changed_at, generation=generation.number, by=by)
    action.write_audit_entry(ActionType.AMEND, _("The clock of the server"))


def _after_what_stands(publication: Publication, now: datetime, last_deed: datetime) -> datetime:
    """Now, or just after the last start of the piece when that is at this instant, or was before a small step back."""
    begun = publication.editions.not_cancelled().filter(visible_from__lte=max(now, last_deed))
    last = begun.aggregate(start=Max("visible_from"))["start"]
    return max(now, last + TICK) if last else now


def lock_publication(publication: Publication) -> Publication:
    """Return the publication as the database has it now, held until the action is done."""
    held = Publication.objects.select_for_update(no_key=True, of=("self",)).select_related("kind")
    return held.get(pk=publication.pk)


def lock_for_action(pk: int) -> None:
    """Take the locks of an action in their one order, for whoever saves a draft and may perform actions with it."""
    SiteVersion.objects.select_for_update().get()
    Publication.objects.select_for_update(no_key=True).filter(pk=pk).first()
