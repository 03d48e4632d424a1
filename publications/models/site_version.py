"""Epochs: stretches of time in which nothing public changes. What is worked out in one holds until its end."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy

from .audit import ActionType, AuditEntry
from .edition import FOREVER, Edition
from .translated import SingleRowModel

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before any deed
ADDING = (ActionType.PUBLISH, ActionType.SCHEDULE, ActionType.RELATE, ActionType.REBUILD)
MAX_CACHED_VALUES = 500  # such as the filters of as many lists, some 50 kB each
_UNKNOWN = object()


class SiteVersion(SingleRowModel):
    """The number that every deed advances: what public pages, and the caches of them, go by.

    `at` is the moment of the last deed. A clock that has gone back behind it is noticed by the next one.
    """

    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=BEGINNING)

    class Meta(SingleRowModel.Meta):
        verbose_name = gettext_lazy("site version")

    def __str__(self) -> str:
        return str(self.number)


@dataclass(frozen=True, eq=False)
class SiteState:
    """One generation of the site, up to the next window that begins or ends, or the next midnight.

    `begins`, `ends` and `midnight` are seconds since 1970; a window that ends because the next edition begins counts
    as a beginning. `since` is when it was read: a clock that is set back before that shows another site.
    `serial` counts the epochs that a process has known; since `kept_since` nothing has been taken from readers, by a
    deed or by the end of a window: pages of that epoch, though old, show nothing that they should not. `mark` is the
    epoch's own, for those who keep what is of it without keeping it.
    """

    generation: int
    serial: int
    kept_since: int
    begins: float
    ends: float
    midnight: float
    since: float = 0.0
    mark: object = field(default_factory=object, repr=False)
    remembered: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @property
    def until(self) -> float:
        return min(self.begins, self.ends, self.midnight)

    def holds_at(self, now: float) -> bool:
        """Return whether the public site at this time is the one that this epoch describes."""
        return self.since <= now < self.until

    def shows_nothing_taken(self, serial: int, since: float, ends: float, now: float) -> bool:
        """Whether a page of that epoch, true from `since` until `ends`, may still be shown where nothing newer can be
        made. Before `since` its texts may still be under embargo.
        """
        return serial >= self.kept_since and since <= now < min(ends, self.ends)


def read_site_state(before: SiteState | None = None) -> SiteState:
    """The epoch of this moment, as the database has it: at most four short queries."""
    row, now = SiteVersion.objects.get(), timezone.now()
    later = Edition.objects.order_by()
    begins = later.filter(visible_from__gt=now).aggregate(moment=Min("visible_from"))["moment"]
    taken = later.filter(visible_until=F("expires_at"), visible_until__gt=now, visible_until__lt=FOREVER)
    ends = taken.aggregate(moment=Min("visible_until"))["moment"]
    serial = before.serial + 1 if before else 0
    return SiteState(
        generation=row.number,
        serial=serial,
        kept_since=before.kept_since if before and _is_kept(before, row.number, now) else serial,
        begins=(begins or FOREVER).timestamp(),
        ends=(ends or FOREVER).timestamp(),
        midnight=_midnight_after(now).timestamp(),
        since=now.timestamp(),
    )


def _is_kept(before: SiteState, generation: int, now: datetime) -> bool:
    """Whether all that readers could see in the epoch before may be shown to them still."""
    if generation < before.generation or not before.since <= now.timestamp() < before.ends:
        return False
    since = AuditEntry.objects.filter(site_version__gt=before.generation, site_version__lte=generation)
    return not since.exclude(action__in=ADDING).exists()


def _midnight_after(now: datetime) -> datetime:
    """Pages name days and years as they are in the zone of the site."""
    day = timezone.localtime(now).date().toordinal() + 1
    start = datetime.fromordinal(day)
    return timezone.make_aware(start)


@contextmanager
def site_state_scope(epoch: SiteState) -> Iterator[None]:
    """What is asked here may share what this epoch remembers."""
    token = _current.set(epoch)
    try:
        yield
    finally:
        _current.reset(token)


def current_site_version(otherwise: int) -> int:
    """The generation of the epoch that one works in; outside of one what is given."""
    epoch = _current.get()
    return otherwise if epoch is None else epoch.generation


def cached_for_version[T](key: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` returns, called once for each site version, or each time outside of a request.

    The value is shared: not to be changed.

    Args:
        key: all that the value depends on besides what is public.
    """
    epoch = _current.get()
    if epoch is None:
        return make()
    known = epoch.remembered.get(key, _UNKNOWN)
    if known is not _UNKNOWN:
        return known  # type: ignore[return-value]
    if len(epoch.remembered) >= MAX_CACHED_VALUES:
        epoch.remembered.clear()
    epoch.remembered[key] = value = make()
    return value


def cached_latest[T](name: str, key: Hashable, make: Callable[[], T]) -> T:
    """As `cached_for_version`, but keep only the last key of a name: for large values that are soon used again."""
    last: list = cached_for_version(("latest", name), lambda: [(_UNKNOWN, None)])
    known, value = last[0]
    if known != key:
        value = make()
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
    """Three queries: the row of the version, and the last windows that started and ended, each the end of an index."""
    version, now = SiteVersion.objects.get(), timezone.now()
    editions = Edition.objects.order_by()
    started = editions.filter(visible_from__lte=now).aggregate(at=Max("visible_from"))["at"]
    ended = editions.filter(visible_until__lte=now).aggregate(at=Max("visible_until"))["at"]
    return LastChange(
        version.number, version.changed_at, started or version.changed_at, ended or version.changed_at
    )


_current: ContextVar["SiteState | None"] = ContextVar("site_state", default=None)
