"""The site version, which every action increments, and the values that are cached while it lasts."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy

from .translated import SingleRowModel

if TYPE_CHECKING:
    from .site_state import SiteState

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before any action
MAX_CACHED_VALUES = 500  # such as the filter counts of a list, some 50 kB each
_MISSING = object()
_current: ContextVar["SiteState | None"] = ContextVar("site_state", default=None)


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


@contextmanager
def site_state_scope(state: "SiteState") -> Iterator[None]:
    """Cache values of this context in a site state."""
    token = _current.set(state)
    try:
        yield
    finally:
        _current.reset(token)


def current_site_state() -> "SiteState | None":
    """Return the site state of this context, or None outside of one."""
    return _current.get()


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
