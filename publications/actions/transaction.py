"""The transaction of an action: its lock, its time, its site version, its audit entry, and the refusals."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import page_cache
from publications.models import (
    ActionType,
    AuditEntry,
    Edition,
    Publication,
    SiteVersion,
    find_differing_windows,
    read_windows_digests,
)

from .recorded_editions import edition_key

MICROSECOND = timedelta(microseconds=1)
CLOCK_TOLERANCE = timedelta(seconds=5)


class ActionRefused(Exception):
    """A change that cannot be made, with the reasons as sentences for an editor. Nothing has changed."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = [str(reason) for reason in reasons]


class NotReady(ActionRefused):
    """The draft lacks something that an edition needs."""


class Outdated(ActionRefused):
    """The draft, or what is public, is not what the editor saw."""


class ClockBehind(ActionRefused):
    """The clock of the server is behind the last action."""


@dataclass(frozen=True)
class ActionContext:
    """An action in progress: its time, its site version, and who performs it.

    Attributes:
        differing_windows: the publications whose windows were not as the audit log has recorded them before the action
            changed any; None for an action that changes no windows: then they are compared when its entry is made.
    """

    at: datetime
    site_version: int
    by: object
    differing_windows: Collection[int] | None = None

    def write_audit_entry(self, action_type: ActionType, subject: object, **values) -> None:
        """Store the audit entry, exactly one for each action. `values` are those of `build_audit_entry`."""
        store_audit_entries([self.build_audit_entry(action_type, subject, **values)])

    def build_audit_entry(
        self,
        action_type: ActionType,
        subject: object,
        *,
        publication: Publication | None = None,
        changed_publications: Collection[int] | None = None,
        recorded_editions: Iterable[Edition | None] = (),
        redacted_entries: Mapping[int, str] | None = None,
        public: Mapping[str, object] | None = None,
        **detail,
    ) -> AuditEntry:
        """Return the audit entry unsaved, for `store_audit_entries`.

        What was changed past the audit log before the action is named in the details, and stays a fault of
        `manage.py verify`: the windows of the publication ("differing_windows") and redacted entries
        ("differing_entries").

        Args:
            changed_publications: the primary keys of those whose pages the action changed; None for every page.
            recorded_editions: the editions that the action stored, or those that `ChangedEditions.store_digests` has
                returned; None is left out.
            redacted_entries: what `AuditEntry.objects.redact` has returned.
            public: further keys of the public part.
        """
        editions = filter(None, recorded_editions)
        digests = {edition_key(edition): edition.content_digest for edition in editions}
        entries = redacted_entries or {}
        redacted = {str(version): digest for version, digest in entries.items() if digest}
        detail["differing_entries"] = sorted(version for version, digest in entries.items() if not digest)
        detail["differing_windows"] = bool(publication) and self._has_differing_windows(publication)
        return AuditEntry(
            action=action_type,
            by=self.by,
            actor_name=self.by.get_username() if self.by else _("the command line"),
            at=self.at,
            publication=publication,
            subject=str(subject)[:300],
            detail={key: value for key, value in detail.items() if value},
            site_version=self.site_version,
            changed_publications=None if changed_publications is None else sorted(changed_publications),
            public_part={
                name: value for name, value in (("editions", digests), ("redacted", redacted)) if value
            }
            | dict(public or {}),
        )

    def _has_differing_windows(self, publication: Publication) -> bool:
        differing = self.differing_windows
        return publication.pk in (
            find_differing_windows([publication.pk]) if differing is None else differing
        )


def store_audit_entries(entries: Collection[AuditEntry]) -> None:
    """Store audit entries at the end of the log, with the windows of their publications as the actions left them.

    Windows that differed before the action are not recorded: an entry would absolve whoever changed them.
    """
    publications = {
        entry.publication_id
        for entry in entries
        if entry.publication_id and not entry.detail.get("differing_windows")
    }
    windows = read_windows_digests(publications) if publications else {}
    for entry in entries:
        if entry.publication_id:
            entry.public_part["publication"] = entry.publication_id
        if digest := windows.get(entry.publication_id):
            entry.public_part["windows"] = digest.digest
            if digest.is_cancelled:
                entry.public_part["cancelled"] = True
    AuditEntry.objects.append(entries)


