"""The site state, a period in which nothing public changes, and the last change, by which clients validate."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import NamedTuple, Self

from django.db.models import F, Max, Min, QuerySet
from django.utils import timezone

from .audit import AuditEntry
from .edition import FOREVER, Edition
from .redirect import QueryRedirects
from .site_version import SiteVersion, cached_for_version, current_site_version

MAX_ACTIONS = 1_000
"""Actions between two states; after more, everything counts as changed."""

STORED_TIMES = ("next_start", "next_midnight", "last_action_at")
"""Attributes of a state that another process needs besides its id."""


@dataclass(frozen=True, slots=True, eq=False)
class StateId:
    """What caches keep of the state that a page was rendered in. It equals only itself.

    Two processes, or two restored sites, may have the same values for states that are not the same.

    Attributes:
        site_version: the number of the version.
        serial: counts the states that the process has read.
        read_at: when the state was read, in seconds since 1970 as all times here. A clock set back before that may
            show another site.
        next_end: when the next window ends without another edition in its place.
    """

    site_version: int
    serial: int
    read_at: float
    next_end: float


@dataclass(frozen=True, eq=False)
class SiteState:
    """A site version up to the next window that starts or ends, or the next midnight.

    Attributes:
        id: what caches keep of the state; its values are attributes of the state too.
        all_changed_serial: the serial of the last state in which every page may have changed: by an action, or because
            a window or a day had ended.
        changed_publications: those whose pages have changed since that state, by primary key, each with the site
            version of the last change.
        last_action_at: when the action of this version was, 0 before the first one. A site that was restored from a
            backup may reach the number again, which this tells apart.
        last_removal_serial: the serial of the last state before which something public was removed, by an action or by
            the end of a window. Pages of that state may be stale but show nothing that is no longer public.
        next_start: when the next window starts.
        next_midnight: the next midnight in the time zone of the site.
        query_redirects: the old addresses that have a query and lead to something; None if they were not read.
        cached_values: values of `cached_for_version`.
    """

    id: StateId
    all_changed_serial: int
    last_removal_serial: int
    next_start: float
    next_midnight: float
    changed_publications: Mapping[int, int] = field(default_factory=dict, repr=False)
    last_action_at: float = 0.0
    query_redirects: QueryRedirects | None = field(default=None, repr=False)
    cached_values: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @classmethod
    def ended(cls, site_version: int) -> Self:
        """Return a state that has ended, of which only the site version is known."""
        state_id = StateId(site_version, serial=0, read_at=0.0, next_end=0.0)
        return cls(state_id, 0, 0, next_start=0.0, next_midnight=0.0)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> Self:
        """Return a state that another process has stored as `as_dict`, as the first one of this process."""
        state_id = StateId(**{field.name: values[field.name] for field in fields(StateId)})
        times = {name: values[name] for name in STORED_TIMES}
        return cls(state_id, state_id.serial, state_id.serial, **times)

    def as_dict(self) -> dict[str, float]:
        """Return what another process needs for `read_site_state` and `is_page_unchanged`, for JSON."""
        return {**asdict(self.id), **{name: getattr(self, name) for name in STORED_TIMES}}

    @property
    def site_version(self) -> int:
        return self.id.site_version

    @property
    def serial(self) -> int:
        return self.id.serial

    @property
    def read_at(self) -> float:
        return self.id.read_at

    @property
    def next_end(self) -> float:
        return self.id.next_end

    @property
    def valid_until(self) -> float:
        return min(self.next_start, self.next_end, self.next_midnight)

    def is_valid_at(self, now: float) -> bool:
        """Return whether the public site at this time is the one that the state describes."""
        return self.read_at <= now < self.valid_until

    def has_same_actions(self, other: "SiteState") -> bool:
        """Return whether no action lies between the two states, nor a backup that was restored."""
        return (self.site_version, self.last_action_at) == (other.site_version, other.last_action_at)

    def is_page_unchanged(self, publication: int | None, rendered_in: StateId) -> bool:
        """Return whether a page of an earlier state is the same in this one.

        Args:
            publication: the primary key of the publication that the page belongs to; None for any other page.
            rendered_in: the state of the page.
        """
        if publication is None or rendered_in.serial < self.all_changed_serial:
            return False
        return self.changed_publications.get(publication, 0) <= rendered_in.site_version

    def can_serve_stale(self, rendered_in: StateId, now: float) -> bool:
        """Return whether a page of an earlier state may still be served where no newer one can be rendered.

        It may not before that state was read, when texts of the page may have been under embargo.
        """
        is_within = rendered_in.read_at <= now < min(rendered_in.next_end, self.next_end)
        return is_within and rendered_in.serial >= self.last_removal_serial


class ActionsSince(NamedTuple):
    """The actions after a site state.

    Attributes:
        entries: their audit entries, the newest first; None where they are not known: where there are too many, or
            where the site is not a later one than that of the state.
        last_at: when the last action was, 0 without one.
    """

    entries: Sequence[AuditEntry] | None
    last_at: float

    @classmethod
    def read(cls, state: SiteState, *, until: int) -> Self:
        """Read the audit entries after a state up to a site version, in one query."""
        newest = (
            AuditEntry.objects.filter(site_version__gte=state.site_version, site_version__lte=until)
            .order_by("-site_version")
            .only("site_version", "action", "changed_publications", "at")
        )
        entries = list(newest[: MAX_ACTIONS + 1])
        times = {entry.site_version: entry.at.timestamp() for entry in entries}
        later_entries = [entry for entry in entries if entry.site_version > state.site_version]
        is_same_site = times.get(state.site_version, 0.0) == state.last_action_at
        is_complete = is_same_site and state.site_version + len(later_entries) == until
        return cls(later_entries if is_complete else None, times.get(until, 0.0))

    def find_changed_publications(self) -> dict[int, int] | None:
        """Return the publications whose pages they changed, as in `SiteState`; None if every page may have changed."""
        if self.entries is None or any(entry.changed_publications is None for entry in self.entries):
            return None
        return {
            publication: entry.site_version
            for entry in reversed(self.entries)
            for publication in entry.changed_publications
        }

    def has_removals(self) -> bool:
        """Return whether they may have removed anything from the public site."""
        return self.entries is None or any(entry.is_removal for entry in self.entries)


def read_site_state(previous: SiteState | None = None) -> SiteState:
    """Read the current state in at most six short queries, and old addresses with a query if others lead to something.

    Args:
        previous: the previous state of the process, whose serial the new one continues, or of another process.
    """
    version, now = SiteVersion.objects.get().number, timezone.now()
    next_start, next_end = _next_windows(now)
    read_at = now.timestamp()
    previous = previous or SiteState.ended(version)
    serial = previous.serial + 1
    actions = ActionsSince.read(previous, until=version)
    changed = actions.find_changed_publications() if previous.is_valid_at(read_at) else None
    is_removal = actions.has_removals() or read_at < previous.read_at or _has_expired(previous.read_at, now)
    return SiteState(
        id=StateId(version, serial, read_at, next_end.timestamp()),
        all_changed_serial=serial if changed is None else previous.all_changed_serial,
        last_removal_serial=serial if is_removal else previous.last_removal_serial,
        next_start=next_start.timestamp(),
        next_midnight=_midnight_after(now).timestamp(),
        changed_publications={} if changed is None else {**previous.changed_publications, **changed},
        last_action_at=actions.last_at,
        query_redirects=QueryRedirects.read(previous.query_redirects),
    )


def _next_windows(now: datetime) -> tuple[datetime, datetime]:
    """Return when the next window starts, and when the next one ends without another edition in its place."""
    starting = Edition.objects.order_by().filter(visible_from__gt=now)
    start = starting.aggregate(at=Min("visible_from"))["at"]
    end = _expiring_after(now).filter(visible_until__lt=FOREVER).aggregate(at=Min("visible_until"))["at"]
    return start or FOREVER, end or FOREVER


def _has_expired(since: float, now: datetime) -> bool:
    """Return whether a window has ended since then without another edition in its place."""
    after = datetime.fromtimestamp(since, UTC)
    return _expiring_after(after).filter(visible_until__lte=now).exists()


def _expiring_after(at: datetime) -> QuerySet[Edition]:
    """Return the editions whose windows end after this time without another edition in their place."""
    return Edition.objects.order_by().filter(visible_until=F("expires_at"), visible_until__gt=at)


def _midnight_after(now: datetime) -> datetime:
    """Return the next midnight in the time zone of the site, as pages contain days and years."""
    day = timezone.localtime(now).date().toordinal() + 1
    start = datetime.fromordinal(day)
    return timezone.make_aware(start)


@dataclass(frozen=True)
class LastChange:
    """When the public site last changed: by an action, and by windows that started or ended without one.

    A clock that is set back may undo the last two, though the first is later.
    """

    site_version: int
    acted_at: datetime
    started_at: datetime
    ended_at: datetime

    @property
    def changed_at(self) -> datetime:
        return max(self.acted_at, self.started_at, self.ended_at)


def last_change() -> LastChange:
    """Return the last change, the same all through a site version, whose number it has."""
    change = cached_for_version("last change", _read_last_change)
    return replace(change, site_version=current_site_version(change.site_version))


def _read_last_change() -> LastChange:
    """Read the last change in three queries: the version, and the last windows that started and ended."""
    version, now = SiteVersion.objects.get(), timezone.now()
    editions = Edition.objects.order_by()
    started = editions.filter(visible_from__lte=now).aggregate(at=Max("visible_from"))["at"]
    ended = editions.filter(visible_until__lte=now).aggregate(at=Max("visible_until"))["at"]
    return LastChange(
        version.number, version.changed_at, started or version.changed_at, ended or version.changed_at
    )
