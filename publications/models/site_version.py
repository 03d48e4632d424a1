"""The site version, and the site state: a period in which nothing public changes and values may be cached."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy

from .audit import ActionType, AuditEntry
from .edition import FOREVER, Edition
from .translated import SingleRowModel

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before any action
ADDITIVE_ACTIONS = (ActionType.PUBLISH, ActionType.SCHEDULE, ActionType.RELATE, ActionType.REBUILD)
"""Types of actions that remove nothing from the public site."""
MAX_ACTIONS = 1_000
"""Actions between two states of a process; after more, everything counts as changed."""
MAX_CACHED_VALUES = 500  # such as the filter counts of a list, some 50 kB each
_MISSING = object()


class SiteVersion(SingleRowModel):
    """The number that every action increments, by which pages are cached.

    `changed_at` is the time of the last action; the next one refuses a clock that is behind it.
    """

    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=BEGINNING)

    class Meta(SingleRowModel.Meta):
        verbose_name = gettext_lazy("site version")

    def __str__(self) -> str:
        return str(self.number)


class StateId(NamedTuple):
    """The state that a stored page was rendered in, without the cached values. It is compared by identity."""

    site_version: int
    serial: int
    read_at: float
    next_end: float


@dataclass(frozen=True, eq=False)
class SiteState:
    """A site version up to the next window that starts or ends, or the next midnight.

    Attributes:
        site_version: the number of the version.
        serial: counts the states that the process has read.
        all_changed_serial: the serial of the last state in which every page may have changed: by an action, or because
            a window or a day had ended.
        changed_pages: the publications whose pages have changed since that state, by primary key, each with the site
            version of the last change.
        last_action_at: when the action of this version was, None before the first one. A site that was restored from a
            backup may reach the number again.
        no_removal_since: the serial of the first state since which nothing public was removed, by an action or by the
            end of a window. Pages of that state may be stale but show nothing that is no longer public.
        next_start: when the next window starts, in seconds since 1970 as all times here.
        next_end: when the next window ends without another edition in its place.
        next_midnight: the next midnight in the time zone of the site.
        read_at: when the state was read. A clock set back before that may show another site.
        id: identifies the state for caches that must not hold a reference to it.
        cached_values: values of `cached_for_version`.
    """

    site_version: int
    serial: int
    all_changed_serial: int
    no_removal_since: int
    next_start: float
    next_end: float
    next_midnight: float
    read_at: float = 0.0
    changed_pages: Mapping[int, int] = field(default_factory=dict, repr=False)
    last_action_at: datetime | None = None
    cached_values: dict[Hashable, object] = field(default_factory=dict, repr=False)
    id: StateId = field(init=False, repr=False)

    def __post_init__(self) -> None:
        state_id = StateId(self.site_version, self.serial, self.read_at, self.next_end)
        object.__setattr__(self, "id", state_id)

    @property
    def valid_until(self) -> float:
        return min(self.next_start, self.next_end, self.next_midnight)

    def is_valid_at(self, now: float) -> bool:
        """Return whether the public site at this time is the one that the state describes."""
        return self.read_at <= now < self.valid_until

    def has_same_actions(self, other: "SiteState") -> bool:
        """Return whether no action lies between the two states, nor a backup that was restored."""
        return (self.site_version, self.last_action_at) == (other.site_version, other.last_action_at)

    def pages_changed_since(self, previous: "SiteState") -> Mapping[int, int] | None:
        """Return the publications whose pages have changed since the state before, None if every page may have."""
        return self.changed_pages if self.all_changed_serial == previous.all_changed_serial else None

    def is_page_unchanged(self, publication: int | None, rendered_in: StateId) -> bool:
        """Return whether a page of an earlier state is the same in this one.

        Args:
            publication: the primary key of the publication that the page belongs to; None for any other page.
            rendered_in: the state of the page.
        """
        if publication is None or rendered_in.serial < self.all_changed_serial:
            return False
        return self.changed_pages.get(publication, 0) <= rendered_in.site_version

    def can_serve_stale(self, rendered_in: StateId, now: float) -> bool:
        """Return whether a page of an earlier state may still be served where no newer one can be rendered.

        It may not before that state was read, when texts of the page may have been under embargo.
        """
        is_within = rendered_in.read_at <= now < min(rendered_in.next_end, self.next_end)
        return is_within and rendered_in.serial >= self.no_removal_since


def read_site_state(previous: SiteState | None = None) -> SiteState:
    """Read the current state in at most five short queries.

    Args:
        previous: the previous state of the process, whose serial the new one continues.
    """
    version, now = SiteVersion.objects.get().number, timezone.now()
    editions = Edition.objects.order_by()
    next_start = editions.filter(visible_from__gt=now).aggregate(at=Min("visible_from"))["at"]
    ending = editions.filter(visible_until=F("expires_at"), visible_until__gt=now, visible_until__lt=FOREVER)
    next_end = ending.aggregate(at=Min("visible_until"))["at"]
    serial = previous.serial + 1 if previous else 0
    actions = _ActionsSince.read(previous, version)
    changed_pages = actions.changed_pages(previous, now)
    return SiteState(
        site_version=version,
        serial=serial,
        all_changed_serial=serial if changed_pages is None else previous.all_changed_serial,
        no_removal_since=serial if actions.has_removed(previous, now) else previous.no_removal_since,
        next_start=(next_start or FOREVER).timestamp(),
        next_end=(next_end or FOREVER).timestamp(),
        next_midnight=_midnight_after(now).timestamp(),
        read_at=now.timestamp(),
        changed_pages=changed_pages or {},
        last_action_at=actions.last_at,
    )


class _ActionsSince(NamedTuple):
    """The actions since a state.

    Attributes:
        entries: site version, type and changed pages of each; None where they are not known: in the first state of a
            process, where there are too many, or where the site is not a later version of that state.
        last_at: when the last action was, None without one.
    """

    entries: Sequence[tuple[int, str, Sequence[int] | None]] | None
    last_at: datetime | None

    @classmethod
    def read(cls, previous: SiteState | None, version: int) -> Self:
        """Read the audit entries from the version of the previous state on, in one query."""
        number = previous.site_version if previous else version
        queryset = AuditEntry.objects.filter(site_version__gte=number, site_version__lte=version)
        rows = queryset.order_by("site_version").values_list("site_version", "action", "changed_pages", "at")
        entries = list(rows[: MAX_ACTIONS + 1])
        times = {entry[0]: entry[3] for entry in entries}
        later = [entry[:3] for entry in entries if entry[0] > number]
        is_known = previous and times.get(number) == previous.last_action_at
        is_complete = is_known and number + len(later) == version
        return cls(later if is_complete else None, times.get(version))

    def changed_pages(self, previous: SiteState | None, now: datetime) -> Mapping[int, int] | None:
        """Return `changed_pages` of the new state, None if every page may have changed.

        A window that has started or ended, or midnight, may change every page.
        """
        if self.entries is None or not previous.is_valid_at(now.timestamp()):
            return None
        if not self.entries:
            return previous.changed_pages
        changed = dict(previous.changed_pages)
        for number, _action, publications in self.entries:
            if publications is None:
                return None
            changed.update(dict.fromkeys(publications, number))
        return changed

    def has_removed(self, previous: SiteState | None, now: datetime) -> bool:
        """Return whether anything that was public in the previous state may no longer be."""
        if self.entries is None or not previous.read_at <= now.timestamp() < previous.next_end:
            return True
        return any(action not in ADDITIVE_ACTIONS for _number, action, _publications in self.entries)


def _midnight_after(now: datetime) -> datetime:
    """Return the next midnight in the time zone of the site, as pages contain days and years."""
    day = timezone.localtime(now).date().toordinal() + 1
    start = datetime.fromordinal(day)
    return timezone.make_aware(start)


@contextmanager
def site_state_scope(state: SiteState) -> Iterator[None]:
    """Cache values of this context in a site state."""
    token = _current.set(state)
    try:
        yield
    finally:
        _current.reset(token)


def current_site_version(default: int) -> int:
    """Return the version of the site state of this context, or the default outside of one."""
    state = _current.get()
    return default if state is None else state.site_version


def cached_for_version[T](key: Hashable, compute: Callable[[], T]) -> T:
    """Return what `compute` returns, called once for each site version, or each time outside of a request.

    The value is shared: not to be changed.

    Args:
        key: all that the value depends on besides what is public.
    """
    state = _current.get()
    if state is None:
        return compute()
    cached = state.cached_values.get(key, _MISSING)
    if cached is not _MISSING:
        return cached  # type: ignore[return-value]
    if len(state.cached_values) >= MAX_CACHED_VALUES:
        state.cached_values.clear()
    state.cached_values[key] = value = compute()
    return value


def cached_for_last_key[T](name: str, key: Hashable, compute: Callable[[], T]) -> T:
    """As `cached_for_version`, but keep only one value under each name, that of the last key: for large values."""
    last: list = cached_for_version(("last value", name), lambda: [(_MISSING, None)])
    last_key, value = last[0]
    if last_key != key:
        value = compute()
        last[0] = key, value
    return value  # type: ignore[return-value]


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


_current: ContextVar["SiteState | None"] = ContextVar("site_state", default=None)