def lock_site_version() -> SiteVersion:
    """Return the site version, locked until the transaction ends. The lock serializes all actions."""
    return SiteVersion.objects.select_for_update().get()


def begin_action(*, by, publication: Publication | None = None) -> ActionContext:
    """Lock the site version, increment it and set the time of the action.

    Two actions on one publication at the same instant are a microsecond apart.

    Raises:
        ClockBehind: the clock is more than a few seconds behind the last action, so that public editions would seem
            to be scheduled.
    """
    site_version = lock_site_version()
    differing = find_differing_windows([publication.pk]) if publication else None
    action = open_action(site_version, by=by, publication=publication, differing_windows=differing)
    save_site_version(site_version)
    return action


def save_site_version(site_version: SiteVersion) -> None:
    """Store the site version; after the commit the page caches of all processes are notified."""
    site_version.save()
    number = site_version.number
    transaction.on_commit(lambda: _announce(number))


def _announce(number: int) -> None:
    """Announce a site version, and whether it removed public content; if that is unknown, announce that it did."""
    try:
        is_removal = AuditEntry.objects.removals().filter(site_version=number).exists()
    except Error:
        is_removal = True
    page_cache.announce_change(is_removal=is_removal)


def open_action(
    site_version: SiteVersion,
    *,
    by,
    publication: Publication | None = None,
    differing_windows: Collection[int] | None = None,
) -> ActionContext:
    """Return the context of an action. The caller has locked the site version and will save it.

    Args:
        differing_windows: see `ActionContext`.

    Raises:
        ClockBehind: the clock is behind the last action.
    """
    now = timezone.now()
    if now < site_version.changed_at - CLOCK_TOLERANCE:
        raise ClockBehind(
            _(
                "The clock of the server stands at %(now)s, before the last change at %(last)s. Set it right, or "
                "run “manage.py trust_clock” if it is."
            )
            % {"now": timezone.localtime(now), "last": timezone.localtime(site_version.changed_at)}
        )
    at = _time_after_last_start(publication, now, site_version.changed_at) if publication else now
    site_version.number += 1
    site_version.changed_at = max(site_version.changed_at, at)
    return ActionContext(at=at, site_version=site_version.number, by=by, differing_windows=differing_windows)


@transaction.atomic
def trust_clock(*, by=None) -> None:
    """Accept the clock of the server, although it was ahead at the last action."""
    site_version = lock_site_version()
    at = min(site_version.changed_at, timezone.now())
    action = increment_site_version(site_version, at=at, by=by)
    action.write_audit_entry(ActionType.AMEND, _("The clock of the server"))


def increment_site_version(site_version: SiteVersion, *, at: datetime, by) -> ActionContext:
    """Store the next site version, and return the context of an action that starts and ends no edition.

    The caller has locked the site version.

    Args:
        at: the time of the action, whatever the clock and the last action say.
    """
    site_version.number += 1
    site_version.changed_at = at
    save_site_version(site_version)
    return ActionContext(at=at, site_version=site_version.number, by=by)


def _time_after_last_start(publication: Publication, now: datetime, last_action: datetime) -> datetime:
    """Return now, or a microsecond after the last start of the publication where that is not in the past."""
    editions = publication.editions.not_cancelled().filter(visible_from__lte=max(now, last_action))
    last = editions.aggregate(start=Max("visible_from"))["start"]
    return max(now, last + MICROSECOND) if last else now


def lock_publication(publication: Publication, *, or_deleted: bool = False) -> Publication:
    """Return the publication as the database has it now, locked until the transaction ends.

    Args:
        or_deleted: also a deleted draft, which every action but redacting refuses.

    Raises:
        Publication.DoesNotExist: the draft has been deleted.
    """
    manager = Publication.with_deleted if or_deleted else Publication.objects
    locked = manager.select_for_update(no_key=True, of=("self",)).select_related("kind")
    return locked.get(pk=publication.pk)


def lock_for_action(pk: int) -> None:
    """Take the locks of an action in their order, for code that saves a draft and may perform actions with it.

    Raises:
        Publication.DoesNotExist: the draft has been deleted.
    """
    lock_site_version()
    Publication.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
