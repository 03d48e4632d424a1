"""Epochs: stretches of time in which nothing public changes. What is worked out in one holds until its end."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from .edition import FOREVER, Edition
from .site import AuditLine, DeedKind, Generation

ADDING = (DeedKind.PUBLISH, DeedKind.SCHEDULE, DeedKind.RELATE)
MOST_REMEMBERED = 2_000

_current: ContextVar["Epoch | None"] = ContextVar("epoch", default=None)


@dataclass(frozen=True, eq=False)
class Epoch:
    """One generation of the site, up to the next window that begins or ends, or the next midnight.

    `begins`, `ends` and `midnight` are seconds since 1970. `kept_since` is the generation since which no deed has
    taken anything from readers: pages of it, though old, show nothing that they should not. `mark` is the epoch's
    own, for those who keep what is of it without keeping it.
    """

    generation: int
    kept_since: int
    begins: float
    ends: float
    midnight: float
    mark: object = field(default_factory=object, repr=False)
    remembered: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @property
    def until(self) -> float:
        return min(self.begins, self.ends, self.midnight)

    def shows_nothing_taken(self, generation: int, ends: float, now: float) -> bool:
        """Whether a page of that generation, true until `ends`, may still be shown where nothing newer can be made."""
        return generation >= self.kept_since and now < ends


def read_epoch(before: Epoch | None = None) -> Epoch:
    """The epoch of this moment, as the database has it: at most four short queries."""
    row, now = Generation.objects.get(), timezone.now()
    later = Edition.objects.order_by()
    begins = later.filter(visible_from__gt=now).aggregate(moment=Min("visible_from"))["moment"]
    ends = later.filter(visible_until__gt=now, visible_until__lt=FOREVER).aggregate(
        moment=Min("visible_until")
    )["moment"]
    return Epoch(
        generation=row.number,
        kept_since=_kept_since(row.number, before),
        begins=(begins or FOREVER).timestamp(),
        ends=(ends or FOREVER).timestamp(),
        midnight=_midnight_after(now).timestamp(),
    )


def _kept_since(generation: int, before: Epoch | None) -> int:
    if before is None or generation < before.generation:
        return generation
    since = AuditLine.objects.filter(generation__gt=before.generation, generation__lte=generation)
    return generation if since.exclude(deed__in=ADDING).exists() else before.kept_since


def _midnight_after(now: datetime) -> datetime:
    """Pages name days and years as they are in the zone of the site."""
    day = timezone.localtime(now).date().toordinal() + 1
    start = datetime.fromordinal(day)
    return timezone.make_aware(start)


@contextmanager
def within(epoch: Epoch) -> Iterator[None]:
    """What is asked here may share what this epoch remembers."""
    token = _current.set(epoch)
    try:
        yield
    finally:
        _current.reset(token)


def once[T](key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once in an epoch and shared, so not to be changed. Outside of one it is made anew.

    `key` names all that the value depends on besides what is public.
    """
    epoch = _current.get()
    if epoch is None:
        return make()
    if key not in epoch.remembered:
        if len(epoch.remembered) >= MOST_REMEMBERED:
            epoch.remembered.clear()
        epoch.remembered[key] = value = make()
        return value
    return epoch.remembered[key]  # type: ignore[return-value]
