"""The last change of the public site, by which clients validate what they have stored."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from .edition import Edition
from .site_state import cached_for_version, current_site_version
from .site_version import SiteVersion


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
